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
from selenium.webdriver.support.select import Select

from racelink_core.domain.address import Mac
from racelink_core.host import Host
from racelink_core.sim.node import SimulatedNode

DEADLINE_S = 45.0

# In the browser, because each step over the wire takes as long as the page needs for all of it
_FIND = """
const [selector, words] = arguments;
const says = (each) => (each.getAttribute("aria-label") ?? each.innerText).includes(words);
return [...document.querySelectorAll(selector)].find((each) => each.checkVisibility() && says(each)) ?? null;
"""
# Aims and presses in one step, so that the page cannot move in between; false while something else is in the way
_CLICK = """
const [each] = arguments;
each.scrollIntoView({ block: "center" });
const { left, top, width, height } = each.getBoundingClientRect();
const hit = document.elementFromPoint(left + width / 2, top + height / 2);
const own = [each, ...(each.labels ?? [])];
if (each.matches(":disabled") || !own.some((part) => part.contains(hit))) return false;
each.focus({ preventScroll: true });
each.click();
return true;
"""
_TEXT = "return document.querySelector(arguments[0]).innerText"
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
        return element is not None and bool(element.parent.execute_script(_CLICK, element))

    wait_for(clicked)


def fill(find: Callable[[], WebElement | None], *keys: str) -> None:
    """Types over what is there, as soon as the field can be used."""

    def typed() -> bool:
        field = find()
        if field is None:
            return False
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(*keys)
        return True

    wait_for(typed)


def choose(find: Callable[[], WebElement | None], value: str) -> None:
    """In a list, as soon as it has the value."""

    def chosen() -> bool:
        field = find()
        if field is None:
            return False
        Select(field).select_by_value(value)
        return True

    wait_for(chosen)


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
        return str(self.browser.execute_script(_TEXT, selector))

    def find(self, words: str, selector: str = "button") -> WebElement | None:
        """What is shown and says this, or is called this."""
        found: WebElement | None = self.browser.execute_script(_FIND, selector, words)
        return found

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
    return page.find(words, "dialog[open] button")
