"""What is to be sent of a scene, packet by packet and network by network, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.gateway.outcome import SendOutcome
from racelink_core.planning.scene.plan import SceneOperation


@dataclass(slots=True)
class Share:
    """One packet on its network.

    outcome  None: not tried
    problem  why it could not even be tried
    """

    operation: SceneOperation
    outcome: SendOutcome | None = None
    problem: str | None = None

    @property
    def network_id(self) -> str:
        return self.operation.network_id

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None or self.problem is not None

    @property
    def is_sent(self) -> bool:
        return self.outcome is not None and self.outcome.ok

    @property
    def has_failed(self) -> bool:
        return self.problem is not None or (self.outcome is not None and not self.outcome.ok)

    @property
    def why_failed(self) -> str | None:
        if self.problem is not None:
            return self.problem
        if self.outcome is None or self.outcome.ok:
            return None
        return f"A packet did not leave the gateway of network {self.network_id!r}: {self.outcome.reason}."
