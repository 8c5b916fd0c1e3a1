"""What the small programs print."""

from __future__ import annotations

from pathlib import Path

import racelink_core
from tests.end_to_end.programs import output_of

_DATA = Path(__file__).parents[1] / "data"


def test_every_vector_passes_the_wire_check(tmp_path: Path) -> None:
    code, output, errors = output_of("wire", "check", str(_DATA / "wire-vectors.json"), home=tmp_path)
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1] == "219 passed, 0 failed"


def test_the_program_says_its_version(tmp_path: Path) -> None:
    assert output_of("--version", home=tmp_path) == (0, f"racelink {racelink_core.__version__}\n", "")


def test_the_doctor_tells_versions_ports_and_the_data_directory(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    _, output, errors = output_of("doctor", "--no-probe", "--data", data, home=tmp_path)
    assert errors == ""
    for part in ("Versions", "racelink", racelink_core.__version__, "Serial ports", "Data directory", data, "free"):
        assert part in output


def test_the_doctor_without_a_running_racelink_has_no_bundle_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "support.zip"
    code, output, errors = output_of("doctor", "--bundle", str(file), home=tmp_path, RACELINK_PORT="1")
    assert (code, output) == (1, "")
    assert "racelink serve" in errors
    assert "Traceback" not in errors
    assert not file.exists()
