"""The tables of effects and palettes that are shipped say what the project's tables say."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.effect_names import effect_name
from racelink_core.domain.offset_safe import OFFSET_SAFE_EFFECTS, is_offset_safe
from racelink_core.state.effect_catalogue import effect_catalogue, palette_catalogue, used_fields

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> list[dict[str, Any]]:
    effects: list[dict[str, Any]] = json.loads((ROOT / "tests/data/wled-effects.json").read_text())["effects"]
    return effects


@pytest.mark.parametrize("name", ["effects.json", "palettes.json"])
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    spec = importlib.util.spec_from_file_location("effect_catalogue_writer", ROOT / ".ci/effect_catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert (ROOT / "racelink_core/state/wled" / name).read_text(encoding="utf-8") == writer.contents()[name]


def test_every_effect_has_its_name_its_slots_and_its_sync_status(table: list[dict[str, Any]]) -> None:
    found = {effect.id: effect for effect in effect_catalogue().effects}
    assert sorted(found) == [entry["id"] for entry in table]
    for entry in table:
        effect = found[entry["id"]]
        assert (effect.name, effect.sync) == (entry["name"], entry["sync"]["status"])
        assert effect_name(effect.id) == entry["name"]
        assert used_fields()[effect.id] == {name for name, slot in entry["slots"].items() if slot["used"]}
        for name, slot in effect.slots.items():
            assert slot.label == entry["slots"][name].get("label")
            assert slot.default == entry["slots"][name].get("default")


def test_the_set_that_is_kept_by_hand_is_the_verified_one_and_comes_first(table: list[dict[str, Any]]) -> None:
    assert {entry["id"] for entry in table if entry["sync"]["status"] == "verified"} == OFFSET_SAFE_EFFECTS
    ids = [effect.id for effect in effect_catalogue().effects]
    first = ids[: len(OFFSET_SAFE_EFFECTS)]
    assert first == sorted(OFFSET_SAFE_EFFECTS)
    assert ids[len(first) :] == sorted(set(ids) - OFFSET_SAFE_EFFECTS)


@pytest.mark.parametrize(
    ("effect", "expected"), [(2, True), ("2", True), (13, False), ("x", False), (None, False), (True, False)]
)
def test_who_asks_with_nonsense_is_told_no(effect: object, expected: bool) -> None:
    assert is_offset_safe(effect) is expected


def test_palettes_and_the_colours_they_are_made_of() -> None:
    catalogue = palette_catalogue()
    assert [palette.id for palette in catalogue.palettes] == list(range(72))
    assert [palette.id for palette in catalogue.palettes if not palette.offset_safe] == [1]
    assert catalogue.palette_color_rules.model_dump() == {
        "force_slot_min_palette": (2, 3, 4),
        "max_palette_id": 5,
    }
