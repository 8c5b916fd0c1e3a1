"""The device list that is kept written."""

from __future__ import annotations

import json
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.reading import NOTHING_HEARD
from racelink_core.host import Host
from racelink_core.web.device_texts import DeviceTexts
from racelink_core.web.rows import device_row

MACS = [Mac(f"AABBCCDDEE{tail:02X}") for tail in range(3)]


def anew(host: Host) -> list[Any]:
    """Every row, written from scratch."""
    readings, now_s = host.store.readings, host.clock.unix()
    return [
        device_row(
            device,
            readings.all().get(device.mac, NOTHING_HEARD),
            now_unix_s=now_s,
            stale_after_s=host.timings.stale_after_s,
        ).model_dump(mode="json")
        for device in host.store.snapshot.devices.values()
    ]


def test_whatever_changes_the_list_is_the_same_as_written_anew(idle_host: Host) -> None:
    texts, store = DeviceTexts(idle_host), idle_host.store

    def rows() -> list[Any]:
        answer = json.loads(texts.reply())
        assert answer.pop("ok") is True
        assert list(answer) == ["devices"]
        assert answer["devices"] == anew(idle_host)
        return list(answer["devices"])

    assert rows() == []
    with store.transaction() as draft:
        for mac in MACS:
            draft.devices[mac] = Device(mac=mac, name=mac)
    assert [row["addr"] for row in rows()] == MACS
    store.readings.update(MACS[1], online=True, last_seen_s=idle_host.clock.unix())
    assert [row["presence"] for row in rows()] == ["unknown", "online", "unknown"]
    idle_host.devices.rename(MACS[0], "Gate – ü")
    assert rows()[0]["name"] == "Gate – ü"
    store.readings.update(MACS[1], last_seen_s=idle_host.clock.unix() - idle_host.timings.stale_after_s - 1)
    assert rows()[1]["stale"] is True
    idle_host.devices.forget(MACS[1])
    assert [row["addr"] for row in rows()] == [MACS[0], MACS[2]]


def test_a_reading_grows_stale_by_itself(idle_host: Host) -> None:
    texts, store = DeviceTexts(idle_host), idle_host.store
    with store.transaction() as draft:
        draft.devices[MACS[0]] = Device(mac=MACS[0], name="Gate")
    store.readings.update(MACS[0], last_seen_s=idle_host.clock.unix())
    assert json.loads(texts.reply())["devices"][0]["stale"] is False
    idle_host.timings = idle_host.timings.model_copy(update={"stale_after_s": -1.0})
    assert json.loads(texts.reply())["devices"][0]["stale"] is True
