"""The statistics as the API gives them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from racelink_core.host import Host
from tests.web.test_api import API, get, post, task_done


def test_statistics_give_each_network_its_hours_and_each_device_its_answers(client: FlaskClient, host: Host) -> None:
    post(client, "status", {})
    task_done(client)
    found = get(client, "statistics?hours=3")
    (network,) = found["networks"]
    assert (network["network_id"], network["limit_percent"], network["is_over_limit"]) == ("default", 1.0, False)
    hours = network["hours"]
    assert len(hours) == 3
    assert [hours[0]["ts"] - hour["ts"] for hour in hours] == [0, 3600, 7200]
    assert hours[0]["ts"] <= found["ts"] < hours[0]["ts"] + 3600
    total_ms = sum(hour["sent_ms"] for hour in hours)
    assert 0 < network["last_hour_ms"] <= total_ms + 1
    assert network["last_hour_percent"] == pytest.approx(network["last_hour_ms"] / 36_000, abs=0.001)
    assert sum(hour["heard_packets"] for hour in hours) >= 1
    assert all(hour["sent_bytes"] >= 7 * hour["sent_packets"] for hour in hours)
    devices = {row["addr"]: row for row in found["devices"]}
    assert set(devices) == set(host.store.snapshot.devices)
    answering = [row for row in devices.values() if row["replied"]]
    assert answering
    for row in answering:
        assert 0 < row["reply_rate"] <= 1
        assert row["rssi"] < 0
        assert row["rssi_mean"] < 0
    assert found["since_ts"] <= found["ts"]


def test_without_traffic_every_figure_is_zero_or_unknown(idle_client: FlaskClient) -> None:
    found = get(idle_client, "statistics")
    assert found["devices"] == []
    assert [(hour["sent_packets"], hour["duty_percent"]) for hour in found["networks"][0]["hours"]] == [(0, 0.0)] * 24


@pytest.mark.parametrize("query", ["hours=0", "hours=49", "hours=x", "hours=1.5", "hours="])
def test_a_bad_span_is_refused(idle_client: FlaskClient, query: str) -> None:
    answer = idle_client.get(f"{API}/statistics?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "invalid_request"
