"""The host's settings over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.scope import Scope
from racelink_core.domain.settings import Settings
from racelink_core.host import Host
from racelink_core.web.live_sources import LiveSources
from tests.web.conftest import wait_until
from tests.web.test_api import API, get

DEFAULTS = {"warn_2s_v": 6.8, "warn_6s_v": 20.4, "split_v": 12.0}


def put(client: FlaskClient, body: object, status: int = 200) -> Any:
    answer = client.put(f"{API}/settings", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_what_is_not_named_stays_as_it_is(idle_client: FlaskClient, idle_host: Host) -> None:
    told: list[frozenset[Scope]] = []
    idle_host.store.subscribe(lambda change: told.append(change.scopes))
    assert get(idle_client, "settings")["battery"] == DEFAULTS
    answer = put(idle_client, {"battery": {"warn_2s_v": 7}, "eth_autosync_interval_s": None})
    assert answer["battery"] == {**DEFAULTS, "warn_2s_v": 7.0}
    assert told == [{Scope.SETTINGS}]
    assert put(idle_client, {"eth_autosync_interval_s": 45})["eth_autosync_interval_s"] == 45
    assert idle_host.store.snapshot.settings == Settings(battery_warn_2s_v=7.0, eth_autosync_interval_s=45)
    assert put(idle_client, {})["battery"]["warn_2s_v"] == 7.0
    assert len(told) == 2, "nothing changed the last time"


@pytest.mark.parametrize(
    "body",
    [
        {"battery": {"warn_2s_v": 4.9}},
        {"battery": {"warn_2s_v": 8.5}},
        {"battery": {"warn_6s_v": 14.9}},
        {"battery": {"warn_6s_v": 25.3}},
        {"battery": {"split_v": 8.4}},
        {"battery": {"split_v": 1e300}},
        {"battery": {"warn_2s_v": "6.8"}},
        {"battery": {"warn_2s_v": True}},
        {"battery": {"warn_2s_v": 7.0, "warn_6s_v": 99}},
        {"battery": 6.8},
        {"battery": [6.8]},
        {"brightness_ceiling": 0},
        {"brightness_ceiling": 256},
        {"brightness_ceiling": 80.5},
        {"startblocks_follow_heat": 1},
        {"eth_autosync_interval_s": 4},
        {"eth_autosync_interval_s": 601},
        {"eth_autosync_interval_s": 30.5},
        {"eth_autosync_interval_s": 10**40},
        {"battery": {"warn_2s_v": 7.0}, "eth_autosync_interval_s": 0},
    ],
)
def test_what_makes_no_sense_is_refused_whole(idle_client: FlaskClient, idle_host: Host, body: object) -> None:
    answer = put(idle_client, body, 400)
    assert answer["detail"]["code"] == "invalid_request"
    assert answer["detail"]["fields"]
    assert idle_host.store.snapshot.settings == Settings()


class Told:
    """In the place of the browsers."""

    client_count = 1

    def __init__(self) -> None:
        self.warnings: list[list[str]] = []

    def publish(self, event: str, payload: Any, key: str | None = None) -> None:
        if event == "gateway":
            self.warnings.append([problem["code"] for problem in payload["problems"]])


def test_a_weak_battery_reaches_the_page_at_once(idle_host: Host) -> None:
    mac = Mac("3C6105000001")
    with idle_host.store.transaction() as draft:
        draft.devices[mac] = Device(mac=mac, name="Gate 1")
    told = Told()
    sources = LiveSources(idle_host, told)  # type: ignore[arg-type]
    idle_host.store.readings.update(mac, battery_low=True, voltage_mv=3_300, online=True)
    wait_until(lambda: told.warnings and "battery_low" in told.warnings[-1])
    idle_host.store.readings.update(mac, battery_low=False)
    wait_until(lambda: "battery_low" not in told.warnings[-1])
    sources.close()


def test_what_a_second_scene_does_is_set_for_each_origin(idle_client: FlaskClient, idle_host: Host) -> None:
    assert get(idle_client, "settings")["scene_start"] == {
        "race_event": "replace",
        "operator": "replace",
        "automation": "queue",
    }
    answer = put(idle_client, {"scene_start": {"automation": "refuse"}})
    assert answer["scene_start"] == {"race_event": "replace", "operator": "replace", "automation": "refuse"}
    assert idle_host.store.snapshot.settings.scene_start_automation == "refuse"
    put(idle_client, {"scene_start": {"operator": "wait"}}, 400)


def test_the_brightest_light_and_the_following_of_heats_can_be_set(idle_client: FlaskClient, idle_host: Host) -> None:
    settings = get(idle_client, "settings")
    assert (settings["brightness_ceiling"], settings["startblocks_follow_heat"]) == (255, True)
    answer = put(idle_client, {"brightness_ceiling": 80, "startblocks_follow_heat": False})
    assert (answer["brightness_ceiling"], answer["startblocks_follow_heat"]) == (80, False)
    assert idle_host.store.snapshot.settings == Settings(brightness_ceiling=80, startblocks_follow_heat=False)


def test_leaving_out_what_an_effect_does_not_use_is_off_until_it_is_wanted(
    idle_client: FlaskClient, idle_host: Host
) -> None:
    solid = {"kind": "rl_effect", "target": {"kind": "broadcast"}, "params": {"mode": 0, "speed": 9, "brightness": 5}}

    def body_bytes() -> int:
        answer = idle_client.post("/racelink/api/scenes/estimate", json={"actions": [solid], "explain": True}).json
        assert answer is not None
        (packet,) = answer["per_action"][0]["packet_list"]
        return int(packet["body_bytes"])

    assert get(idle_client, "settings")["scene_plan"] == {"leaves_out_unused_fields": False}
    assert body_bytes() == 6
    assert put(idle_client, {"scene_plan": {"leaves_out_unused_fields": True}})["scene_plan"] == {
        "leaves_out_unused_fields": True
    }
    assert body_bytes() == 5, "Solid has no speed"
    put(idle_client, {"scene_plan": {"leaves_out_unused_fields": "yes"}}, 400)
