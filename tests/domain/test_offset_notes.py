"""What the host remembers about offset mode (spec scenes 12, wire 9)."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNote, OffsetNotes
from racelink_core.protocol.bodies import Body, Control, Offset, Preset, SetGroup, Sync
from racelink_core.protocol.radio_packet import RadioPacket

NODE = RadioAddress.parse("123456")
LINEAR = Offset(3, OffsetMode.LINEAR, step_ms=100)
NONE = Offset(3, OffsetMode.NONE)
PLAIN = Control(3, 5)
OFFSET_CHILD = Control(3, 0x25)


def after(*bodies: Body, receiver: RadioAddress = BROADCAST) -> OffsetNotes:
    notes = NOTHING_KNOWN
    for body in bodies:
        notes = notes.after(RadioPacket(receiver, body))
    return notes


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ((), OffsetNote.UNKNOWN),
        ((PLAIN,), OffsetNote.UNKNOWN),
        ((LINEAR,), OffsetNote.OFFSET),
        ((LINEAR, OFFSET_CHILD), OffsetNote.OFFSET),
        ((LINEAR, PLAIN), OffsetNote.OFFSET),
        ((LINEAR, NONE), OffsetNote.OFFSET),
        ((NONE,), OffsetNote.UNKNOWN),
        ((LINEAR, NONE, OFFSET_CHILD), OffsetNote.OFFSET),
        ((LINEAR, NONE, PLAIN), OffsetNote.NONE),
        ((NONE, Preset(3, 0, 1, 10)), OffsetNote.NONE),
        ((NONE, PLAIN, LINEAR), OffsetNote.OFFSET),
        ((NONE, Sync(0, 1, 1)), OffsetNote.UNKNOWN),
        ((NONE, Control(4, 5)), OffsetNote.UNKNOWN),
        ((NONE, Control(255, 5)), OffsetNote.NONE),
        ((Offset(255, OffsetMode.LINEAR),), OffsetNote.OFFSET),
        ((Offset(255, OffsetMode.NONE), PLAIN), OffsetNote.NONE),
    ],
)
def test_the_note_of_a_group_follows_what_it_was_sent(bodies: tuple[Body, ...], expected: OffsetNote) -> None:
    assert after(*bodies).of(3) is expected


def test_a_packet_to_one_device_frees_no_group_but_can_bind_it() -> None:
    assert after(NONE, PLAIN, receiver=NODE).of(3) is OffsetNote.UNKNOWN
    assert after(LINEAR, receiver=NODE).of(3) is OffsetNote.OFFSET


def test_a_device_that_may_bring_offset_mode_along_makes_its_new_group_unknown() -> None:
    assert after(NONE, PLAIN, Offset(4, OffsetMode.LINEAR), SetGroup(3)).of(3) is OffsetNote.UNKNOWN
    assert after(NONE, PLAIN, SetGroup(3)).of(3) is OffsetNote.NONE


def test_notes_survive_a_restart() -> None:
    notes = after(Offset(255, OffsetMode.NONE), Control(255, 5), LINEAR)
    kept = OffsetNotes.from_json(notes.to_json())
    assert kept == notes
    assert kept.may_be_in_offset([3])
    assert not kept.may_be_in_offset([1, 2])
