"""Device options, groups, settings and activity, as an operator uses them; the simulated nodes say what arrived."""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from racelink_core.domain.node_options import NodeOption
from tests.webui.driver import GATE, STARTBLOCK, Page, click, fill, inside, wait_for


def online(page: Page) -> None:
    page.open()
    click(lambda: page.find("Get status of all devices"))
    wait_for(lambda: "Online" in page.row(GATE).text)
    wait_for(lambda: not page.host.tasks.is_running)


REFRESH_RATE = ".rl-property:first-of-type"


def test_a_property_is_read_written_and_confirmed_by_the_device(page: Page) -> None:
    online(page)
    name = page.host.store.snapshot.devices[GATE].name
    click(lambda: page.find(f"Options of {name}"))
    wait_for(lambda: "device: 75" in page.text(REFRESH_RATE))
    fill(lambda: page.browser.find_element(By.CSS_SELECTOR, f"{REFRESH_RATE} input"), "60")
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, f"{REFRESH_RATE} button[type=submit]"))
    wait_for(lambda: page.node(GATE).options.read(NodeOption.FRAME_RATE) == (60, 0, 0, 0))
    wait_for(lambda: "device: 60" in page.text(REFRESH_RATE))
    assert page.host.store.snapshot.devices[GATE].specials["wled_fps"] == 60


def test_one_setting_goes_to_all_selected_devices(page: Page) -> None:
    online(page)
    for mac in (GATE, STARTBLOCK):
        click(lambda mac=mac: page.row(mac).find_element(By.TAG_NAME, "input"))
    click(lambda: page.find("Set…"))
    fill(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog input"), "50")
    click(lambda: inside(page, "Apply"))
    wait_for(lambda: "2 of 2 devices stored it" in page.text("dialog .rl-result"))
    for mac in (GATE, STARTBLOCK):
        assert page.node(mac).options.read(NodeOption.FRAME_RATE) == (50, 0, 0, 0)


def test_groups_are_ordered_without_a_packet_and_renumbered_after_a_question(page: Page) -> None:
    online(page)
    click(lambda: page.find("Manage groups"))
    click(lambda: inside(page, "Move Start Line down"))
    click(lambda: inside(page, "Apply order"))
    wait_for(lambda: [row.id for row in page.host.store.snapshot.groups.values()] == [2, 1, 3, 4])
    assert page.node(GATE).group_id == 2
    click(lambda: inside(page, "Renumber along the track"))
    click(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog .rl-button-danger"))
    wait_for(lambda: page.node(GATE).group_id == 1 and page.node(STARTBLOCK).group_id == 2)


def test_settings_are_saved_and_activity_tells_what_was_done(page: Page) -> None:
    online(page)
    click(lambda: page.find("Settings"))
    wait_for(lambda: page.browser.find_elements(By.CSS_SELECTOR, "dialog input[type=number]"))
    brightest = page.browser.find_element(By.CSS_SELECTOR, "dialog input[type=number]")
    brightest.clear()
    brightest.send_keys("80")
    for checkbox in page.browser.find_elements(By.CSS_SELECTOR, "dialog input[type=checkbox]"):
        checkbox.click()
    click(lambda: inside(page, "Save"))
    wait_for(lambda: page.host.store.snapshot.settings.healing is False)
    assert page.host.store.snapshot.settings.brightness_ceiling == 80
    assert page.host.store.snapshot.settings.startblocks_follow_heat is False
    wait_for(lambda: not page.browser.find_elements(By.CSS_SELECTOR, "dialog"))
    click(lambda: page.find("Activity"))
    wait_for(lambda: "status" in page.text("dialog table"))
    page.browser.find_element(By.CSS_SELECTOR, "[role=tab]").send_keys(Keys.ARROW_RIGHT)
    wait_for(lambda: "on air in the last hour" in page.text("dialog"))


def test_a_phone_shows_every_dialog_without_sideways_scrolling(page: Page) -> None:
    page.open(360, 740)
    name = page.host.store.snapshot.devices[GATE].name
    for opener in (f"Options of {name}", "Re-sync groups", "Activity", "Settings"):
        click(lambda opener=opener: page.find(opener))
        dialog = wait_for(lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog[open]"))
        width = "return [arguments[0].scrollWidth, arguments[0].clientWidth]"
        needed, given = page.browser.execute_script(width, dialog)
        assert needed <= given, opener
        dialog.send_keys(Keys.ESCAPE)
        wait_for(lambda: not page.browser.find_elements(By.CSS_SELECTOR, "dialog"))
