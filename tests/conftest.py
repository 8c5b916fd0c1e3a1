"""For every test: the data files, and the check that nothing is left running or open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import leaks


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of vectors, fleets, scenes and recordings."""
    return Path(__file__).parent / "data"


def pytest_collection_finish() -> None:
    leaks.prepare()


@pytest.fixture(autouse=True)
def no_older_racelink(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program looks into the home folder of whoever runs the tests."""
    monkeypatch.setenv("RACELINK_HOME", "/nowhere/racelink")


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a greenlet, thread, file descriptor or child process behind."""
    if request.node.get_closest_marker("leaves_resources"):
        yield
        return
    before = leaks.Resources.now()
    yield
    left = leaks.leaks_since(before)
    if left:
        pytest.fail("left behind:\n  " + "\n  ".join(left), pytrace=False)
