"""Scenes by hand on RotorHazard's run page: choose, run, stop; each button says what happened."""

from __future__ import annotations

from pathlib import Path

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import Field, race_day, said, until
from tests.rotorhazard.stored_scenes import (
    A_MINUTE,
    GREEN,
    GREEN_GO,
    NOWHERE,
    RED,
    RED_STOP,
    asked,
    create_scene,
    delete_scene,
    ended_runs,
    light,
    rename_scene,
    running_scene,
)


def shown(server: RotorHazard) -> list[tuple[str, str]]:
    """Values and labels of the panel's list."""
    [field] = [each for each in server.rhapi.fields.options if each.name == "rl_quickset_scene"]
    return [(option.value, option.label) for option in field.options or []]


def test_run_sends_the_chosen_scene_and_stop_ends_what_runs(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        create_scene(server, "Short", light(RED_STOP))
        server.choose("rl_quickset_scene", f"scene:{create_scene(server, 'Long', light(GREEN_GO), A_MINUTE)}")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Long” is running.")
        until(lambda: field.colours() == {GREEN}, "the green of the scene")
        server.press("rl_quickset_stop_scene")
        said(server, "Scene “Long” was stopped.")
        assert ended_runs(server) == [("long", "cancelled")]
        assert not any("was ended" in message for message in server.ui.messages), "one answer is enough"
        server.choose("rl_quickset_scene", "scene:short")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Short” was sent.")
        until(lambda: field.colours() == {RED}, "the red of the scene")
        assert server.events.errors == []


def test_the_first_scene_ever_is_the_one_that_is_chosen(tmp_path: Path) -> None:
    """RotorHazard stored what the empty list showed when it started."""
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        assert server.rhapi.db.option("rl_quickset_scene") == "none"
        key = create_scene(server, "Podium", A_MINUTE)
        until(lambda: server.rhapi.db.option("rl_quickset_scene") == f"scene:{key}", "the scene in the list")
        until(lambda: "run" in server.ui.rebuilt, "the page with it")
        create_scene(server, "Another", A_MINUTE)
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Podium” is running.")


def test_the_scene_that_is_replaced_says_by_what(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        first, second = create_scene(server, "First", A_MINUTE), create_scene(server, "Second")
        server.choose("rl_quickset_scene", f"scene:{first}")
        server.press("rl_quickset_run_scene")
        until(lambda: running_scene(server) == first, "the first")
        server.bind("RACE_START", "rl_scene_action", rl_action_scene=f"scene:{second}")
        server.fire("RACE_START")
        said(server, "Scene “First” was ended. Replaced by the scene &#x27;second&#x27;")


def test_a_scene_that_has_to_wait_says_so_and_runs_in_its_turn(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        asked(server, "PUT", "settings", {"scene_start": {"operator": "queue"}})
        server.choose("rl_quickset_scene", f"scene:{create_scene(server, 'Long', A_MINUTE)}")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Long” is running.")
        server.choose("rl_quickset_scene", f"scene:{create_scene(server, 'Nothing')}")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Nothing” waits until the one before it is over.")
        server.press("rl_quickset_stop_scene")
        said(server, "Scene “Long” was stopped.")
        assert ended_runs(server) == [("nothing", "cancelled"), ("long", "cancelled")]


def test_buttons_that_have_nothing_to_do_say_what_is_missing(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.press("rl_quickset_stop_scene")
        said(server, "No scene is running.")
        server.press("rl_quickset_run_scene")
        said(server, "No scene is chosen.")
        create_scene(server, "Empty")
        until(lambda: shown(server) == [("scene:empty", "Empty")], "what the form shows at first")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Empty” is over. It had nothing to send.")
        server.choose("rl_quickset_scene", f"scene:{create_scene(server, 'Brief')}")
        delete_scene(server, "brief")
        server.press("rl_quickset_run_scene")
        said(server, "The scene &#x27;brief&#x27; no longer exists")
        server.choose("rl_quickset_scene", f"scene:{create_scene(server, 'Go', light(GREEN_GO))}")
        server.press("rl_quickset_run_scene")
        said(server, "Scene “Go” was not sent whole. Action 1: ")
        assert server.events.errors == []


def test_the_list_follows_the_scenes_and_open_pages_are_rebuilt(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        assert shown(server) == [("none", "No scenes yet")]
        create_scene(server, "Second thoughts")
        create_scene(server, "A first one")
        rename_scene(server, "second_thoughts", "Start")
        until(
            lambda: shown(server) == [("scene:second_thoughts", "Start"), ("scene:a_first_one", "A first one")],
            "the list",
        )
        until(lambda: "run" in server.ui.rebuilt, "open pages")
        field = server.shown_fields("rl_scene_action")["rl_action_scene"]
        assert [option.label for option in field.options] == ["Start", "A first one"]
