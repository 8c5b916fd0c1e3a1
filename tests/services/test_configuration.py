"""Where settings come from, and what is said when one is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racelink_core.configuration import ConfigurationError, load_configuration


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "racelink.json"
    file.write_text(json.dumps({"port": 1, "host": "file", "gateways": ["/dev/ttyUSB0"], "log_level": "debug"}))
    loaded = load_configuration(
        {"port": 3, "host": None, "gateways": []}, {"RACELINK_PORT": "2", "RACELINK_HOST": "environment"}, file
    )
    assert (loaded.port, loaded.host, loaded.log_level) == (3, "environment", "DEBUG")
    assert loaded.gateways == ("serial:///dev/ttyUSB0",)


def test_the_environment_takes_lists_and_timings() -> None:
    loaded = load_configuration(
        {}, {"RACELINK_GATEWAYS": "COM3, socket://pi:5000", "RACELINK_TIMINGS": '{"task_cancel_s": 1}', "HOME": "/"}
    )
    assert loaded.gateways == ("serial://COM3", "socket://pi:5000")
    assert loaded.timings.task_cancel_s == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"prot": 1}, "prot"),
        ({"port": 99999}, "port"),
        ({"log_level": "LOUD"}, "log_level"),
        ({"timings": {"task_cancel_s": "soon"}}, "timings.task_cancel_s"),
        ([1], ""),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, content: Any, field: str) -> None:
    file = tmp_path / "racelink.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ConfigurationError) as wrong:
        load_configuration({}, {}, file)
    assert wrong.value.field == field
    assert str(file) in str(wrong.value)


def test_a_file_that_is_missing_or_no_json_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_configuration({}, {}, tmp_path / "missing.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ConfigurationError, match="not JSON"):
        load_configuration({}, {}, tmp_path / "broken.json")
