"""Downloads over a real server: the doctor's bundle, and a recording."""

from __future__ import annotations

import http.client
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.configuration import HostConfiguration
from racelink_core.host import Host
from racelink_core.standalone.server import WebServer
from racelink_core.standalone.support_file import NoBundle, save_bundle
from tests.services.rig import running_host

TOKEN = "Vq7-very-secret-token-81"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Host, int]]:
    """With a token."""
    with running_host(tmp_path / "data") as rig:
        server = WebServer(rig.host, address="127.0.0.1", port=0, token=TOKEN)
        server.start()
        try:
            yield rig.host, int(server.url.rsplit(":", 1)[1].split("/")[0])
        finally:
            server.stop()


def asking(port: int, token: str | None = TOKEN) -> HostConfiguration:
    return HostConfiguration(port=port, token=token)


def test_the_doctor_saves_the_bundle_of_the_running_host_for_its_owner_only(
    served: tuple[Host, int], tmp_path: Path
) -> None:
    file = tmp_path / "support.zip"
    file.write_text("an older one")
    assert str(file) in save_bundle(asking(served[1]), file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("gateways.json"))["ready"] is True
        assert not any(TOKEN.encode() in archive.read(name) for name in archive.namelist())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("token", [None, "another"])
def test_without_the_right_token_the_doctor_says_what_to_set(
    served: tuple[Host, int], tmp_path: Path, token: str | None
) -> None:
    with pytest.raises(NoBundle, match="RACELINK_TOKEN"):
        save_bundle(asking(served[1], token), tmp_path / "support.zip")
    assert not (tmp_path / "support.zip").exists()


def test_without_a_running_host_the_doctor_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoBundle, match="Start `racelink serve`"):
        save_bundle(asking(1), tmp_path / "support.zip")


def test_a_place_that_cannot_be_written_is_named(served: tuple[Host, int], tmp_path: Path) -> None:
    with pytest.raises(NoBundle, match="cannot be written"):
        save_bundle(asking(served[1]), tmp_path / "missing" / "support.zip")


def test_a_recording_of_many_pieces_arrives_whole_while_it_grows(served: tuple[Host, int]) -> None:
    host, port = served
    name = host.recordings.start().name
    assert host.store.directory is not None
    path = host.store.directory / "recordings" / name
    with path.open("ab") as file:
        file.write(b'{"seq": 0}\n' * 60_000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connection.request("GET", f"/racelink/api/traffic/recordings/{name}", headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    host.recordings.stop()
    assert len(content) == int(answer.getheader("Content-Length") or 0) >= 660_000
    assert path.read_bytes().startswith(content)
