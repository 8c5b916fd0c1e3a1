"""An import sends nothing by itself; the lamps follow when they are told their groups again."""

from __future__ import annotations

from pathlib import Path

from racelink_core.domain.device import Device
from racelink_core.domain.group import GroupId
from racelink_core.domain.target import BroadcastTarget
from tests.services.rig import OPERATOR, Rig, running_host, until


def groups_on_air(rig: Rig) -> dict[str, int]:
    """What the lamps that are switched on believe."""
    return {mac: node.group_id for mac, node in rig.running.items()}


def test_lamps_keep_their_group_until_they_are_told(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        lamps = list(rig.running)
        before = rig.host.configuration_transfer.export()
        rig.assign(lamps[:2], "Other")
        on_air, sent = groups_on_air(rig), rig.host.airtime.spent_ms("default")
        report = rig.host.configuration_transfer.take(before, mode="replace")
        assert report.pending_devices == 2
        assert groups_on_air(rig) == on_air
        assert rig.host.airtime.spent_ms("default") <= sent, "nothing went out"
        rig.host.grouping.start_resync(OPERATOR)
        assert rig.finished().result["changed"] >= len(lamps)
        assert set(groups_on_air(rig).values()) == {1}
        assert not any(device.group_push_pending for device in known(rig) if device.mac in lamps)


def test_a_lamp_that_speaks_is_told_at_once(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        lamp = next(iter(rig.running))
        document = rig.host.configuration_transfer.export()
        rig.assign([lamp], "Other")
        rig.host.configuration_transfer.take(document, mode="replace")
        assert rig.nodes[lamp].group_id == 2
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        until(lambda: rig.nodes[lamp].group_id == 1, "the group of the file on the lamp")
        until(lambda: not rig.host.store.snapshot.devices[lamp].group_push_pending, "its acknowledgement")
        assert GroupId(2) not in rig.host.store.snapshot.groups


def known(rig: Rig) -> list[Device]:
    return list(rig.host.store.snapshot.devices.values())
