"""What each starting block confirmed that it shows, whoever sent it."""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.protocol.startblock import StartblockProgram


class ShownSlots:
    """In memory: after a start of the host nobody knows what a display shows."""

    def __init__(self) -> None:
        self._shown: dict[Mac, dict[int, StartblockProgram]] = {}

    def confirmed(self, mac: Mac, program: StartblockProgram) -> None:
        self._shown.setdefault(mac, {})[program.slot] = program

    def doubted(self, mac: Mac, slot: int) -> None:
        """Something was sent for it and not confirmed: it shows the one or the other."""
        self._shown.get(mac, {}).pop(slot, None)

    def lost(self, mac: Mac) -> None:
        """It has restarted, or is gone."""
        self._shown.pop(mac, None)

    def shows(self, mac: Mac, program: StartblockProgram) -> bool:
        return self._shown.get(mac, {}).get(program.slot) == program
