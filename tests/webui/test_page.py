"""What an operator sees and does, in a headless browser; the simulated nodes say whether it worked."""

from __future__ import annotations

from urllib.parse import urlsplit

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from racelink_core.domain.address import Mac
from tests.webui.driver import GATE, STARTBLOCK, Page, click, wait_for


def test_the_fleet_appears_and_changes_arrive_without_a_reload(page: Page) -> None:
    page.browser.get_log("performance")
    page.browser.get_log("browser")
    page.open()
    assert len(page.rows()) == 8
    assert "Default" in page.text(".rl-badges")
    assert "Not heard yet" in page.row(GATE).text
    page.browser.execute_script("window.notReloaded = true")
    click(lambda: page.find("Get status of all devices"))
    wait_for(lambda: "Online" in page.row(GATE).text and " V" in page.row(GATE).text)
    wait_for(lambda: "Offline" in page.row(Mac("3C61057DC8E0")).text)
    assert "Is it switched on and within range?" in page.row(Mac("3C61057DC8E0")).text
    assert page.browser.execute_script("return window.notReloaded") is True
    assert page.reached() == {urlsplit(page.url).netloc}
    assert [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_preset_goes_to_the_shown_group_and_blackout_works_by_keyboard(page: Page) -> None:
    page.open()
    click(lambda: page.find("Gate 1"))
    wait_for(lambda: len(page.rows()) == 2)
    page.browser.find_element(By.CSS_SELECTOR, ".rl-chip input").send_keys(Keys.SPACE)
    wait_for(lambda: page.find("Apply to Gate 1")).send_keys(Keys.ENTER)
    wait_for(lambda: page.node(GATE).lamp.look.color1 == (0, 255, 0))
    assert page.node(STARTBLOCK).lamp.look.color1 != (0, 255, 0)
    wait_for(lambda: "Solid" in page.row(GATE).text)
    page.browser.execute_script("arguments[0].focus()", page.find("Blackout"))
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(lambda: page.node(GATE).lamp.brightness == 0 and page.node(STARTBLOCK).lamp.brightness == 0)
    wait_for(lambda: "Dark" in page.row(GATE).text)
    wait_for(lambda: "Blackout sent" in page.text('.rl-toasts [aria-live="polite"]'))


def test_a_selection_is_moved_after_confirming_and_groups_are_managed(page: Page) -> None:
    page.open()
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, f'tr[data-mac="{GATE}"] input'))
    page.browser.find_element(By.CSS_SELECTOR, ".rl-selection select").send_keys("Pit Wall")
    click(lambda: page.find("Move"))
    wait_for(lambda: page.browser.switch_to.active_element.text == "Cancel")
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog .rl-button-danger"))
    wait_for(lambda: "Pit Wall" in page.row(GATE).text)
    wait_for(lambda: not page.host.tasks.is_running)
    click(lambda: page.find("New group"))
    wait_for(lambda: page.browser.switch_to.active_element.tag_name == "input")
    page.browser.switch_to.active_element.send_keys("Podium <b>", Keys.ENTER)
    wait_for(lambda: page.find("Podium <b>"))
    assert page.host.store.snapshot.groups[5].name == "Podium <b>"  # type: ignore[index]


def test_a_phone_shows_cards_without_sideways_scrolling(page: Page) -> None:
    page.open(360, 740)
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= 360
    assert not page.browser.find_element(By.CSS_SELECTOR, ".rl-sidebar").is_displayed()
    click(lambda: page.find("Groups"))
    click(lambda: page.find("Start Line"))
    wait_for(lambda: page.text(".rl-title h2") == "Start Line")
    small = page.browser.execute_script(
        "return [...document.querySelectorAll('button, select')].filter((each) => each.checkVisibility())"
        ".map((each) => [each.textContent || each.ariaLabel, each.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 34)"
    )
    assert small == [], "too small for a thumb"


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    page.open()
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "tbody input"))
    nameless = page.browser.execute_script(
        "return [...document.querySelectorAll('button, input, select')].filter((each) => "
        "!(each.textContent.trim() || each.ariaLabel || each.labels?.[0]?.textContent.trim()))"
        ".map((each) => each.outerHTML)"
    )
    assert nameless == []


def test_what_was_taken_over_is_said_until_it_is_dismissed(page: Page) -> None:
    page.host.older_import._notice = "Taken over from an older RaceLink: 8 devices."
    page.open()
    wait_for(lambda: "8 devices" in page.text(".rl-banners"))
    click(lambda: page.find("Dismiss"))
    wait_for(lambda: "8 devices" not in page.text(".rl-banners"))
    assert page.host.older_import.notices == ()


def test_a_host_that_stops_is_noticed(page: Page) -> None:
    page.open()
    page.host.stop()
    wait_for(lambda: page.text(".rl-live") == "Not live")
    wait_for(lambda: "RaceLink does not answer" in page.text(".rl-banners"))


def test_a_login_inside_the_address_is_no_hindrance(page: Page) -> None:
    page.url = page.url.replace("http://", "http://admin:secret@")
    page.open()
    assert len(page.rows()) == 8
