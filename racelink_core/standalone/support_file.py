"""`racelink doctor --bundle FILE`: fetches the support bundle from the RaceLink that runs on this machine."""

from __future__ import annotations

import http.client
from base64 import b64encode
from pathlib import Path

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.errors import RaceLinkError
from racelink_core.state.database import create_private

_PATH = "/racelink/api/debug"
_TIMEOUT_S = 30.0
_ANYWHERE = ("", "0.0.0.0", "::")


class NoBundle(RaceLinkError):
    """The running host could not be asked, or the file not be written."""

    code = "no_bundle"


def save_bundle(configuration: HostConfiguration, file: Path) -> str:
    """Returns the sentence to print. Raises NoBundle. An existing file is replaced."""
    address = "127.0.0.1" if configuration.host in _ANYWHERE else configuration.host
    bundle = _fetch(address, configuration.port, configuration.token or configuration.password)
    try:
        file.unlink(missing_ok=True)
        create_private(file)
        file.write_bytes(bundle)
    except OSError as error:
        raise NoBundle(f"{file} cannot be written: {error.strerror}. Choose another place.") from error
    return f"{file} holds what a helper needs to know, without passwords. Look through it before you send it."


def _fetch(address: str, port: int, secret: str | None) -> bytes:
    where = f"{address}:{port}"
    connection = http.client.HTTPConnection(address, port, timeout=_TIMEOUT_S)
    try:
        login = {"Authorization": "Basic " + b64encode(f"doctor:{secret}".encode()).decode()} if secret else {}
        connection.request("GET", _PATH, headers=login)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoBundle(
            f"No RaceLink answers at {where}. Start `racelink serve`, or name its port with RACELINK_PORT. Inside "
            "RotorHazard, open api/debug below RaceLink's page in the browser instead."
        ) from error
    finally:
        connection.close()
    if answer.status == http.client.UNAUTHORIZED:
        raise NoBundle(f"The RaceLink at {where} needs a login: set RACELINK_TOKEN or RACELINK_PASSWORD to its secret.")
    if answer.status != http.client.OK or answer.getheader("Content-Type") != "application/zip":
        raise NoBundle(f"What answers at {where} is no RaceLink that gives a support bundle (status {answer.status}).")
    return content
