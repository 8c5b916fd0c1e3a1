"""The page as an operator speaks of it, and waiting for what it shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from racelink_core.domain.address import Mac
from racelink_core.host import Host
from racelink_core.sim.node import SimulatedNode

DEADLINE_S = 45.0
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


def click(find: Callable[[], WebElement | None]) -> None:
    """Clicks as soon as it is there and can be used; the page may be drawing it anew."""

    def clicked() -> bool:
        element = find()
        if element is None or not element.is_enabled():
            return False
        # Not under a bar that sticks to the edge of the window
        element.parent.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()
        return True

    wait_for(clicked)


def fill(find: Callable[[], WebElement], *keys: str) -> None:
    """Types over what is there, as soon as the field can be used."""

    def typed() -> bool:
        find().send_keys(Keys.CONTROL, "a")
        find().send_keys(*keys)
        return True

    wait_for(typed)


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

    def complaints(self) -> list[str]:
        """What the browser found wrong with this page; tests before may have left more behind."""
        place = urlsplit(self.url).netloc
        found = (entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE")
        return [entry["message"] for entry in found if place in entry["message"]]

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


def inside(page: Page, words: str) -> WebElement | None:
    """A button of the open dialog."""
    buttons = page.browser.find_elements(By.CSS_SELECTOR, "dialog[open] button")
    return next((each for each in buttons if words in (each.get_attribute("aria-label") or each.text)), None)
