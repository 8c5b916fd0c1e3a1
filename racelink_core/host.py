"""The composition root: builds everything, starts it, stops it, and has no behaviour of its own (design 2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from racelink_core.configuration import ConfigurationError, HostConfiguration
from racelink_core.domain.clock import Clock
from racelink_core.domain.command import StartblockCommand
from racelink_core.domain.device import Device
from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.target import DeviceTarget
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.pool import GatewayPool
from racelink_core.links.contract import Driver
from racelink_core.links.drivers import Drivers
from racelink_core.links.port_process import PortProcessDriver
from racelink_core.links.url import address_of, scheme_of
from racelink_core.planning.scene.plan import PlanOptions
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.runtime.clock import ScaledClock, SystemClock
from racelink_core.runtime.native_pool import NativePool
from racelink_core.runtime.stall_monitor import StallMonitor
from racelink_core.services.airtime import Airtime
from racelink_core.services.armed_nodes import ArmedNodes
from racelink_core.services.battery_problems import battery_problems
from racelink_core.services.bulk_config import BulkConfig
from racelink_core.services.config_exchange import ConfigExchange
from racelink_core.services.config_records import ConfigRecords
from racelink_core.services.device_config import DeviceConfig
from racelink_core.services.device_statistics import DeviceStatistics
from racelink_core.services.devices import Devices
from racelink_core.services.discovery import Discovery
from racelink_core.services.dispatcher import Dispatcher
from racelink_core.services.grouping import Grouping
from racelink_core.services.healing import Healing
from racelink_core.services.heat_follower import HeatFollower
from racelink_core.services.history import History
from racelink_core.services.log_ring import LogRing
from racelink_core.services.membership import Membership
from racelink_core.services.missing_gateways import MissingGateways
from racelink_core.services.network_binding import NetworkBinding
from racelink_core.services.node_commands import NodeCommands
from racelink_core.services.outbound import Outbound
from racelink_core.services.pending_groups import PendingGroups
from racelink_core.services.presence import Presence
from racelink_core.services.problems import Problem, duty_cycle_problems, find_problems
from racelink_core.services.race_bindings import RaceBindings
from racelink_core.services.race_reactions import RaceReactions
from racelink_core.services.race_rules import RaceRules, admission
from racelink_core.services.race_silence import RaceSilence
from racelink_core.services.race_watch import RaceWatch
from racelink_core.services.radio_listener import RadioListener
from racelink_core.services.recordings import Recordings
from racelink_core.services.restore import Restore
from racelink_core.services.rl_presets import RlPresets
from racelink_core.services.roll_call import RollCall
from racelink_core.services.scene_estimates import SceneEstimates
from racelink_core.services.scene_runner.records import RunRecords
from racelink_core.services.scene_runner.service import BLACKOUT, SceneRunner
from racelink_core.services.scene_runner.surroundings import Surroundings
from racelink_core.services.scenes import Scenes
from racelink_core.services.seats import Seats
from racelink_core.services.special_actions import SpecialActions
from racelink_core.services.startblock import Startblock
from racelink_core.services.status import StatusPoll
from racelink_core.services.synchronised_start import SynchronisedStart
from racelink_core.services.tasks import Tasks
from racelink_core.services.told_state import ToldState
from racelink_core.services.traffic_log import TrafficLog
from racelink_core.state.effect_catalogue import used_fields
from racelink_core.state.errors import StoreError
from racelink_core.state.history_store import HistoryStore, Minutes
from racelink_core.state.store import Store

if TYPE_CHECKING:
    from racelink_core.services.configuration_transfer.service import ConfigurationTransfer
    from racelink_core.services.older_import import OlderImport
    from racelink_core.services.scene_transfer import SceneTransfer
    from racelink_core.services.support_bundle import SupportBundle
    from racelink_core.services.wled_presets import WledPresets
    from racelink_core.sim.driver import SimulatedDriver

_log = logging.getLogger(__name__)
_SIMULATED = "sim"


class Host:
    """One RaceLink host. `start` returns at once: gateways are searched for in the background.

    simulation   the driver of `sim://`, if one is configured
    started_at   Unix time at which it was built
    race_timer   what the race timer has to choose from; None: there is none
    """

    def __init__(
        self,
        configuration: HostConfiguration,
        *,
        excluded_ports: Callable[[], Collection[str]] | None = None,
        older_options: Callable[[], Mapping[str, Any]] | None = None,
        extra_drivers: Collection[Driver] = (),
    ) -> None:
        """excluded_ports   asked before every opening, for ports that come and go
        older_options    what an older host stored in RotorHazard's options; read at `start` and on request
        extra_drivers    further transports, closed with the host

        Raises StoreLocked when another process uses the data directory, ConfigurationError or InvalidFleet.
        """
        self.configuration = configuration
        self.timings = configuration.timings
        self.clock: Clock = SystemClock() if configuration.speed == 1 else ScaledClock(configuration.speed)
        self.started_at = self.clock.unix()
        self.phase: Literal["booting", "ready", "stopped"] = "booting"
        self.stall_monitor = StallMonitor()
        self._when_starting: list[Callable[[], None]] = []
        self._when_stopping: list[Callable[[], None]] = []
        self.store = _open_store(configuration, self.clock)
        try:
            self.simulation, pins = _simulate(configuration, self.clock)
        except Exception:
            self.store.close()
            raise
        self._log_ring = LogRing()
        self._log_ring.attach(__package__)
        simulated = () if self.simulation is None else (self.simulation,)
        self.drivers = Drivers((_port_driver(configuration, excluded_ports), *simulated, *extra_drivers))
        self.tasks, self.race = Tasks(self.clock), RaceWatch()
        self._kept_history = HistoryStore(
            self.store.directory,
            self.clock.system_s(self.timings.reading_flush_s),
            lambda: configuration.history_mb << 20,
        )
        self.history = History(self._kept_history, self.store, self.clock)
        self.tasks.subscribe(self.history.task_changed)
        self.device_statistics = DeviceStatistics()
        self.airtime = Airtime(
            lambda: self.store.snapshot, self.clock, self.device_statistics, self._kept_history.loaded_minutes
        )
        self._armed = ArmedNodes()
        self._presence = Presence(self.store, self.clock)
        membership = Membership(
            store=self.store,
            lane_of=self._lane,
            presence=self._presence,
            armed=self._armed,
            clock=self.clock,
            timings=self.timings,
        )
        self._restore = Restore(self.store, membership, self.clock, self.timings)
        self._listener = RadioListener(self.store, self._presence, self._restore, self.tasks)
        self.gateways = GatewayPool(
            self.drivers,
            self.clock,
            self.timings,
            pins=pins,
            bind=NetworkBinding(self.store).bind,
            listener=self._heard,
            prepare_lane=self._prepare_lane,
        )
        self.gateways.subscribe(PendingGroups(self.store, self._restore))
        self._roll_call = RollCall(self.store, self._lane, self.tasks, self.clock, self.timings)
        self.gateways.subscribe(self._roll_call)
        self.gateways.traffic.on_air = self.airtime.sent
        self.missing_gateways = MissingGateways(self.store, self.gateways)
        self.traffic = TrafficLog(self.gateways.traffic, self.clock)
        self._file_pool = NativePool(threads=1)
        self.recordings = Recordings(
            self.store.directory, self.traffic, self.clock, self._file_pool, configuration.recording_mb << 20
        )
        self._told = ToldState(self.store, self.clock)
        self._outbound = Outbound(lane_of=self._lane, armed=self._armed, told=self._told, clock=self.clock)
        self.startblock = Startblock(
            store=self.store,
            lanes=self.gateways,
            presence=self._presence,
            tasks=self.tasks,
            clock=self.clock,
            timings=self.timings,
        )
        self.dispatcher = Dispatcher(
            store=self.store,
            outbound=self._outbound,
            clock=self.clock,
            history=self.history,
            startblock=self.startblock,
            race=self.race,
        )
        self.healing = Healing(
            store=self.store,
            lane_of=self._lane,
            armed=self._armed,
            told=self._told,
            presence=self._presence,
            tasks=self.tasks,
            startblock=self.startblock,
            clock=self.clock,
            timings=self.timings,
            duty_left=self._duty_left,
        )
        self._listener.heard = self._device_heard
        self.grouping = Grouping(self.store, self.gateways, membership, self.tasks)
        self.status = StatusPoll(self.store, self.gateways, self._presence, self.tasks, self.timings)
        self.discovery = Discovery(
            store=self.store,
            lanes=self.gateways,
            membership=membership,
            presence=self._presence,
            restore=self._restore,
            grouping=self.grouping,
            tasks=self.tasks,
        )
        self._older_options = older_options
        self._add_services()

    def start(self) -> None:
        if self.phase != "booting":
            return
        self.stall_monitor.start()
        self._kept_history.start(Minutes(self.airtime.take_unsaved, self.airtime.give_back))
        self.older_import.at_first_start()
        self.wled_presets.start()
        self.scene_runner.look_back()
        self._listener.start()
        self.gateways.start()
        self.healing.start()
        self.heat_follower.start()
        self.phase = "ready"
        for callback in self._when_starting:
            callback()

    def stop(self) -> None:
        """Every port is free and everything saved when it returns. Harmless twice, and before `start`."""
        if self.phase == "stopped":
            return
        was_started = self.phase == "ready"
        self.phase = "stopped"
        steps: list[Callable[[], object]] = [
            *self._when_stopping,
            lambda: self.synchronised_start.close(self.timings.task_cancel_s),
            lambda: self.scene_runner.close(self.timings.task_cancel_s),
            lambda: self.race_reactions.close(self.timings.unicast_attempt_s),
            lambda: self.heat_follower.stop(self.timings.unicast_attempt_s),
            lambda: self.tasks.stop(self.timings.task_cancel_s),
            lambda: self.healing.stop(self.timings.unicast_attempt_s),
            lambda: self._roll_call.stop(self.timings.unicast_attempt_s),
            lambda: self._restore.stop(self.timings.unicast_attempt_s),
            *((self.gateways.stop,) if was_started else ()),
            self._listener.stop,
            self.drivers.close,
            self.recordings.stop,
            self._file_pool.close,
            lambda: self._kept_history.close(self.timings.task_cancel_s),
            self.store.close,
            self.stall_monitor.stop,
            self._log_ring.close,
        ]
        for step in steps:
            try:
                step()
            except Exception:  # noqa: BLE001 - whatever one part does, the others must free what they hold
                _log.exception("A part of the host did not stop cleanly")

    def on_start(self, callback: Callable[[], None]) -> None:
        """Called last of all when the host starts: for what can wait until then."""
        self._when_starting.append(callback)

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Called first of all when the host stops; at once if it has stopped."""
        if self.phase == "stopped":
            callback()
        else:
            self._when_stopping.append(callback)

    def keep_log_of(self, name: str) -> None:
        """The support bundle has the lines of this logger, too."""
        self._log_ring.attach(name)

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong now, for an operator."""
        return (
            *find_problems(self.gateways.status(), self.store.snapshot, self.store.notices),
            *battery_problems(self.store.snapshot, self.store.readings),
            *(Problem("history", notice) for notice in self._kept_history.notices),
            *(Problem("older_data", notice) for notice in self._notices_of_import()),
            *duty_cycle_problems(self.store.snapshot, self.airtime),
            *self.healing.problems(),
            *self.scene_runner.problems(),
            *self.heat_follower.problems(),
        )

    def _notices_of_import(self) -> tuple[str, ...]:
        """There is none before the start, which imports."""
        return () if self.phase == "booting" else self.older_import.notices

    def _duty_left(self, network_id: str) -> float:
        """The share 0..1 that is left of the region's hour; 1 = no limit."""
        network = self.store.snapshot.networks.get(network_id)
        limit_ms = None if network is None else self.airtime.limit_for(network)
        return 1.0 if limit_ms is None else 1.0 - self.airtime.spent_ms(network_id) / limit_ms

    # What is asked for seldom is built, and its modules are loaded, when somebody asks first: the race timer would
    # wait for them at each of its starts.

    @cached_property
    def scene_transfer(self) -> SceneTransfer:
        from racelink_core.services.scene_transfer import SceneTransfer

        return SceneTransfer(self.store, self.clock)

    @cached_property
    def configuration_transfer(self) -> ConfigurationTransfer:
        from racelink_core.services.configuration_transfer.service import ConfigurationTransfer

        return ConfigurationTransfer(
            self.store,
            self.clock,
            self.gateways,
            tasks=self.tasks,
            scenes=self.scene_runner,
            race=self.race,
        )

    @cached_property
    def wled_presets(self) -> WledPresets:
        from racelink_core.services.wled_presets import WledPresets

        return WledPresets(self.store, self.clock, self._file_pool)

    @cached_property
    def older_import(self) -> OlderImport:
        from racelink_core.services.older_import import OlderImport

        return OlderImport(
            self.store,
            self.clock,
            self._file_pool,
            home=self.configuration.home,
            options=self._older_options,
            wled_presets=self.wled_presets,
        )

    @cached_property
    def support(self) -> SupportBundle:
        from racelink_core.services.support_contents import SupportSources, support_bundle

        sources = SupportSources(
            configuration=self.configuration.model_dump(mode="json"),
            clock=self.clock,
            store=self.store,
            kept_history=self._kept_history,
            history=self.history,
            gateways=self.gateways,
            tasks=self.tasks,
            traffic=self.traffic,
            airtime=self.airtime,
            device_statistics=self.device_statistics,
            stall_monitor=self.stall_monitor,
            log=self._log_ring,
            problems=self.problems,
            started_at=self.started_at,
        )
        return support_bundle(sources, self._file_pool)

    def _add_services(self) -> None:
        """What no other part is built from."""
        self.devices = Devices(self.store)
        self._run_scenes()
        self.scenes = Scenes(self.store, self.clock)
        self.rl_presets = RlPresets(self.store, self.clock)
        self.race_timer: Callable[[], RaceTimer | None] = lambda: None
        self.race_bindings = RaceBindings(self.store)
        self.seats = Seats(self.store)
        self.race_reactions = RaceReactions(
            store=self.store,
            scenes=self.scenes,
            dispatcher=self.dispatcher,
            runner=self.scene_runner,
            start=self.synchronised_start,
            clock=self.clock,
        )
        self._configure_nodes()
        self.heat_follower = HeatFollower(
            store=self.store,
            startblock=self.startblock,
            lanes=self.gateways,
            tasks=self.tasks,
            history=self.history,
            clock=self.clock,
        )
        self.gateways.subscribe(self.heat_follower.gateways_changed)
        self._race_silence = RaceSilence(
            self.race,
            healing=self.healing,
            tasks=self.tasks,
            heat_follower=self.heat_follower,
            timings=self.timings,
        )

    def _run_scenes(self) -> None:
        surroundings = Surroundings(
            store=self.store,
            lanes=self.gateways,
            outbound=self._outbound,
            startblock=self.startblock,
            clock=self.clock,
            timings=self.timings,
            plan_options=self._plan_options,
        )
        self.scene_estimates = SceneEstimates(surroundings)
        records = RunRecords(self._kept_history, self.clock)
        self.scene_runner = SceneRunner(surroundings, records, admit=admission(self.race))
        self._race_rules = RaceRules(self.race, self.dispatcher, self.scene_runner)
        self.synchronised_start = SynchronisedStart(
            runner=SceneRunner(surroundings, records, policy=lambda priority, settings: "replace"),
            scenes=self.scene_runner,
            dispatcher=self.dispatcher,
            race=self.race,
            clock=self.clock,
            timings=self.timings,
        )
        self._outbound.listener = self.synchronised_start.packet_sent
        self.dispatcher.before_blackout = self._blackout_ordered

    def _blackout_ordered(self) -> None:
        self.synchronised_start.cancel(BLACKOUT)
        self.scene_runner.blackout_ordered()

    def _plan_options(self) -> PlanOptions:
        leaves_out = self.store.snapshot.settings.leaves_out_unused_fields
        return PlanOptions(used_fields=used_fields() if leaves_out else None)

    def _configure_nodes(self) -> None:
        """What the node options need."""
        exchange = ConfigExchange(self.store, self._lane, self._presence, self.clock, self.timings)
        records = ConfigRecords(self.store)
        self.device_config = DeviceConfig(
            store=self.store, lanes=self.gateways, exchange=exchange, records=records, tasks=self.tasks
        )
        self.bulk_config = BulkConfig(
            store=self.store, lanes=self.gateways, exchange=exchange, records=records, tasks=self.tasks
        )
        self.node_commands = NodeCommands(self.store, exchange, records)
        self.special_actions = SpecialActions(self.dispatcher, self.device_config)
        self.special_actions.provide(
            "startblock_control",
            lambda mac, params, origin: self.dispatcher.submit(
                StartblockCommand(target=DeviceTarget(value=mac)), origin
            ),
        )

    def _heard(self, event: GatewayEvent) -> None:
        self.airtime.heard(event)
        self._listener(event)

    def _device_heard(self, device: Device, message: Forwarded, was_offline: bool) -> None:
        self.healing.heard(device, message, was_offline)
        self.heat_follower.heard(device, message, was_offline)

    def _lane(self, network_id: str) -> Lane:
        return self.gateways.lane(network_id)

    def _prepare_lane(self, lane: Lane) -> None:
        """What nodes were told about offset mode outlives a restart."""
        lane.notes = self.store.offset_notes(lane.network_id)
        lane.notes_changed = lambda notes: self.store.set_offset_notes(lane.network_id, notes)
        lane.asked = self.history.request_ended


def create_host(
    configuration: HostConfiguration,
    *,
    excluded_ports: Callable[[], Collection[str]] | None = None,
    older_options: Callable[[], Mapping[str, Any]] | None = None,
) -> Host:
    """The stable entry point: a host that is built and not yet started. Arguments and errors as of `Host`."""
    return Host(configuration, excluded_ports=excluded_ports, older_options=older_options)


def _open_store(configuration: HostConfiguration, clock: Clock) -> Store:
    """A store that cannot be used costs what would be saved, never the race."""
    try:
        return Store.open(configuration.data_directory, clock, configuration.timings)
    except StoreError as error:
        if error.code == "store_locked":
            raise
        _log.error("Nothing will be saved: %s", error)
        return Store.in_memory(clock, str(error), configuration.timings)


def _port_driver(
    configuration: HostConfiguration, excluded_ports: Callable[[], Collection[str]] | None
) -> PortProcessDriver:
    configured = configuration.excluded_ports

    def excluded() -> Collection[str]:
        return (*configured, *(excluded_ports() if excluded_ports is not None else ()))

    return PortProcessDriver(excluded, scan_interval_s=configuration.timings.port_scan_interval_s)


def _simulate(configuration: HostConfiguration, clock: Clock) -> tuple[SimulatedDriver | None, tuple[str, ...]]:
    """The driver for `sim://` URLs, and the pins with `sim://FLEET` replaced by all gateways of that fleet."""
    simulated = [url for url in configuration.gateways if scheme_of(url) == _SIMULATED]
    if not simulated:
        return None, configuration.gateways
    names = {address_of(url).partition("#")[0] for url in simulated}
    if len(names) > 1:
        raise ConfigurationError("gateways", "only one simulated fleet at a time", ", ".join(sorted(names)))
    from racelink_core.sim.driver import SimulatedDriver
    from racelink_core.sim.fleet_file import built_in_fleet, built_in_names, demo_fleet, load_fleet
    from racelink_core.sim.simulation import Simulation

    name = names.pop()
    if name in ("", "demo"):
        fleet = demo_fleet()
    elif name in built_in_names():
        fleet = built_in_fleet(name)
    else:
        fleet = load_fleet(name)
    driver = SimulatedDriver(Simulation(fleet), clock)
    pins: list[str] = []
    for url in configuration.gateways:
        mac = address_of(url).partition("#")[2]
        if url not in simulated:
            pins.append(url)
        else:
            pins += [driver.url_of(each) for each in driver.simulation.gateways if not mac or each == mac]
    return driver, tuple(dict.fromkeys(pins))
