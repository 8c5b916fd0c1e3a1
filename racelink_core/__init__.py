"""RaceLink: lights that tell the story of a drone race."""

from __future__ import annotations

__version__ = "0.1.0"
