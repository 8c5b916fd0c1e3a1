"""Every timeout, retry count and interval in one place (design 3.9). Tests and the simulator shrink it.

Values in seconds unless the name says otherwise. Sources: spec wire, sections 18 and 19; spec services, 1.2.
"""

from __future__ import annotations

from racelink_core.domain.base import FrozenModel


class Timings(FrozenModel):
    # Links
    open_settle_s: float = 0.5
    """After opening: the board may be resetting and its chatter is flushed."""
    attempt_min_interval_s: float = 2.0
    backoff_first_s: float = 2.0
    backoff_max_s: float = 30.0
    backoff_jitter: float = 0.2
    cool_down_s: float = 60.0
    """How long an address that is not ours is left alone."""
    port_scan_interval_s: float = 1.0

    # Gateway session
    frame_gap_ms: float = 50.0
    resync_silence_ms: float = 30.0
    identify_attempt_s: float = 1.0
    identify_attempts: int = 4
    state_report_s: float = 0.5
    radio_report_s: float = 1.0
    keep_alive_s: float = 10.0
    keep_alive_misses: int = 3
    outcome_guard_s: float = 2.0
    """At SF7/125 kHz; slower settings stretch it (spec wire, 19)."""
    rejected_retry_s: float = 0.06
    rejected_give_up_s: float = 0.5
    gateway_reboot_s: float = 4.0
    catch_up_s: float = 1.0
    """How long to wait for the port process to hand over what it has read before a deadline is judged."""

    # Replies
    unicast_attempt_s: float = 1.5
    unicast_attempts: int = 3
    unicast_gap_s: float = 0.1
    collect_idle_s: float = 0.6
    collect_ceiling_s: float = 5.0
    collect_base_s: float = 1.0
    late_answer_s: float = 5.5
    """So long after a request its answer may still come: a node keeps one for 5 s while the channel is busy."""

    # Store
    store_writer_s: float = 30.0
    """How long a change waits for the one before it: a worn card may take seconds for one."""

    # Services
    restore_cooldown_s: float = 2.0
    reading_flush_s: float = 5.0
    refresh_coalesce_s: float = 0.25
    stale_after_s: float = 600.0
    task_cancel_s: float = 5.0
    sync_guard_s: float = 25.0
    """A SYNC younger than this keeps the gateway's own autosync away (design, section 6)."""
    hub_still_s: float = 0.55
    """RotorHazard's process stands still so long before a start: what is ordered then comes too late."""

    # Healing
    healing_delay_s: float = 1.5
    """So long after the last command to a network nobody is asked: more commands of a scene may follow."""
    healing_verify_s: float = 1.0
    healing_repeats: int = 5
    healing_questions: int = 8
    """As often is a lamp asked that does not answer, with growing pauses up to `healing_patience_s`."""
    healing_patience_s: float = 8.0
    healing_memory_s: float = 3600.0
    """What was told longer ago is not repeated: yesterday's light stays yesterday's."""
    healing_pause_s: float = 180.0
    """The longest that a race from staging to start holds healing back, should its start never be heard of."""

    # Web
    sse_heartbeat_s: float = 2.0
    sse_stalled_s: float = 15.0
    """A browser that takes no event for this long is dropped."""
