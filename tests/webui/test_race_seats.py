"""Lamps of seats and colours of teams, as an operator chooses them."""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from tests.webui.driver import GATE, Page, choose, click, fill, inside, wait_for
from tests.webui.test_race import RacePage

FOUR_SEATS = RaceTimer(seats=4)


def open_race(page: Page, width: int = 1280, height: int = 800) -> RacePage:
    page.host.race_timer = lambda: FOUR_SEATS
    page.open(width, height)
    race = RacePage(page)
    race.open()
    wait_for(lambda: len(seats_shown(page)) == FOUR_SEATS.seats)
    return race


def seats_shown(page: Page) -> list[str]:
    return [each.text.split("\n")[1] for each in page.browser.find_elements(By.CSS_SELECTOR, ".rl-seat")]


def in_dialog(page: Page, selector: str, words: str = "") -> WebElement | None:
    return page.find(words, f"dialog[open] {selector}")


def dialog_closes(page: Page) -> None:
    wait_for(lambda: not page.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))


def test_seats_get_groups_or_one_device_and_lose_them_again(page: Page) -> None:
    race = open_race(page)
    assert seats_shown(page) == ["no lamps"] * 4
    race.press("Choose the lamps of seat 1")
    click(lambda: in_dialog(page, ".rl-pick", "Gate 1"))
    click(lambda: in_dialog(page, ".rl-pick", "Gate 2"))
    race.save("Save")
    wait_for(lambda: seats_shown(page)[0] == "Gate 1, Gate 2")
    race.press("Choose the lamps of seat 3")
    click(lambda: in_dialog(page, "label.rl-check", "One device"))
    choose(lambda: in_dialog(page, "select"), str(GATE))
    race.save("Save")
    wait_for(lambda: seats_shown(page)[2] not in ("", "no lamps"))
    assert page.host.store.snapshot.seats == {
        0: Seat(index=0, target=GroupsTarget(value=(2, 3))),
        2: Seat(index=2, target=DeviceTarget(value=GATE)),
    }
    race.press("Take the lamps away from seat 1")
    wait_for(lambda: seats_shown(page)[0] == "no lamps")
    assert list(page.host.store.snapshot.seats) == [2]
    assert page.complaints() == []


def test_what_somebody_else_changes_is_shown_and_kept(page: Page) -> None:
    race = open_race(page)
    race.press("Choose the lamps of seat 1")
    page.host.seats.replace([Seat(index=3, target=GroupsTarget(value=(4,)))])
    click(lambda: in_dialog(page, ".rl-pick", "Gate 1"))
    race.save("Save")
    wait_for(lambda: seats_shown(page) == ["Gate 1", "no lamps", "no lamps", "Pit Wall"])
    assert list(page.host.store.snapshot.seats) == [0, 3]


def test_who_deletes_a_group_hears_which_seats_have_no_lamps_any_more(page: Page) -> None:
    page.host.seats.replace([Seat(index=0, target=GroupsTarget(value=(2,)))])
    race = open_race(page)
    assert seats_shown(page)[0] == "Gate 1"
    race.press("Devices", ".rl-nav a")
    wait_for(page.rows)
    delete = 'button[aria-label="Delete group Gate 1"]'  # seen only beside the group that is open
    page.browser.execute_script("arguments[0].click()", page.browser.find_element(By.CSS_SELECTOR, delete))
    click(lambda: inside(page, "Delete"))
    wait_for(lambda: "1 seat of the race timer has no lamps any more." in page.text(".rl-toast"))
    race.open()
    wait_for(lambda: seats_shown(page) == ["no lamps"] * 4)


def test_teams_get_colours(page: Page) -> None:
    race = open_race(page)
    race.press("Change colours")
    fill(lambda: in_dialog(page, "input", "Name of team 1"), "b")
    assert wait_for(lambda: in_dialog(page, "[role=alert]")).text == "Team B is there twice."
    save = inside(page, "Save")
    assert save is not None
    assert not save.is_enabled()
    fill(lambda: in_dialog(page, "input", "Name of team 1"), "Red")
    change = "arguments[0].value = '#ff0000'; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))"
    page.browser.execute_script(change, wait_for(lambda: in_dialog(page, "input", "Colour of Red")))
    race.press("Remove B", "dialog[open] button")
    race.press("Add a team", "dialog[open] button")
    fill(lambda: in_dialog(page, "input", "Name of team 8"), "Z")
    race.save("Save")
    colours = {each.team: each.colour for each in page.host.store.snapshot.settings.team_colours}
    assert list(colours) == ["Red", "C", "D", "E", "F", "G", "H", "Z"]
    assert (colours["Red"], colours["Z"]) == ((255, 0, 0), (255, 255, 255))
    wait_for(lambda: page.text(".rl-teams").split("\n") == list(colours))
    assert page.complaints() == []


def test_a_phone_shows_seats_without_scrolling_sideways(page: Page) -> None:
    page.host.seats.replace([Seat(index=0, target=GroupsTarget(value=(1, 2, 3, 4)))])
    race = open_race(page, 360, 640)
    width = "return [document.documentElement.scrollWidth, innerWidth]"
    shown, available = page.browser.execute_script(width)
    assert shown <= available
    race.press("Choose the lamps of seat 1")
    shown, available = page.browser.execute_script(width)
    assert shown <= available
    click(lambda: inside(page, "Cancel"))
    dialog_closes(page)
