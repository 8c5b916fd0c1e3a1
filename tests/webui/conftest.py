"""A real browser against a real server with a simulated fleet."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.standalone.demo import settle
from racelink_core.standalone.server import WebServer
from tests.webui.driver import Page, wait_for

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
)

_FIELDS = (
    "return [...document.querySelectorAll('input, select')].map(({ type, value, checked }) => [type, value, checked])"
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if CHROMIUM is None or CHROMEDRIVER is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    yield driver
    driver.quit()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure also tells what stood on the page."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser is not None:
        report.sections.append(("On the page", browser.find_element(By.TAG_NAME, "body").text))
        report.sections.append(("In its fields", str(browser.execute_script(_FIELDS))))
    return report


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small fleet of the test data."""
    return Path(__file__).parent.parent / "data" / "fleets" / "club-8.json"


@pytest.fixture
def page(browser: webdriver.Chrome, fleet: Path, tmp_path: Path) -> Iterator[Page]:
    host = create_host(HostConfiguration(data_directory=tmp_path, gateways=(f"sim://{fleet}",), speed=4))
    server = WebServer(host, address="127.0.0.1", port=0)
    try:
        settle(host)
        server.start()
        host.start()
        wait_for(lambda: host.gateways.status().ready)
        yield Page(browser, host, server.url)
        browser.get("about:blank")
    finally:
        host.stop()
        server.stop()
