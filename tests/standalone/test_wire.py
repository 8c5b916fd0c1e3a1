"""`racelink wire`: what frames say, and files of vectors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.protocol.frame_text import describe_stream
from racelink_core.standalone import wire


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    wire.add_arguments(parser)
    return wire.run(parser.parse_args(words))


def test_every_vector_of_the_project_passes(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(shared_data / "wire-vectors.json")) == 0
    assert capsys.readouterr().out == "219 passed, 0 failed\n"


def test_a_failed_vector_is_named_and_counted(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = json.loads((shared_data / "wire-vectors.json").read_text())[:30]
    vectors[24]["fields"]["params"]["group_id"] += 1
    changed = tmp_path / "vectors.json"
    changed.write_text(json.dumps(vectors))
    assert run("check", str(changed)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "29 passed, 1 failed"
    assert [line.split(":")[0] for line in lines[:-1]] == [vectors[24]["name"]] * 2


@pytest.mark.parametrize("text", ["", "{}", "[1", "7"])
def test_a_file_that_holds_no_vectors_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "vectors.json"
    file.write_text(text)
    assert run("check", str(file)) == 2
    assert str(file) in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "nowhere.json") == 2
    assert "nowhere.json" in capsys.readouterr().err


def test_several_frames_noise_and_the_identity_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    identity = b"RaceLink_Gateway_v4A0:B1:C2:5A:01:7F".hex()
    assert run("decode", "72737400", "01", "7F", identity, "0x00 02 F3 01", "00:06:01:FF:FF:FF:00:00", "00 04 F1") == 0
    said = capsys.readouterr().out.splitlines()[1::2]
    assert [line.strip().split(",")[0] for line in said] == [
        "noise",
        "host to gateway: STATE_REQUEST: what are you doing?",
        "gateway to host: identity",
        "gateway to host: TX_DONE: one radio packet is out",
        "host to gateway: DEVICES to everyone: who is in group 0 (unconfigured)?",
        "a frame that is cut off here",
    ]


def test_a_sync_of_another_master_is_told_from_one_of_the_host() -> None:
    [(_, overheard)] = describe_stream(bytes.fromhex("000f06778899ffffff0610203080a8ff03"))
    [(_, ours)] = describe_stream(bytes.fromhex("000906ffffff030201c801"))
    assert "overheard SYNC of another master from 778899" in overheard
    assert ours == "host to gateway: SYNC to everyone: clock 66051 ms, brightness 200, fires what is armed"


def test_what_is_no_hex_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("decode", "00 0") == 2
    assert "is not hex" in capsys.readouterr().err


def test_every_vector_has_something_to_say(shared_data: Path) -> None:
    for vector in json.loads((shared_data / "wire-vectors.json").read_text()):
        raw = bytes.fromhex(vector["hex"])
        pieces = [*describe_stream(raw)]
        direction = vector["direction"].replace("_", " ")
        assert pieces[0][1].startswith(direction), vector["name"]
        assert b"".join(piece for piece, _ in pieces) == raw


@given(st.binary(max_size=150))
def test_any_bytes_are_described_and_none_is_lost(raw: bytes) -> None:
    assert b"".join(piece for piece, _ in describe_stream(raw)) == raw
