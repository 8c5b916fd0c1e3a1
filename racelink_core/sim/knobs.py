"""What can be turned on a simulation. Source: spec gateway-and-node-model, section E."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """How one station hears another. `loss` is a probability, 0..1."""

    loss: float = 0.0
    rssi_dbm: int = -60
    snr_db: int = 9


@dataclass(frozen=True, slots=True)
class SimulationKnobs:
    """Defaults describe gateway firmware 0.1.10 and node firmware 0.1.14.

    usb_latency_ms     least and most, both directions together
    reply_jitter_ms    least and most that a node waits before it answers
    back_off_ms        the same, after it found the channel busy
    scan_blind_ms      how long before its end a scan stops to see new transmissions; None = the whole scan, 0 = ideal
    capture_db         the stronger of two overlapping packets survives from this difference on; None = never
    link_quality       by (sender's MAC, receiver's MAC); all others use `quality`
    voltage_drop_mv_per_hour  how fast the batteries run down
    """

    boot_time_gateway_s: float = 0.6
    boot_time_node_s: float = 2.0
    boot_noise: bool = False
    reset_on_open: bool = False
    port_vanishes_on_reboot: bool = False
    port_vanishes_s: float = 1.5
    volatile_switch_deaf: bool = True
    rf_config_ack_on_success: bool = False
    reboot_ack: bool = False
    immediate_control_materialises_offset: bool = False
    quality: LinkQuality = LinkQuality()
    link_quality: Mapping[tuple[str, str], LinkQuality] = field(default_factory=dict)
    capture_db: float | None = None
    usb_latency_ms: tuple[float, float] = (1.0, 3.0)
    gateway_loop_ms: float = 1.0
    node_loop_ms: tuple[float, float] = (0.0, 0.0)
    reply_jitter_ms: tuple[float, float] = (50.0, 300.0)
    back_off_ms: tuple[float, float] = (100.0, 200.0)
    scan_blind_ms: float | None = None
    legacy_status_7b: bool = False
    sync_4_only: bool = False
    no_single_packet_stream: bool = False
    voltage_drop_mv_per_hour: float = 60.0


DEFAULT_KNOBS = SimulationKnobs()
