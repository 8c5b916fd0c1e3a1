"""The offset formula against its table of cases, which the nodes follow too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racelink_core.domain.offset import OffsetMode, offset_ms_for, offsets_ms_for

CASES = json.loads((Path(__file__).parents[1] / "data" / "offset-cases.json").read_text())["cases"]


@pytest.mark.parametrize("mode", sorted({case["mode"] for case in CASES}))
def test_every_case_of_a_mode_gives_the_expected_delay(mode: str) -> None:
    cases = [case for case in CASES if case["mode"] == mode]
    assert cases
    for case in cases:
        found = offset_ms_for(case["groupId"], OffsetMode[mode.upper()], **case["params"])
        assert found == case["expected_ms"], case


@pytest.mark.parametrize("mode", sorted({case["mode"] for case in CASES}))
def test_all_groups_at_once_get_what_each_gets_by_itself(mode: str) -> None:
    groups = range(255)
    for params in [case["params"] for case in CASES if case["mode"] == mode]:
        found = offsets_ms_for(groups, OffsetMode[mode.upper()], **params)
        assert found == [offset_ms_for(group, OffsetMode[mode.upper()], **params) for group in groups]
