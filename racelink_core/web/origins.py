"""How commands from the web are named and how urgent they are."""

from __future__ import annotations

from racelink_core.domain.origin import Origin, Priority

WEB_OPERATOR = Origin("WebUI", Priority.OPERATOR)
WEB_BLACKOUT = Origin("WebUI", Priority.BLACKOUT)
