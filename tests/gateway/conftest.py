"""A bench for each test, closed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gateway.bench import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.close()
    bench.drivers.close()
