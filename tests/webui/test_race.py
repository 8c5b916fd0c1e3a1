"""Race bindings as an operator makes, tries and keeps them; the simulated nodes say what arrived."""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from racelink_core.domain.race_binding import RaceBinding
from racelink_core.domain.race_event import RaceEvent
from racelink_core.domain.race_timer import RaceTimer
from tests.webui.driver import GATE, Page, choose, click, fill, inside, wait_for

PILOT = (0, 34, 255)
MADE_UP = (255, 0, 160)
FIELD = """
const labels = [...document.querySelectorAll("dialog[open] label")];
return labels.find((each) => each.innerText.startsWith(arguments[0]))?.querySelector("select, input") ?? null;
"""


class RacePage:
    def __init__(self, page: Page) -> None:
        self.page, self.browser = page, page.browser

    def open(self) -> None:
        """By the navigation, as from the Devices page."""
        self.press("Race", ".rl-nav a")
        wait_for(lambda: self.find("New binding"))

    def find(self, words: str, selector: str = "button") -> WebElement | None:
        """What is shown and says this, or is called this."""
        return self.page.find(words, selector)

    def press(self, words: str, selector: str = "button") -> None:
        click(lambda: self.find(words, selector))

    def names(self) -> list[str]:
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, ".rl-binding-text b")]

    def row(self, name: str) -> WebElement:
        rows = self.browser.find_elements(By.CSS_SELECTOR, ".rl-binding")
        return next(each for each in rows if each.find_element(By.TAG_NAME, "b").text == name)

    def field(self, label: str) -> WebElement | None:
        """In the open dialog, by its label."""
        found: WebElement | None = self.browser.execute_script(FIELD, label)
        return found

    def fields(self) -> list[str]:
        labels = self.browser.find_elements(By.CSS_SELECTOR, "dialog[open] .rl-field > span")
        first_words = "return arguments[0].firstChild.textContent.trim()"
        return [self.browser.execute_script(first_words, each) for each in labels]

    def choose(self, label: str, value: str) -> None:
        choose(lambda: self.field(label), value)

    def save(self, verb: str) -> None:
        click(lambda: inside(self.page, verb))
        wait_for(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))

    def bindings(self) -> list[RaceBinding]:
        return list(self.page.host.store.snapshot.race_bindings.values())


def shown_by(page: Page) -> tuple[int, ...]:
    return tuple(page.node(GATE).lamp.look.color1)


def test_one_press_lets_the_gates_blink_in_the_colour_of_who_passes(page: Page) -> None:
    page.open()
    race = RacePage(page)
    race.open()
    race.press("Pilot passes the gate")
    wait_for(lambda: race.names() == ["Pass in the pilot's colour"])
    page.host.race_reactions.handle(RaceEvent("RACE_LAP_RECORDED", seat=0, colour_of=lambda _source: PILOT))
    wait_for(lambda: shown_by(page) == PILOT)
    race.press("Test Pass")
    wait_for(lambda: shown_by(page) == MADE_UP)
    click(lambda: race.row("Pass in the pilot's colour").find_element(By.CSS_SELECTOR, '[role="switch"]'))
    wait_for(lambda: [each.is_on for each in race.bindings()] == [False])
    assert page.complaints() == []


def test_a_binding_is_made_changed_copied_and_deleted(page: Page) -> None:
    page.host.race_timer = lambda: RaceTimer(4, {3: "Open"})
    page.open()
    race = RacePage(page)
    race.open()
    race.press("New binding")
    wait_for(lambda: race.fields()[:4] == ["When", "Seat", "Lap", "Race class"])
    race.choose("When", "RACE_STAGE_TONE")
    wait_for(lambda: race.fields()[:3] == ["When", "Race class", "Then"])
    click(lambda: race.field("At the very moment"))
    race.choose("When", "RACE_LAP_RECORDED")
    race.choose("First colour", "pilot")
    race.choose("Seat", "1")
    fill(lambda: race.field("Lap"), "2")
    race.choose("Race class", "3")
    click(lambda: inside(page, "Create"))
    wait_for(lambda: "Choose whom this is for" in page.text("dialog[open] [role=alert]"))
    click(lambda: race.browser.find_element(By.CSS_SELECTOR, 'dialog[open] .rl-target input[value="groups"]'))
    click(lambda: race.find("Gate 1", "dialog[open] .rl-pick"))
    race.save("Create")
    [binding] = race.bindings()
    assert (binding.name, binding.event, binding.colour_from) == ("Pilot passes the gate", "RACE_LAP_RECORDED", "pilot")
    assert (binding.only.seat, binding.only.lap_number, binding.only.class_id) == (1, 2, 3)
    assert binding.reaction.target.value == (2,)  # type: ignore[union-attr]
    assert binding.at_moment is False, "a pass announces no moment"
    wait_for(lambda: "only seat 2, lap 2, class Open" in race.row("Pilot passes the gate").text)

    race.press("Change Pilot passes")
    race.choose("Then", "blackout")
    wait_for(lambda: "First colour" not in race.fields())
    fill(lambda: race.field("Name"), "Dark")
    race.save("Save")
    wait_for(lambda: race.names() == ["Dark"])
    assert race.bindings()[0].reaction.kind == "blackout"
    assert race.bindings()[0].colour_from is None

    race.press("Duplicate Dark")
    wait_for(lambda: race.names() == ["Dark", "Dark copy"])
    race.press("Let Dark copy happen earlier")
    wait_for(lambda: race.names() == ["Dark copy", "Dark"])
    race.press("Delete Dark copy")
    click(lambda: inside(page, "Cancel"))
    assert len(race.bindings()) == 2
    race.press("Delete Dark copy")
    click(lambda: inside(page, "Delete"))
    wait_for(lambda: race.names() == ["Dark"])
    assert page.complaints() == []


def test_a_scene_can_be_bound_and_is_missed_when_it_is_deleted(page: Page) -> None:
    scene = page.host.scenes.create({"label": "Podium"}).scene
    page.open()
    race = RacePage(page)
    race.open()
    race.press("New binding")
    race.choose("When", "RACE_WIN")
    race.choose("Then", "run_scene")
    race.choose("Scene", scene.key)
    race.save("Create")
    wait_for(lambda: "Run scene Podium" in race.row("Race is won").text)
    page.host.scenes.delete(scene.key)
    wait_for(lambda: "Does nothing: The scene 'podium' no longer exists" in race.row("Race is won").text)


def test_a_refusal_stands_in_the_dialog_and_nothing_is_lost(page: Page) -> None:
    page.open()
    race = RacePage(page)
    race.open()
    race.press("New binding")
    race.choose("Then", "rl_preset")
    preset = next(iter(page.host.store.snapshot.presets.values()))
    race.choose("Preset", str(preset.id))
    click(lambda: race.browser.find_element(By.CSS_SELECTOR, 'dialog[open] .rl-target input[value="broadcast"]'))
    with page.host.store.transaction() as draft:
        del draft.presets[preset.id]
    click(lambda: inside(page, "Create"))
    wait_for(lambda: "no longer exists" in page.text("dialog[open] [role=alert]"))
    assert race.bindings() == []


def test_the_page_is_used_with_the_keyboard_and_on_a_phone(page: Page) -> None:
    page.open(width=390, height=844)
    race = RacePage(page)
    race.open()
    wait_for(lambda: race.find("A whole race")).send_keys(Keys.ENTER)
    wait_for(lambda: len(race.names()) == 8)
    width = page.browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= 390, "nothing has to be pushed sideways"
    switch = race.row("Start").find_element(By.CSS_SELECTOR, '[role="switch"]')
    switch.send_keys(Keys.SPACE)
    wait_for(lambda: [each.name for each in race.bindings() if not each.is_on] == ["Start"])
    wait_for(lambda: race.find("Change Staging")).send_keys(Keys.ENTER)
    focused = wait_for(lambda: race.browser.switch_to.active_element)
    wait_for(lambda: focused.find_element(By.XPATH, "ancestor-or-self::dialog"))
    race.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait_for(lambda: not race.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))
    assert page.complaints() == []
