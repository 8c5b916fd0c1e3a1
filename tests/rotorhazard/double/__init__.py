"""A double of RotorHazard's plugin API 1.4: what a plugin meets inside the server, without the server.

Written from the spec (rotorhazard, sections 1 to 7) and the recorded contract; `test_double.py` holds its names and
signatures against that record.
"""

from __future__ import annotations

from tests.rotorhazard.double.server import RotorHazard

__all__ = ["RotorHazard"]
