"""What an operator sees and does, in a headless browser; the simulated nodes say whether it worked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.host import Host
from racelink_core.sim.node import SimulatedNode
from racelink_core.standalone.demo import settle
from racelink_core.standalone.server import WebServer

DEADLINE_S = 15.0
GATE, STARTBLOCK = Mac("3C610555202E"), Mac("3C6105DA39AC")


def wait_for(find: Callable[[], Any]) -> Any:
    """What `find` gives as soon as it is true; a page that is being redrawn is looked at again."""
    end_s = time.monotonic() + DEADLINE_S
    while True:
        try:
            found = find()
        except WebDriverException:
            found = None
        if found:
            return found
        assert time.monotonic() < end_s, "did not happen in time"
        time.sleep(0.05)


class Page:
    """The page as an operator speaks of it."""

    def __init__(self, browser: webdriver.Chrome, host: Host, url: str) -> None:
        self.browser, self.host, self.url = browser, host, url

    def open(self, width: int = 1280, height: int = 800) -> None:
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        self.browser.get(self.url)
        wait_for(lambda: self.rows() and self.text(".rl-live") == "Live")

    def rows(self) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, "tbody tr")

    def row(self, mac: Mac) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, f'tr[data-mac="{mac}"]')

    def text(self, selector: str) -> str:
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def button(self, words: str) -> WebElement:
        for each in self.browser.find_elements(By.TAG_NAME, "button"):
            if each.is_displayed() and words in (each.get_attribute("aria-label") or each.text):
                return each
        raise AssertionError(f"no button {words!r}")

    def node(self, mac: Mac) -> SimulatedNode:
        assert self.host.simulation is not None
        return self.host.simulation.simulation.nodes[mac]

    def reached(self) -> set[str]:
        """Hosts that the browser sent requests to."""
        found = set()
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = urlsplit(message["params"]["request"]["url"])
                if address.scheme in ("http", "https", "ws", "wss"):
                    found.add(address.netloc)
        return found


@pytest.fixture
def page(browser: webdriver.Chrome, fleet: Path, tmp_path: Path) -> Iterator[Page]:
    host = create_host(HostConfiguration(data_directory=tmp_path, gateways=(f"sim://{fleet}",), speed=10))
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


def test_the_fleet_appears_and_changes_arrive_without_a_reload(page: Page) -> None:
    page.browser.get_log("performance")
    page.open()
    assert len(page.rows()) == 8
    assert "Default" in page.text(".rl-badges")
    assert "Not heard yet" in page.row(GATE).text
    page.browser.execute_script("window.notReloaded = true")
    page.button("Get status of all devices").click()
    wait_for(lambda: "Online" in page.row(GATE).text and " V" in page.row(GATE).text)
    wait_for(lambda: "Offline" in page.row(Mac("3C61057DC8E0")).text)
    assert "Is it switched on and within range?" in page.row(Mac("3C61057DC8E0")).text
    assert page.browser.execute_script("return window.notReloaded") is True
    assert page.reached() == {urlsplit(page.url).netloc}
    assert [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_preset_goes_to_the_shown_group_and_blackout_works_by_keyboard(page: Page) -> None:
    page.open()
    wait_for(lambda: page.button("Gate 1")).click()
    wait_for(lambda: len(page.rows()) == 2)
    page.browser.find_element(By.CSS_SELECTOR, ".rl-chip input").send_keys(Keys.SPACE)
    wait_for(lambda: page.button("Apply to Gate 1")).send_keys(Keys.ENTER)
    wait_for(lambda: page.node(GATE).lamp.look.color1 == (0, 255, 0))
    assert page.node(STARTBLOCK).lamp.look.color1 != (0, 255, 0)
    wait_for(lambda: "Solid" in page.row(GATE).text)
    page.browser.execute_script("arguments[0].focus()", page.button("Blackout"))
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(lambda: page.node(GATE).lamp.brightness == 0 and page.node(STARTBLOCK).lamp.brightness == 0)
    wait_for(lambda: "Dark" in page.row(GATE).text)
    wait_for(lambda: "Blackout sent" in page.text('.rl-toasts [aria-live="polite"]'))


def test_a_selection_is_moved_after_confirming_and_groups_are_managed(page: Page) -> None:
    page.open()
    page.browser.find_element(By.CSS_SELECTOR, f'tr[data-mac="{GATE}"] input').click()
    page.browser.find_element(By.CSS_SELECTOR, ".rl-selection select").send_keys("Pit Wall")
    page.button("Move").click()
    wait_for(lambda: page.browser.switch_to.active_element.text == "Cancel")
    page.browser.find_element(By.CSS_SELECTOR, "dialog .rl-button-danger").click()
    wait_for(lambda: "Pit Wall" in page.row(GATE).text)
    wait_for(lambda: not page.host.tasks.is_running)
    page.button("New group").click()
    wait_for(lambda: page.browser.switch_to.active_element.tag_name == "input")
    page.browser.switch_to.active_element.send_keys("Podium <b>", Keys.ENTER)
    wait_for(lambda: page.button("Podium <b>"))
    assert page.host.store.snapshot.groups[5].name == "Podium <b>"  # type: ignore[index]


def test_a_phone_shows_cards_without_sideways_scrolling(page: Page) -> None:
    page.open(360, 740)
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= 360
    assert not page.browser.find_element(By.CSS_SELECTOR, ".rl-sidebar").is_displayed()
    page.button("Groups").click()
    wait_for(lambda: page.button("Start Line")).click()
    wait_for(lambda: page.text(".rl-title h2") == "Start Line")
    small = page.browser.execute_script(
        "return [...document.querySelectorAll('button, select')].filter((each) => each.checkVisibility())"
        ".map((each) => [each.textContent || each.ariaLabel, each.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 34)"
    )
    assert small == [], "too small for a thumb"


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    page.open()
    page.browser.find_element(By.CSS_SELECTOR, "tbody input").click()
    nameless = page.browser.execute_script(
        "return [...document.querySelectorAll('button, input, select')].filter((each) => "
        "!(each.textContent.trim() || each.ariaLabel || each.labels?.[0]?.textContent.trim()))"
        ".map((each) => each.outerHTML)"
    )
    assert nameless == []


def test_a_host_that_stops_is_noticed(page: Page) -> None:
    page.open()
    page.host.stop()
    wait_for(lambda: page.text(".rl-live") == "Not live")
    wait_for(lambda: "RaceLink does not answer" in page.text(".rl-banners"))
