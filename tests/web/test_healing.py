"""What the API says about lamps that follow, and those that do not."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.host import Host
from racelink_core.protocol.bodies import Control
from racelink_core.web.live_sources import LiveSources
from tests.web.conftest import wait_until
from tests.web.test_api import API, get, post

EFFECT = {"kind": "rl_effect", "target": {"kind": "broadcast"}, "params": {"mode": 9, "brightness": 60}}
COUNTED = {"checked", "followed", "repeated", "healed", "given_up", "sent_unverified", "unanswered", "airtime_ms"}


def rows(client: FlaskClient) -> dict[str, Any]:
    return {row["addr"]: row for row in get(client, "devices")["devices"]}


def put(client: FlaskClient, healing: object, status: int = 200) -> Any:
    answer = client.put(f"{API}/settings", json={"healing": healing})
    assert answer.status_code == status, answer.text
    return answer.json


def test_before_the_first_command_there_is_nothing_to_heal(client: FlaskClient) -> None:
    answer = get(client, "healing")
    assert (answer["enabled"], answer["airtime_percent"]) == (True, 5)
    [network] = answer["networks"]
    assert (network["network_id"], network["state"], network["waiting"]) == ("default", "idle", 0)
    assert {network[name] for name in COUNTED} == {0}
    assert (network["budget_ms"], network["budget_left_ms"]) == (3000, 3000)
    row = next(iter(rows(client).values()))
    assert (row["told"], row["follows"], row["follows_reason"]) == (None, "unknown", None)


def test_a_row_says_what_a_lamp_was_told_and_whether_it_follows(
    client: FlaskClient, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert host.simulation is not None
    put(client, {"airtime_percent": 50})
    nodes = {mac: node for mac, node in host.simulation.simulation.nodes.items() if node.is_running}
    stubborn = next(iter(nodes))
    for node in nodes.values():
        node.lamp.control(Control(255, 5))
    monkeypatch.setattr(nodes[stubborn].lamp, "control", lambda body: None)
    refreshed: list[Mac] = []
    unsubscribe = host.store.readings.subscribe(refreshed.append)
    post(client, "commands", EFFECT)
    told = rows(client)[stubborn]["told"]
    assert (told["effectId"], told["effect_name"], told["brightness"], told["unseen"]) == (9, "Rainbow", 60, False)
    assert told["by"] == "WebUI"
    assert told["ts"] > 0
    wait_until(
        lambda: rows(client)[stubborn]["follows_reason"] and not get(client, "healing")["networks"][0]["waiting"]
    )
    row = rows(client)[stubborn]
    assert row["follows"] == "no"
    assert "Solid instead of Rainbow" in row["follows_reason"]
    assert {rows(client)[mac]["follows"] for mac in nodes if mac != stubborn} == {"yes"}
    [network] = get(client, "healing")["networks"]
    assert (network["followed"], network["repeated"], network["given_up"]) == (6, 5, 1)
    assert network["airtime_ms"] > 0
    assert stubborn in refreshed, "pages hear of it"
    problems = get(client, "master")["problems"]
    assert [problem for problem in problems if problem["code"] == "lamps_do_not_follow"]
    unsubscribe()


def test_colours_are_unseen(client: FlaskClient) -> None:
    post(client, "commands", {**EFFECT, "params": {"color1": [1, 2, 3]}})
    told = next(iter(rows(client).values()))["told"]
    assert (told["effectId"], told["effect_name"], told["brightness"], told["unseen"]) == (None, None, None, True)


def test_it_is_switched_and_limited_by_the_settings(client: FlaskClient, host: Host) -> None:
    assert get(client, "settings")["healing"] == {"enabled": True, "airtime_percent": 5}
    assert put(client, {"enabled": False})["healing"] == {"enabled": False, "airtime_percent": 5}
    assert put(client, {"airtime_percent": 10})["healing"] == {"enabled": False, "airtime_percent": 10}
    answer = get(client, "healing")
    assert (answer["enabled"], answer["airtime_percent"]) == (False, 10)
    assert answer["networks"][0]["budget_ms"] == 6000
    assert host.store.snapshot.settings.healing is False


@pytest.mark.parametrize(
    "healing",
    [
        {"airtime_percent": 0},
        {"airtime_percent": 51},
        {"airtime_percent": 5.5},
        {"airtime_percent": "5"},
        {"airtime_percent": True},
        {"airtime_percent": 10**40},
        {"enabled": 1},
        {"enabled": "yes"},
        {"enabled": False, "airtime_percent": -1},
        [],
        "off",
    ],
)
def test_what_does_not_fit_is_refused_whole(client: FlaskClient, host: Host, healing: object) -> None:
    before = host.store.snapshot.settings
    assert put(client, healing, 400)["detail"]["code"] == "invalid_request"
    assert host.store.snapshot.settings == before


def test_the_settings_refresh_is_published(client: FlaskClient, host: Host) -> None:
    published: list[tuple[str, Any]] = []

    class Hub:
        client_count = 1

        def publish(self, event: str, data: Any, key: str | None = None) -> None:
            published.append((event, data))

    sources = LiveSources(host, Hub())  # type: ignore[arg-type]
    try:
        put(client, {"enabled": False})
        wait_until(lambda: ("refresh", {"what": ["settings"]}) in published)
    finally:
        sources.close()
