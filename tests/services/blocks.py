"""A field with starting blocks of different coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.domain.address import Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.target import BroadcastTarget
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host

LOW, HIGH, MIDDLE, OTHER = (Mac(f"3C61050B000{number}") for number in range(1, 5))
LAMPS = [Mac(f"3C61050A000{number}") for number in range(1, 5)]
COVERAGE = {LOW: (1, 4), HIGH: (5, 4), MIDDLE: (3, 4), OTHER: (1, 8)}
"""First slot and number of slots. A display draws only the first four positions."""
HEATS = GroupId(2)
"""The group of LOW, HIGH and MIDDLE; OTHER and the lamps are in group 1."""


@contextmanager
def blocks(directory: Path) -> Iterator[Rig]:
    """Discovered, grouped, online; the store knows the coverage."""
    fleet = {
        "id": "blocks",
        "networks": [{"id": "default", "gateway_mac": GATEWAY}],
        "groups": [],
        "devices": [_device(mac, 50, mac in COVERAGE) for mac in COVERAGE] + [_device(mac, 11, False) for mac in LAMPS],
    }
    path = directory / "blocks.json"
    path.write_text(json.dumps(fleet))
    with running_host(directory / "data", str(path.with_suffix(""))) as rig:
        rig.discover()
        rig.assign([LOW, HIGH, MIDDLE], "Heats")
        with rig.host.store.transaction() as draft:
            for mac, (first, count) in COVERAGE.items():
                specials = {"startblock_first_slot": first, "startblock_slots": count}
                draft.devices[mac] = draft.devices[mac].model_copy(update={"specials": specials})
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        yield rig


def shown(rig: Rig, mac: Mac) -> dict[int, tuple[str, str]]:
    return {slot: (program.channel, program.name) for slot, program in rig.nodes[mac].display.items()}


def _device(mac: Mac, dev_type: int, is_block: bool) -> dict[str, object]:
    first, count = COVERAGE.get(mac, (1, 1))
    specials = {"startblock_first_slot": first, "startblock_slots": count} if is_block else {}
    return {
        "mac": mac,
        "name": mac,
        "dev_type": dev_type,
        "group_id": 1,
        "network_id": "default",
        "online": True,
        "specials": specials,
    }
