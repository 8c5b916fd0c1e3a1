"""The configuration moves through the page: a file is made, tried and taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from racelink_core.domain.address import Mac
from racelink_core.domain.group import Group, GroupId
from tests.webui.driver import GATE, Page, click, inside, wait_for


def open_dialog(page: Page, width: int = 1280) -> None:
    page.open(width=width)
    click(lambda: page.find("Settings"))
    click(lambda: inside(page, "Move the configuration"))
    show(page, "From a file")
    wait_for(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog[open] input[type=file]"))


def show(page: Page, tab: str) -> None:
    click(lambda: inside(page, tab))


def choose(page: Page, file: Path) -> None:
    page.browser.find_element(By.CSS_SELECTOR, "dialog[open] input[type=file]").send_keys(str(file))


def said(page: Page) -> str:
    return page.text("dialog[open] .rl-result")


def button(page: Page, words: str) -> WebElement:
    buttons = page.browser.find_elements(By.CSS_SELECTOR, "dialog[open] .rl-tab-panel > p button")
    return next(each for each in buttons if each.text == words)


def field(page: Page, group: str, name: str) -> WebElement:
    return page.browser.find_element(By.CSS_SELECTOR, f'[aria-label="{group}"] [name="{name}"]')


def saved(page: Page, tmp_path: Path, **changes: Any) -> Path:
    """The configuration of this host with something changed."""
    document = page.host.configuration_transfer.export()
    document["parts"] |= changes
    file = tmp_path / "configuration.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def renamed(page: Page, name: str) -> list[dict[str, Any]]:
    devices: list[dict[str, Any]] = page.host.configuration_transfer.export(["devices"])["parts"]["devices"]
    return [device | ({"name": name} if device["mac"] == GATE else {}) for device in devices]


def test_a_file_is_tried_and_then_taken(page: Page, tmp_path: Path) -> None:
    page.open()
    file = saved(page, tmp_path, devices=renamed(page, "Renamed gate"))
    open_dialog(page)
    before = page.host.store.snapshot
    choose(page, file)
    wait_for(lambda: f"Devices changed: 1 (Renamed gate ({GATE}))" in said(page))
    assert "This would happen" in said(page)
    assert page.host.store.snapshot is before
    click(lambda: button(page, "Import"))
    wait_for(lambda: "Done." in said(page))
    assert "A backup of what was here before" in said(page)
    wait_for(lambda: "Renamed gate" in page.row(GATE).text)
    assert not button(page, "Import").is_enabled(), "it is done"
    assert page.complaints() == []


def test_what_removes_something_asks_first(page: Page, tmp_path: Path) -> None:
    page.open()
    file = saved(page, tmp_path)
    with page.host.store.transaction() as draft:
        draft.groups[GroupId(9)] = Group(id=GroupId(9), name="Later", display_order=9)
    open_dialog(page)
    choose(page, file)
    wait_for(lambda: "There is nothing to change" in said(page))
    assert not button(page, "Import").is_enabled()
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog[open] input[value=replace]"))
    wait_for(lambda: "Groups removed: 1 (Later)" in said(page))
    click(lambda: button(page, "Import…"))
    wait_for(lambda: page.browser.switch_to.active_element.text == "Cancel")
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(lambda: len(page.browser.find_elements(By.CSS_SELECTOR, "dialog[open]")) == 1)
    assert GroupId(9) in page.host.store.snapshot.groups
    click(lambda: button(page, "Import…"))
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog[open] dialog .rl-button-danger"))
    wait_for(lambda: GroupId(9) not in page.host.store.snapshot.groups)
    wait_for(lambda: "Done." in said(page))


def test_only_the_chosen_parts_are_tried_and_exported(page: Page, tmp_path: Path) -> None:
    page.open()
    file = saved(page, tmp_path, devices=renamed(page, "Renamed gate"))
    open_dialog(page)
    choose(page, file)
    wait_for(lambda: "Devices changed: 1" in said(page))
    click(lambda: field(page, "Parts to import", "devices"))
    wait_for(lambda: "Devices" not in said(page) and "nothing to change" in said(page))
    show(page, "Into a file")
    for name in ("networks", "groups", "presets", "scenes", "seats", "race_bindings"):
        click(lambda name=name: field(page, "Parts to export", name))
    link = page.browser.find_element(By.CSS_SELECTOR, "dialog[open] a[download]")
    address = str(link.get_attribute("href"))
    assert address.endswith("/api/configuration/export?parts=devices,settings")


def test_other_files_are_refused_in_words(page: Page, tmp_path: Path) -> None:
    open_dialog(page)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    choose(page, broken)
    wait_for(lambda: "broken.json is no JSON file" in said(page))
    wrong = tmp_path / "wrong.json"
    document = {"format": "racelink-configuration", "schema_version": 1, "parts": {"groups": [{"id": 0, "name": "x"}]}}
    wrong.write_text(json.dumps(document))
    choose(page, wrong)
    wait_for(lambda: "parts.groups[0].id" in said(page))
    wait_for(lambda: not button(page, "Import").is_enabled())


def test_what_an_older_racelink_stored_is_tried_and_taken_over(page: Page, tmp_path: Path) -> None:
    device = {"addr": "AABBCCDDEE01", "name": "Old lamp", "groupId": 1, "dev_type": 10}
    groups = [{"name": "All WLED Nodes", "static_group": 1}, {"name": "Old gates", "static_group": 0}]
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"schema_version": 1, "devices": [device], "groups": groups}))
    open_dialog(page)
    show(page, "From an older RaceLink")
    click(lambda: button(page, "Look in its folder"))
    wait_for(lambda: "Nothing was changed" in said(page))
    choose(page, file)
    wait_for(lambda: "Old lamp" in said(page) and "This would happen" in said(page))
    assert Mac("AABBCCDDEE01") not in page.host.store.snapshot.devices
    click(lambda: button(page, "Take over"))
    wait_for(lambda: "Done." in said(page))
    assert page.host.store.snapshot.devices[Mac("AABBCCDDEE01")].name == "Old lamp"


def test_it_fits_on_a_phone_and_works_with_the_keyboard(page: Page, tmp_path: Path) -> None:
    page.open(width=390, height=800)
    file = saved(page, tmp_path, devices=renamed(page, "Renamed gate"))
    open_dialog(page, width=390)
    choose(page, file)
    wait_for(lambda: "Devices changed: 1" in said(page))
    dialog = page.browser.find_element(By.CSS_SELECTOR, "dialog[open]")
    assert page.browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", dialog)
    merge = page.browser.find_element(By.CSS_SELECTOR, "dialog[open] input[value=merge]")
    merge.send_keys(Keys.ARROW_DOWN)
    assert page.browser.find_element(By.CSS_SELECTOR, "dialog[open] input[value=replace]").is_selected()
    for each in dialog.find_elements(By.CSS_SELECTOR, "input, button, a"):
        assert each.accessible_name, each.get_attribute("outerHTML")
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait_for(lambda: not page.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))
