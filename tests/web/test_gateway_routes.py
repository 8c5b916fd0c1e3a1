"""Gateways over HTTP and in the live events: asked, lost, given up, found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core.gateway.session import GatewaySession
from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint
from racelink_core.web.live import LiveHub
from racelink_core.web.live_sources import LiveSources
from tests.web.conftest import wait_until
from tests.web.test_api import get, post, refused
from tests.web.test_live import events_in

GATEWAY = "F412FA5A0001"


def unplug(host: Host) -> None:
    assert host.simulation is not None
    host.simulation.fault("unplug", GATEWAY)
    wait_until(lambda: not host.gateways.status().ready)


def replug(host: Host) -> None:
    assert host.simulation is not None
    host.simulation.fault("replug", GATEWAY)
    wait_until(lambda: host.gateways.status().ready)


@pytest.fixture
def told(host: Host) -> Iterator[list[tuple[str, Any]]]:
    """What a page that is open all the time is told, oldest first."""
    import gevent

    hub = LiveHub()
    sources = LiveSources(host, hub)
    stream = hub.stream(sources.seed)
    heard: list[tuple[str, Any]] = []

    def listen() -> None:
        for frames in stream:
            heard.extend(events_in(frames))

    listener = gevent.spawn(listen)
    wait_until(lambda: any(event == "reconnect" for event, _ in heard))
    yield heard
    sources.close()
    hub.close()
    listener.join(5)
    stream.close()


def names(told: list[tuple[str, Any]]) -> list[str]:
    return [event for event, _ in told]


def test_every_gateway_is_asked_how_it_is(client: FlaskClient) -> None:
    answer = post(client, "gateway/query-state")
    assert (answer["ok"], answer["state"], answer["state_byte"], answer["state_metadata_ms"]) == (True, "IDLE", 0, 0)
    [asked] = answer["gateways"]
    assert (asked["ident_mac"], asked["ok"]) == (GATEWAY, True)


def test_the_last_thing_that_a_gateway_said_is_named_and_nothing_while_it_is_gone(
    client: FlaskClient, host: Host
) -> None:

    def last_said() -> tuple[str, str]:
        post(client, "gateway/query-state")
        answer = get(client, "master")
        return answer["master"]["networks"][0]["last_event"], answer["gateways"][0]["last_event"]

    wait_until(lambda: last_said() == ("STATE_REPORT", "STATE_REPORT"))
    slot = get(client, "master")["master"]["networks"][0]
    assert slot["last_event_ts"] == pytest.approx(host.clock.unix(), abs=60)
    assert get(client, "master")["gateway"]["retry_attempt"] == 0
    unplug(host)
    gone = get(client, "master")
    assert (gone["master"]["networks"][0]["last_event"], gone["master"]["networks"][0]["last_event_ts"]) == (None, None)
    planned = gone["gateway"]["last_error"]["next_retry_in_s"] is not None
    assert (gone["gateway"]["retry_attempt"] > 0) is (planned and gone["gateway"]["failure_count"] > 0)


def test_a_page_around_ours_makes_it_embedded(idle_host: Host) -> None:
    app = Flask(__name__)
    blueprint = create_blueprint(idle_host, access=OpenAccess(), shell=lambda values: "a page of others")
    app.register_blueprint(blueprint)
    assert get(app.test_client(), "health")["mode"] == "embedded"


def test_a_gateway_that_does_not_answer_is_shown_as_it_was(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GatewaySession, "query_state", lambda session: None)
    answer = post(client, "gateway/query-state")
    assert (answer["ok"], answer["detail"]["code"], answer["state"]) == (False, "timeout", "IDLE")
    assert answer["gateways"] == [
        {"ident_mac": GATEWAY, "ok": False, "state": "IDLE", "state_byte": 0, "state_metadata_ms": 0}
    ]


def test_without_a_gateway_the_state_is_unknown(idle_client: FlaskClient) -> None:
    answer = refused(idle_client, "gateway/query-state", {}, 503, "unavailable")
    assert (answer["state"], answer["state_byte"], answer["state_metadata_ms"]) == ("UNKNOWN", 255, 0)


def test_a_retry_says_that_a_gateway_is_ready(client: FlaskClient) -> None:
    assert post(client, "gateway/retry")["gateway"]["ready"] is True


def test_a_retry_says_that_no_gateway_is_ready(idle_client: FlaskClient) -> None:
    answer = post(idle_client, "gateway/retry")
    assert (answer["ok"], answer["detail"]["code"], answer["gateway"]["ready"]) == (False, "unavailable", False)


def test_a_missing_gateway_is_listed_given_up_and_looked_for_again(client: FlaskClient, host: Host) -> None:
    assert get(client, "gateways/reconnect")["missing"] == []
    refused(client, "gateways/reconnect/cancel", {"gateway_mac": GATEWAY}, 404, "not_found")
    unplug(host)
    [missing] = get(client, "gateways/reconnect")["missing"]
    assert (missing["network_id"], missing["gateway_mac"], missing["cancelled"]) == ("default", GATEWAY, False)
    assert post(client, "gateways/reconnect/cancel", {"gateway_mac": "f4:12:fa:5a:00:01"}) == {"ok": True}
    [missing] = get(client, "master")["reconnect"]
    assert (missing["cancelled"], missing["next_retry_in_s"]) == (True, None)
    post(client, "gateways/rediscover")
    assert get(client, "gateways/reconnect")["missing"][0]["cancelled"] is False
    assert post(client, "gateways/reconnect/cancel", {"all": True}) == {"ok": True}
    replug(host)
    assert get(client, "gateways/reconnect")["missing"] == [], "plugging it in is a wish, too"


@pytest.mark.parametrize(
    "body", [{}, {"all": False}, {"all": "yes"}, {"gateway_mac": "12"}, {"gateway_mac": GATEWAY, "all": True}]
)
def test_giving_up_needs_one_gateway_or_all(idle_client: FlaskClient, body: object) -> None:
    refused(idle_client, "gateways/reconnect/cancel", body, 400, "invalid_request")


def test_pages_are_told_how_gateways_are_bound_lost_and_waited_for(
    told: list[tuple[str, Any]], host: Host, client: FlaskClient
) -> None:
    assert dict(told)["gateway_bound"]["ident_mac"] == GATEWAY
    assert dict(told)["reconnect"] == {"missing": []}
    told.clear()
    unplug(host)
    wait_until(lambda: {"gateway_detached", "reconnect"} <= set(names(told)))
    assert dict(told)["gateway_detached"] == {"ident_mac": GATEWAY, "network_id": "default"}
    assert dict(told)["reconnect"]["missing"][0]["cancelled"] is False
    post(client, "gateways/reconnect/cancel", {"all": True})
    wait_until(lambda: dict(told)["reconnect"]["missing"][0]["cancelled"])
    told.clear()
    replug(host)
    wait_until(lambda: "gateway_bound" in names(told) and dict(told).get("reconnect") == {"missing": []})


def test_a_gateway_with_other_radio_settings_than_its_network_is_in_conflict(
    told: list[tuple[str, Any]], host: Host
) -> None:
    with host.store.transaction() as draft:
        network = draft.networks["default"]
        assert network.profile is not None
        other = network.profile.model_copy(update={"sync_word": network.profile.sync_word ^ 1})
        draft.networks["default"] = network.model_copy(update={"profile": other})
    wait_until(lambda: "gateway_conflict" in names(told))
    assert dict(told)["gateway_conflict"]["conflict_fields"] == ["sync_word"]
