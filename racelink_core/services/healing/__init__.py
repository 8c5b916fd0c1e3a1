"""Whether lamps follow, and telling those again that do not. Source: design, section 6, "Lamps"."""

from __future__ import annotations

from racelink_core.services.healing.figures import Figures
from racelink_core.services.healing.service import Healing

__all__ = ["Figures", "Healing"]
