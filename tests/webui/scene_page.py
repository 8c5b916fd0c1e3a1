"""The scenes page as an operator speaks of it."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.webui.driver import Page, choose, click, fill, wait_for


class ScenePage:
    def __init__(self, page: Page) -> None:
        self.page, self.browser = page, page.browser

    def open(self) -> None:
        """By the navigation, as from the Devices page."""
        self.press("Scenes", ".rl-nav a")
        wait_for(lambda: self.browser.find_element(By.CSS_SELECTOR, 'aside[aria-label="Scenes"]'))

    def find(self, words: str, selector: str = "button") -> WebElement | None:
        """What is shown and says this, or is called this."""
        return self.page.find(words, selector)

    def press(self, words: str, selector: str = "button") -> None:
        click(lambda: self.find(words, selector))

    def name(self, label: str) -> None:
        fill(lambda: self.browser.find_element(By.CSS_SELECTOR, ".rl-scene-name input"), label)

    def add(self, kind: str) -> None:
        """An action of this kind, at the end; its fields are open then."""
        before = len(self.cards())
        choose(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".rl-add select")[-1], kind)
        click(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".rl-add button")[-1])
        wait_for(lambda: len(self.cards()) == before + 1)

    def cards(self) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, ".rl-action-card")

    def card(self, index: int) -> WebElement:
        return self.cards()[index]

    def in_card(self, index: int, selector: str) -> Callable[[], WebElement]:
        return lambda: self.card(index).find_element(By.CSS_SELECTOR, selector)

    def choose(self, index: int, label: str, value: str) -> None:
        """In the list of this card that has the label."""
        choose(self._list(index, label), value)

    def aim(self, index: int, kind: str, *groups: str) -> None:
        """Whom the action is for."""
        click(self.in_card(index, f'.rl-target input[value="{kind}"]'))
        for group in groups:
            click(lambda group=group: self._pick(index, group))

    def type(self, index: int, selector: str, text: str) -> None:
        fill(self.in_card(index, selector), text)

    def said(self, index: int) -> str:
        return self.card(index).text

    def move_by_keyboard(self, index: int, direction: str) -> None:
        """The focus stays on the button that moved the action."""
        button = self.in_card(index, f'[data-move="{direction}"]')()
        self.browser.execute_script("arguments[0].focus()", button)
        self.browser.switch_to.active_element.send_keys(Keys.ENTER)

    def total(self) -> str:
        return self.page.text(".rl-scene-foot")

    def state(self) -> str:
        return self.page.text(".rl-run")

    def bytes_read(self) -> int:
        """Of our own scripts and styles, compressed, since the page was loaded."""
        return int(
            self.browser.execute_script(
                "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/static/'))"
                ".reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"
            )
        )

    def _list(self, index: int, label: str) -> Callable[[], WebElement]:
        path = f".//label[.//span[contains(text(), '{label}')]]//select"
        return lambda: self.card(index).find_element(By.XPATH, path)

    def _pick(self, index: int, group: str) -> WebElement:
        return self.card(index).find_element(
            By.XPATH, f".//label[contains(@class, 'rl-pick')][span[text()='{group}']]/input"
        )
