"""What a change touched, so that listeners re-read just that. Source: spec services, section 13."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Scope(str, Enum):
    FULL = "FULL"
    DEVICES = "DEVICES"
    DEVICE_MEMBERSHIP = "DEVICE_MEMBERSHIP"
    DEVICE_SPECIALS = "DEVICE_SPECIALS"
    GROUPS = "GROUPS"
    RL_PRESETS = "RL_PRESETS"
    WLED_PRESETS = "WLED_PRESETS"
    SCENES = "SCENES"
    NETWORKS = "NETWORKS"
    SETTINGS = "SETTINGS"
    SEATS = "SEATS"
    RACE_BINDINGS = "RACE_BINDINGS"


@dataclass(frozen=True, slots=True)
class Change:
    """Published after the new snapshot is in place; never under a lock."""

    scopes: frozenset[Scope]
