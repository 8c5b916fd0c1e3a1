"""Scenes and RL presets as an operator makes, tries and runs them; the simulated nodes say what arrived."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import BrokenActions, Scene
from tests.webui.driver import GATE, STARTBLOCK, Page, click, fill, inside, wait_for
from tests.webui.scene_page import ScenePage

MOST_FOR_DEVICES, MOST_MORE_FOR_SCENES = 60_000, 40_000  # bytes as they travel (design 6, "Web")


def scene(page: Page, label: str) -> Scene | None:
    return next((each for each in page.host.store.snapshot.scenes.values() if each.label == label), None)


def preset(page: Page, label: str) -> RlPreset | None:
    return next((each for each in page.host.store.snapshot.presets.values() if each.label == label), None)


def green_go(page: Page) -> str:
    """The id of a preset that every new host has."""
    found = preset(page, "Green go")
    assert found
    return str(found.id)


def test_a_scene_with_every_kind_of_action_is_made_runs_and_is_stopped(page: Page) -> None:
    page.open()
    scenes = ScenePage(page)
    devices_bytes = scenes.bytes_read()
    assert devices_bytes <= MOST_FOR_DEVICES
    scenes.open()
    scenes.press("New scene")
    scenes.name("Friday start")
    scenes.add("rl_preset")
    scenes.choose(0, "Preset", green_go(page))
    scenes.aim(0, "groups", "Gate 1")
    scenes.add("wled_preset")
    scenes.choose(1, "Preset on the lamps", "3")
    scenes.aim(1, "groups", "Pit Wall")
    scenes.add("rl_effect")
    scenes.aim(2, "groups", "Start Line", "Gate 2")
    scenes.add("startblock")
    scenes.aim(3, "broadcast")
    scenes.add("offset_group")
    click(scenes.in_card(4, ".rl-add button"))
    wait_for(lambda: "Solid on all of the group, waits for Sync" in scenes.said(4) or "no preset yet" in scenes.said(4))
    scenes.choose(4, "Preset", green_go(page))
    wait_for(lambda: "400 ms" in scenes.in_card(4, ".rl-preview")().text)
    scenes.add("sync")
    scenes.add("delay")
    scenes.type(6, "input[type=number]", "60000")
    wait_for(lambda: "p ·" in scenes.total())
    scenes.press("Create")
    kinds = ["rl_preset", "wled_preset", "rl_effect", "startblock", "offset_group", "sync", "delay"]
    wait_for(lambda: scene(page, "Friday start"))
    assert [action.kind for action in page.host.store.snapshot.scene("friday_start").actions] == kinds
    scenes.press("Run", ".rl-scene-foot button")
    wait_for(lambda: "Action 7 of 7: Wait" in scenes.state())
    assert page.node(GATE).lamp.look.color1 == (0, 255, 0)
    assert "sent" in scenes.said(0)
    scenes.press("Stop")
    wait_for(lambda: "stopped" in scenes.state())
    wait_for(lambda: page.host.scene_runner.running is None)
    somebody_else = Request(f"{page.url}api/scenes/friday_start/run", b"{}", {"Content-Type": "application/json"})
    urlopen(somebody_else).close()
    wait_for(lambda: "Action 7 of 7: Wait" in scenes.state())
    scenes.press("Stop")
    wait_for(lambda: "stopped" in scenes.state())
    assert scenes.bytes_read() - devices_bytes <= MOST_MORE_FOR_SCENES
    assert page.complaints() == []


def test_a_draft_is_tried_ordered_refused_and_guarded(page: Page) -> None:
    page.open()
    scenes = ScenePage(page)
    scenes.open()
    scenes.press("New scene")
    scenes.add("delay")
    scenes.add("rl_preset")
    scenes.press("Try", ".rl-scene-foot button")
    wait_for(lambda: "Choose whom this is for." in scenes.said(1))
    scenes.aim(1, "broadcast")
    scenes.press("Try", ".rl-scene-foot button")
    wait_for(lambda: "Choose a preset." in scenes.said(1))
    scenes.choose(1, "Preset", green_go(page))
    scenes.move_by_keyboard(1, "up")
    wait_for(lambda: "Green go on all devices" in scenes.said(0))
    wait_for(lambda: scenes.page.browser.switch_to.active_element.get_attribute("data-move") == "down")
    scenes.type(1, "input[type=number]", "99999")
    wait_for(lambda: "60000" in scenes.card(1).find_element(By.CSS_SELECTOR, '[role="alert"]').text)
    scenes.type(1, "input[type=number]", "10")
    wait_for(lambda: "p ·" in scenes.total())
    scenes.press("Try", ".rl-scene-foot button")
    wait_for(lambda: "all was sent" in scenes.state())
    assert page.node(STARTBLOCK).lamp.look.color1 == (0, 255, 0)
    assert not page.host.store.snapshot.scenes
    scenes.name("Green")
    scenes.press("Create")
    wait_for(lambda: scene(page, "Green"))
    wait_for(lambda: scenes.find("Green", "aside button"))
    scenes.name("Green at once")
    scenes.press("New scene")
    click(lambda: inside(page, "Cancel"))
    scenes.press("Save", ".rl-scene-foot button")
    wait_for(lambda: scene(page, "Green at once"))
    scenes.press("Duplicate scene")
    wait_for(lambda: scene(page, "Green at once copy"))
    wait_for(
        lambda: (
            scenes.page.browser.find_element(By.CSS_SELECTOR, ".rl-scene-name input").get_attribute("value")
            == "Green at once copy"
        )
    )
    scenes.press("Delete scene")
    click(lambda: inside(page, "Delete"))
    wait_for(lambda: not scene(page, "Green at once copy"))


def test_a_preset_is_edited_and_one_that_a_scene_uses_is_not_deleted_by_accident(page: Page) -> None:
    page.open()
    scenes = ScenePage(page)
    scenes.open()
    scenes.press("New scene")
    scenes.name("Green")
    scenes.add("rl_preset")
    scenes.choose(0, "Preset", green_go(page))
    scenes.aim(0, "broadcast")
    scenes.press("Create")
    wait_for(lambda: scene(page, "Green"))
    scenes.press("RL presets")
    click(lambda: inside(page, "Edit Green go"))
    fill(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog input[type=text]"), "Green slow")
    assert not page.browser.find_elements(By.XPATH, "//dialog//label[contains(., 'Speed')]"), "Solid has no speed"
    effects = page.browser.find_element(By.CSS_SELECTOR, 'dialog select[aria-label^="Effect"]')
    effects.send_keys("Breathe")
    speed = wait_for(lambda: page.browser.find_element(By.XPATH, "//dialog//label[contains(., 'Speed')]/input"))
    speed.click()
    wait_for(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog .rl-slider input")).send_keys(Keys.HOME)
    click(lambda: inside(page, "Save"))
    changed = wait_for(lambda: preset(page, "Green slow"))
    assert (changed.params.mode, changed.params.speed) == (2, 0)
    click(lambda: inside(page, "Delete Green slow"))
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog dialog .rl-button-danger"))
    wait_for(lambda: "used by Green" in page.text("dialog dialog"))
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog dialog .rl-button-danger"))
    wait_for(lambda: not preset(page, "Green slow"))
    click(lambda: inside(page, "Close"))
    wait_for(lambda: f"preset {changed.id} (gone)" in scenes.said(0))


def test_scenes_fit_a_phone_and_everything_has_a_name(page: Page) -> None:
    broken = BrokenActions(raw=[{"kind": "fireworks"}], problem="Action 1 has the unknown kind fireworks.", code="x")
    with page.host.store.transaction() as draft:
        draft.scenes[7] = Scene(id=7, key="old_show", label="Old show", broken=broken)
    page.open(360, 740)
    scenes = ScenePage(page)
    scenes.open()
    scenes.press("Old show", ".rl-content button")
    wait_for(lambda: "unknown kind fireworks" in page.text(".rl-content"))
    scenes.press("List of scenes")
    scenes.press("New scene", "aside button")
    for kind in ("rl_effect", "offset_group", "startblock"):
        scenes.add(kind)
    scenes.aim(0, "groups")
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= 360
    nameless = page.browser.execute_script(
        "return [...document.querySelectorAll('button, input, select')].filter((each) => "
        "!(each.textContent.trim() || each.ariaLabel || each.labels?.[0]?.textContent.trim()))"
        ".map((each) => each.outerHTML)"
    )
    assert nameless == []


def test_the_starter_set_is_loaded_written_to_a_file_and_read_back(page: Page, tmp_path: Path) -> None:
    page.open()
    scenes = ScenePage(page)
    scenes.open()
    scenes.press("Load the starter set")
    wait_for(lambda: len(page.browser.find_elements(By.CSS_SELECTOR, ".rl-board li")) > 5)
    stored = [each.label for each in page.host.store.snapshot.scenes.values()]
    scenes.press("Import and export")
    address = wait_for(lambda: page.browser.find_element(By.XPATH, "//dialog//a[contains(., 'Export all')]"))
    with urlopen(address.get_attribute("href")) as answer:
        (tmp_path / "scenes.json").write_bytes(answer.read())
    for each in tuple(page.host.store.snapshot.scenes.values())[1:]:
        page.host.scenes.delete(each.key)
    page.browser.find_element(By.CSS_SELECTOR, "dialog input[type=file]").send_keys(str(tmp_path / "scenes.json"))
    wait_for(lambda: page.text("dialog .rl-causes"))
    assert [each.label for each in page.host.store.snapshot.scenes.values()] == stored
    click(lambda: inside(page, "Close"))
    wait_for(lambda: len(page.browser.find_elements(By.CSS_SELECTOR, ".rl-board li")) == len(stored))
