"""Reads choreographies from JSON: today's form, its other names, and the shapes of older hosts.

Source: spec scenes, sections 3 to 6, 10 and 14.
"""

from racelink_core.domain.scene_reading.choreography import (
    read_actions,
    read_choreography,
    read_network_scope,
    read_stop_on_error,
)
from racelink_core.domain.scene_reading.place import ChoreographyInvalid, ReadingWarning

__all__ = [
    "ChoreographyInvalid",
    "ReadingWarning",
    "read_actions",
    "read_choreography",
    "read_network_scope",
    "read_stop_on_error",
]
