"""Moving from an older version with the real programs: the first start, the command, and who may use the directory."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path

import pytest

from tests.end_to_end.programs import Site, output_of, program

MAC = "AABBCCDDEE01"
STATE = {
    "schema_version": 1,
    "devices": [{"addr": MAC, "name": "Gate", "groupId": 1, "dev_type": 10}, {"addr": "broken"}],
    "groups": [{"name": "All WLED Nodes"}, {"name": "Gates"}],
}
PRESETS = {"schema_version": 1, "presets": [{"key": "go", "label": "Go", "params": {"mode": 0}}]}


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an older host, where our programs look for it."""
    folder = tmp_path / "older"
    folder.mkdir()
    options = {"rl_state_v1": json.dumps(STATE), "rl_comms_port": "/dev/ttyUSB7"}
    (folder / "standalone_config.json").write_text(json.dumps({"port": 5077, "options": options}))
    (folder / "rl_presets.json").write_text(json.dumps(PRESETS))
    monkeypatch.setenv("RACELINK_HOME", str(folder))
    return folder


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    """Name, content and time of every file."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.iterdir())
    }


def test_the_first_start_takes_everything_over_and_the_second_nothing(tmp_path: Path, older: Path) -> None:
    before = fingerprint(older)
    words = ("serve", "--port", "0", "--gateway", "sim://demo")
    with program(*words, home=tmp_path) as host:
        site = Site(host.url())
        assert [device["name"] for device in site.get("api/devices")["devices"]] == ["Gate"]
        assert [preset["key"] for preset in site.get("api/rl-presets")["presets"]] == ["go"]
        notice = site.problem("older_data")
        assert notice is not None
        assert "1 device(s)" in notice
        report = site.get("api/import/report")["report"]
        assert report["trigger"] == "first_start"
        assert {each["what"] for each in report["left_out"]} == {"broken", "rl_comms_port"}
        code, errors = host.end(signal.SIGTERM)
        assert code == 0
        assert "Taken over from an older RaceLink" in errors
    assert fingerprint(older) == before
    with program(*words, home=tmp_path) as host:
        site = Site(host.url())
        assert site.problem("older_data") is None
        assert site.get("api/import/report")["report"] == report
    assert fingerprint(older) == before


def test_the_command_tries_takes_and_repeats(tmp_path: Path, older: Path) -> None:
    before = fingerprint(older)
    data = str(tmp_path / "data")
    code, said, _ = output_of("import", str(older), "--data", data, "--dry-run", home=tmp_path)
    assert code == 0
    assert "Nothing was changed" in said
    code, said, _ = output_of("import", str(older), "--data", data, home=tmp_path)
    assert code == 0
    assert "device: 1 new" in said
    assert "To go back:" in said
    code, said, _ = output_of("import", str(older), "--data", data, "--replace", home=tmp_path)
    assert code == 0
    assert "device: 0 new, 0 replaced, 0 kept as they are here, 1 the same" in said
    assert fingerprint(older) == before


def test_the_command_leaves_a_directory_alone_that_is_in_use(tmp_path: Path, older: Path) -> None:
    data = tmp_path / "data"
    with program("serve", "--port", "0", "--gateway", "sim://demo", "--data", str(data), home=tmp_path) as host:
        site = Site(host.url())
        before = site.get("api/devices")
        code, said, errors = output_of("import", str(older), "--data", str(data), home=tmp_path)
        assert (code, said) == (1, "")
        assert f"is in use by process {host.process.pid}" in errors
        assert site.get("api/devices")["devices"] == before["devices"]


@pytest.mark.parametrize("name", ["missing", "empty", "text.json"])
def test_the_command_says_when_there_is_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.json").write_text("not ours")
    code, said, errors = output_of("import", str(tmp_path / name), "--data", str(tmp_path / "data"), home=tmp_path)
    assert (code, said) == (1, "")
    assert "Nothing was changed." in errors
    assert "Traceback" not in errors
