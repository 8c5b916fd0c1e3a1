"""Scenes and RL presets as an operator makes, tries and runs them; the simulated nodes say what arrived."""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import Scene
from tests.webui.driver import Page, click, fill, inside, wait_for
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
    page.open(360, 740)
    scenes = ScenePage(page)
    scenes.open()
    scenes.press("New scene", ".rl-content button")
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
