"""RaceLink: lights that tell the story of a drone race."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from racelink_core.host import create_host

__version__ = "0.1.0"
__all__ = ["__version__", "create_host"]


def __getattr__(name: str) -> Any:
    """Importing the package stays cheap: the host and all it needs come with the first `create_host`."""
    if name == "create_host":
        from racelink_core.host import create_host

        return create_host
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
