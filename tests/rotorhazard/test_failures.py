"""What can be wrong around us: said in the panel, the message or the log; RotorHazard keeps running."""

from __future__ import annotations

from pathlib import Path

import pytest
import serial

from racelink_core.runtime.clock import SystemClock
from racelink_core.sim.serve_pty import PtyServer
from racelink_core.state.store import Store
from racelink_core.web.static_files import MissingStaticFiles
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.modules import ActionEffect
from tests.rotorhazard.rig import Field, race_day, status_of, until

NO_SUCH_PORT = "/dev/racelink-is-not-here"


def test_a_rotorhazard_older_than_we_need_is_told_so_on_its_settings_page(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = RotorHazard(tmp_path)
    server.rhapi.API_VERSION_MINOR = 2
    with server.running(initialize):
        assert "Update RotorHazard" in status_of(server)
        server.fire("RACE_START")
    assert "RaceLink is not running" in caplog.text


def test_what_is_bound_to_effects_of_ours_says_so_while_we_do_not_run_and_other_actions_go_on(tmp_path: Path) -> None:
    server = RotorHazard(tmp_path)
    server.rhapi.API_VERSION_MINOR = 2
    server.bind("RACE_START", "rl_synchronised_start", rl_action_preset="preset:1")
    server.bind("RACE_START", "gcaction")
    server.bind("RACE_START", "speak")
    with server.running(initialize):
        server.effects["speak"] = ActionEffect("Speak", lambda *_: server.ui.message_notify("Go!"), [], "speak")
        server.fire("RACE_START")
        assert server.events.errors == []
        assert sum("RaceLink is not running" in message for message in server.ui.messages) == 1
        assert "Go!" in server.ui.messages
        assert set(server.effects) == {"rl_synchronised_start", "gcaction", "speak"}


def test_the_settings_are_kept_while_we_do_not_run(tmp_path: Path) -> None:
    server = RotorHazard(tmp_path, RACELINK={"rl_comms_port": NO_SUCH_PORT})
    server.rhapi.API_VERSION_MINOR = 2
    with server.running(initialize):
        assert server.rhapi.config.get("RACELINK", "rl_comms_port") == NO_SUCH_PORT


@pytest.mark.parametrize("stored", ["no list", "{}", '["gcaction", {"effect": 7}, {}]', 7])
def test_actions_that_make_no_sense_are_no_failure_of_ours(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, stored: object
) -> None:
    server = RotorHazard(tmp_path, USER={"actions": stored})
    server.rhapi.API_VERSION_MINOR = 2
    with server.importable():
        server.load(initialize)
        server.fire("ACTIONS_INITIALIZE", {"register_fn": lambda effect: None})
    assert server.events.errors == []
    assert "Update RotorHazard" in caplog.text


def test_a_wrong_port_is_named_in_the_panel_and_a_binding_says_why_nothing_happened(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": NO_SUCH_PORT}).running(initialize) as server:
        until(lambda: NO_SUCH_PORT in status_of(server), f"the port's name; instead: {status_of(server)}")
        server.bind("RACE_START", "gcaction")
        server.fire("RACE_START")
        assert any("No gateway is connected" in message for message in server.ui.messages)
        assert server.events.errors == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"], "a popup for every pilot to see"


def test_a_gateway_that_comes_later_is_found_and_announced(tmp_path: Path) -> None:
    field = Field()
    with field.switched_on():
        (mac,) = field.simulation.gateways
        field.simulation.fault("unplug", mac)
        server = RotorHazard(tmp_path, RACELINK={"rl_comms_port": field.gateway.url})
        with server.running(initialize):
            until(lambda: "Attention" in status_of(server), "what is wrong")
            field.simulation.fault("replug", mac)
            until(lambda: ": connected," in status_of(server), "the gateway")
            assert any("is connected" in message for message in server.ui.messages)


def test_a_lost_gateway_is_announced_and_the_race_goes_on(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_START", "gcaction")
        (mac,) = field.simulation.gateways
        field.simulation.fault("unplug", mac)
        until(lambda: any("is lost" in message for message in server.ui.messages), "the message")
        server.fire("RACE_START")
        assert server.events.errors == []


@pytest.mark.parametrize(
    ("stored", "complaint"),
    [
        ({"rl_action_group": "group:77"}, "group 77 no longer exists"),
        ({"rl_action_preset": "preset:99"}, "preset 99 no longer exists"),
        ({"rl_action_group": "device:3C6105000000"}, "no longer exists"),
        ({"rl_action_group": "<i>"}, "&lt;i&gt;"),
        ({"rl_action_brightness": "bright"}, "not a number"),
    ],
)
def test_a_binding_to_something_that_is_gone_says_so(tmp_path: Path, stored: dict[str, str], complaint: str) -> None:
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": NO_SUCH_PORT}).running(initialize) as server:
        server.bind("RACE_START", "gcaction", **stored)
        server.fire("RACE_START")
        assert any(complaint in message for message in server.ui.messages), server.ui.messages
        assert server.events.errors == []


def test_a_data_directory_in_use_is_named_on_the_settings_page(tmp_path: Path) -> None:
    other = Store.open(tmp_path / "racelink", SystemClock())
    try:
        with RotorHazard(tmp_path).running(initialize) as server:
            assert "RaceLink is not running" in status_of(server)
            assert "in use" in status_of(server)
    finally:
        other.close()


def test_a_data_directory_that_cannot_be_used_costs_what_would_be_saved_and_not_the_race(tmp_path: Path) -> None:
    field = Field()
    (tmp_path / "racelink").write_text("a file where the folder should be")
    with field.switched_on():
        server = RotorHazard(tmp_path, RACELINK={"rl_comms_port": field.gateway.url})
        with server.running(initialize):
            until(lambda: ": connected," in status_of(server), "the gateway")
            assert "Nothing is being saved" in status_of(server)
            server.bind("RACE_START", "gcaction")
            server.fire("RACE_START")
            assert field.colours() == {(0, 255, 0)}


def test_an_unreadable_database_is_replaced_and_the_panel_says_so(tmp_path: Path) -> None:
    Store.open(tmp_path / "racelink", SystemClock()).close()
    for database in (tmp_path / "racelink").rglob("*.sqlite*"):
        database.write_bytes(b"not a database" * 500)
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": NO_SUCH_PORT}).running(initialize) as server:
        assert "racelink.sqlite" in status_of(server)
        assert server.effects, "RaceLink runs"


def test_shutdown_frees_the_port_at_once_and_may_come_twice(tmp_path: Path) -> None:
    field = Field()
    terminal = PtyServer(next(iter(field.simulation.gateways.values())), field.pump)
    field.pump.start()
    terminal.start()
    try:
        with RotorHazard(tmp_path, RACELINK={"rl_comms_port": terminal.path}).running(initialize) as server:
            until(lambda: ": connected," in status_of(server), "the gateway")
            with pytest.raises(serial.SerialException):
                serial.Serial(terminal.path, exclusive=True)
            server.shut_down()
            serial.Serial(terminal.path, exclusive=True).close()
            server.shut_down()
        assert server.events.errors == []
    finally:
        terminal.stop()
        field.pump.stop()


def test_a_second_start_on_the_same_data_finds_everything_again(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        assert "Gate 1" in server.ui.markdown["rl_groups_config"][1]
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": NO_SUCH_PORT}).running(initialize) as server:
        assert "Gate 1" in server.ui.markdown["rl_groups_config"][1]


def test_ports_of_the_timing_hardware_are_never_opened(tmp_path: Path) -> None:
    field = Field()
    terminal = PtyServer(next(iter(field.simulation.gateways.values())), field.pump)
    field.pump.start()
    terminal.start()
    try:
        server = RotorHazard(
            tmp_path, RACELINK={"rl_comms_port": terminal.path}, GENERAL={"SERIAL_PORTS": [terminal.path]}
        )
        with server.running(initialize):
            until(lambda: "timing hardware" in status_of(server), f"the reason; instead: {status_of(server)}")
            port = serial.Serial(terminal.path, exclusive=True)
            port.close()
    finally:
        terminal.stop()
        field.pump.stop()


def test_an_incomplete_installation_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise MissingStaticFiles("The page's files are missing. Install RaceLink again.")

    monkeypatch.setattr("racelink_core.web.static_folder", missing)
    with RotorHazard(tmp_path).running(initialize) as server:
        assert "Install RaceLink again" in status_of(server)
        Store.open(tmp_path / "racelink", SystemClock()).close()  # refused while another host holds it
