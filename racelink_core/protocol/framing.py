"""USB frames: 00, LEN, then LEN bytes of TYPE and DATA. No escaping, no checksum. Source: spec wire, section 2.

A frame is handed on as its TYPE and DATA, without the two bytes in front.
"""

from __future__ import annotations

from racelink_core.protocol.errors import MalformedPacket

MAX_FRAME_LENGTH = 254
MAX_LENGTH_FROM_GATEWAY = 64
"""Today's longest frame of a gateway has LEN 36; more than 64 means that we lost the beat."""


def encode_frame(type_byte: int, data: bytes = b"") -> bytes:
    """The bytes for one write call. Raises MalformedPacket when `data` has more than 253 bytes."""
    length = len(data) + 1
    if length > MAX_FRAME_LENGTH:
        raise MalformedPacket("frame", f"at most {MAX_FRAME_LENGTH - 1} data bytes", data)
    return bytes((0, length, type_byte)) + data


class FrameDecoder:
    """The host's reader: cuts what a gateway sends into frames (spec wire, 2.2).

    Never raises and holds at most one unfinished frame. It has no clock: whoever feeds it calls `forget_partial`
    when the line was quiet for more than 50 ms.
    """

    def __init__(self, max_length: int = MAX_LENGTH_FROM_GATEWAY) -> None:
        self._max_length = max_length
        self._partial = b""
        self.dropped_bytes = 0
        """Noise and unfinished frames, in bytes, since this decoder was made."""

    @property
    def has_partial(self) -> bool:
        return bool(self._partial)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Takes any piece of the stream; returns the frames that are now complete."""
        stream = self._partial + chunk if self._partial else bytes(chunk)
        end = len(stream)
        max_length = self._max_length
        frames: list[bytes] = []
        kept = 0
        position = 0
        while (start := stream.find(0, position)) >= 0:
            data_start = start + 2
            if data_start > end:
                break
            length = stream[start + 1]
            if not 0 < length <= max_length:
                # A zero here may itself be the start byte; any other LEN is skipped as a byte that is not 00.
                position = start + 1
                continue
            position = data_start + length
            if position > end:
                break
            frames.append(stream[data_start:position])
            kept += 2 + length
        self._partial = stream[start:] if start >= 0 else b""
        self.dropped_bytes += end - len(self._partial) - kept
        return frames

    def forget_partial(self) -> None:
        """Drops an unfinished frame and waits for the next start byte."""
        self.dropped_bytes += len(self._partial)
        self._partial = b""


class GatewayFrameDecoder:
    """The gateway's reader (spec wire, 2.1): a LEN of 0 or 255 is consumed and starts nothing.

    `forget_partial` is due after 25 ms of silence inside a frame.
    """

    def __init__(self) -> None:
        self._partial = b""

    @property
    def has_partial(self) -> bool:
        return bool(self._partial)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Takes any piece of the stream; returns the frames that are now complete."""
        stream = self._partial + chunk
        frames: list[bytes] = []
        position = 0
        while (start := stream.find(0, position)) >= 0:
            if start + 2 > len(stream):
                break
            length = stream[start + 1]
            position = start + 2
            if not 0 < length <= MAX_FRAME_LENGTH:
                continue
            if position + length > len(stream):
                break
            frames.append(stream[position : position + length])
            position += length
        self._partial = stream[start:] if start >= 0 else b""
        return frames

    def forget_partial(self) -> None:
        self._partial = b""
