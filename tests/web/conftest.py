"""A whole host with a simulated, settled fleet behind the blueprint."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.host import Host
from racelink_core.standalone.demo import settle
from racelink_core.web import OpenAccess, create_blueprint

SPEED = 20.0
DEADLINE_S = 30.0


def wait_until(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end_s, "did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def host(tmp_path: Path, shared_data: Path) -> Iterator[Host]:
    """Eight nodes in four groups behind one gateway, twenty times as fast as life."""
    fleet = shared_data / "fleets" / "club-8.json"
    host = create_host(HostConfiguration(data_directory=tmp_path, gateways=(f"sim://{fleet}",), speed=SPEED))
    try:
        settle(host)
        host.start()
        wait_until(lambda: host.gateways.status().ready)
        yield host
    finally:
        host.stop()


@pytest.fixture
def idle_host(tmp_path: Path) -> Iterator[Host]:
    """Not started: no gateway, no device."""
    host = create_host(HostConfiguration(data_directory=tmp_path))
    try:
        yield host
    finally:
        host.stop()


def client_of(host: Host) -> FlaskClient:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    return app.test_client()


@pytest.fixture
def client(host: Host) -> FlaskClient:
    return client_of(host)


@pytest.fixture
def idle_client(idle_host: Host) -> FlaskClient:
    return client_of(idle_host)
