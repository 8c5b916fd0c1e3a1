"""How many gateway frames the host decodes per second on one core."""

from __future__ import annotations

import time

from benchmarks.figures import Figure
from racelink_core.protocol.framing import FrameDecoder
from racelink_core.protocol.gateway_messages import decode_gateway_frame

# A status reply, an ACK and the three events of a send: what a busy gateway really sends.
TRAFFIC = bytes.fromhex("0013831234565a017f8305010280930fc008c4ff0a" "000efe1234565a017ffe020000c4ff09" "0002f1010002f3010002f100")
FRAMES_IN_TRAFFIC = 5
CHUNK = 64


def main() -> None:
    stream = TRAFFIC * 20_000
    decoder = FrameDecoder()
    decoded = 0
    start_s = time.perf_counter()
    for position in range(0, len(stream), CHUNK):
        for frame in decoder.feed(stream[position : position + CHUNK]):
            decode_gateway_frame(frame)
            decoded += 1
    elapsed_s = time.perf_counter() - start_s
    if decoded != FRAMES_IN_TRAFFIC * 20_000:
        raise SystemExit(f"decoded {decoded} frames of {FRAMES_IN_TRAFFIC * 20_000}")
    print("Decoding")
    print(Figure("frames decoded per second, in chunks of 64 bytes", decoded / elapsed_s, "1/s", 100_000, at_least=True))


if __name__ == "__main__":
    main()
