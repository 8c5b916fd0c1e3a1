"""Finds devices and networks by what travels on air."""

from __future__ import annotations

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.device import Device
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.addressing import network_of


class Directory:
    """Rebuilt when the snapshot is another one."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._devices: dict[RadioAddress, list[Device]] = {}
        self._networks: dict[Mac, str] = {}

    def network_served_by(self, gateway: Mac, snapshot: Snapshot) -> str | None:
        self._refresh(snapshot)
        return self._networks.get(gateway)

    def find(self, network_id: str, address: RadioAddress, snapshot: Snapshot) -> Device | None:
        """Of two with the same address, the one on this network."""
        self._refresh(snapshot)
        candidates = self._devices.get(address, [])
        here = [device for device in candidates if network_of(device, snapshot) == network_id]
        return next(iter(here or candidates), None)

    def name(self, network_id: str, address: RadioAddress, snapshot: Snapshot) -> str:
        device = self.find(network_id, address, snapshot)
        return str(address) if device is None else f"{device.name} ({device.mac})"

    def _refresh(self, snapshot: Snapshot) -> None:
        if snapshot is self._snapshot:
            return
        self._devices = {}
        for device in snapshot.devices.values():
            self._devices.setdefault(device.radio_address, []).append(device)
        self._networks = {
            network.gateway_mac: network.id for network in snapshot.networks.values() if network.gateway_mac is not None
        }
        self._snapshot = snapshot
