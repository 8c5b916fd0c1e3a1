"""How many gateway frames the host decodes per second on one core."""

from __future__ import annotations

import random
import time

from benchmarks.figures import Figure
from racelink_core.domain.address import RadioAddress
from racelink_core.protocol.framing import FrameDecoder
from racelink_core.protocol.gateway_messages import Forwarded, GatewayState, StateChanged, TxDone, decode_gateway_frame
from racelink_core.protocol.replies import Ack, StatusReply

ROUNDS = 20_000
CHUNK_BYTES = 64


def traffic() -> tuple[bytes, int]:
    """A status poll as a busy gateway reports it, every reply different; returns the stream and its frame count."""
    chance = random.Random(1)
    gateway = RadioAddress(b"\x5a\x01\x7f")
    frames: list[bytes] = []
    for _ in range(ROUNDS):
        node = RadioAddress(chance.randbytes(3))
        rssi_dbm, snr_db = chance.randint(-110, -40), chance.randint(-10, 10)
        status = StatusReply(5, 1, chance.randrange(200), chance.randrange(256), chance.randrange(30000), rssi_dbm, 9)
        for reply in (status, Ack(2, 0)):
            frames.append(Forwarded(node, gateway, True, reply.OPCODE, reply.to_bytes(), rssi_dbm, snr_db).to_frame())
        events = (StateChanged(GatewayState.TX), TxDone(), StateChanged(GatewayState.IDLE))
        frames += (event.to_frame() for event in events)
    return b"".join(frames), len(frames)


def main() -> None:
    stream, expected = traffic()
    decoder = FrameDecoder()
    decoded = 0
    start_s = time.perf_counter()
    for position in range(0, len(stream), CHUNK_BYTES):
        for frame in decoder.feed(stream[position : position + CHUNK_BYTES]):
            decode_gateway_frame(frame)
            decoded += 1
    elapsed_s = time.perf_counter() - start_s
    if decoded != expected:
        raise SystemExit(f"decoded {decoded} frames of {expected}")
    print("Decoding")
    rate = decoded / elapsed_s
    print(Figure(f"frames decoded per second, in chunks of {CHUNK_BYTES} bytes", rate, "1/s", 100_000, at_least=True))


if __name__ == "__main__":
    main()
