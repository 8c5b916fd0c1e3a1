"""The channel tables, against the table that the firmware's tools use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from racelink_core.domain.channels import MIN_SEPARATION_HZ, Region, channels, find_channel
from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile

TABLE = json.loads((Path(__file__).parents[1] / "data" / "rf_channels.json").read_text())


@pytest.mark.parametrize("region", ["EU868", "US915"])
def test_a_region_has_the_channels_of_the_table(region: Region) -> None:
    ours = [{"id": channel.id, "name": channel.name, **channel.profile.model_dump()} for channel in channels(region)]
    assert ours == TABLE["regions"][region]


def test_the_table_has_no_other_region_and_the_same_separation() -> None:
    assert set(TABLE["regions"]) == {"EU868", "US915"}
    assert TABLE["minSeparationHz"] == MIN_SEPARATION_HZ


@pytest.mark.parametrize("region", ["EU868", "US915"])
def test_a_channel_is_found_by_its_seven_values(region: Region) -> None:
    for channel in channels(region):
        assert find_channel(channel.profile) == (region, channel.id)


def test_one_other_value_makes_a_custom_profile() -> None:
    assert find_channel(DEFAULT_PROFILE.model_copy(update={"preamble": 9})) is None


@pytest.mark.parametrize(
    "change",
    [
        {"freq_hz": 862_999_999},
        {"freq_hz": 928_000_001},
        {"bw_khz_x10": 1249},
        {"sf": 13},
        {"cr_den": 4},
        {"sync_word": 256},
        {"tx_power_dbm": -10},
        {"preamble": 5},
        {"sf": True},
        {"sync_word": 1.0},
    ],
)
def test_a_profile_that_no_radio_accepts_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RadioProfile.model_validate({**DEFAULT_PROFILE.model_dump(), **change})
