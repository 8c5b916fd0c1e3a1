"""Browsers that listen for live events, and some that never read, in a process of their own.

`python -m benchmarks.event_clients URL READING STALLED` prints a line once all are connected; a line on stdin ends it
with one line of JSON: events received, reading clients that were dropped, and how much later than the first client
each other one heard the same event, in ms.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from base64 import b64encode
from urllib.parse import urlsplit

SETTLING_S = 2.0
"""What every page is told at first comes when it connects, and does not count."""
_ID = re.compile(rb"(?m)^id: (\d+)$")


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    client = socket.create_connection((parts.hostname, parts.port or 80), timeout=20)
    head = f"GET {parts.path}api/events HTTP/1.1\r\nHost: {parts.hostname}:{parts.port}\r\n"
    if parts.username is not None:
        login = b64encode(f"{parts.username}:{parts.password}".encode()).decode()
        head += f"Authorization: Basic {login}\r\n"
    client.sendall(f"{head}\r\n".encode())
    return client


def main() -> None:
    url, reading, stalled = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    silent = [connected(url) for _ in range(stalled)]
    clients = [connected(url) for _ in range(reading)]
    poller = select.poll()
    for client in (*clients, sys.stdin):
        poller.register(client, select.POLLIN)
    by_descriptor = {client.fileno(): client for client in clients}
    print("connected", flush=True)
    until_s = time.monotonic() + SETTLING_S
    seeded = 0
    first_s: dict[int, float] = {}
    delays_ms: list[float] = []
    count = dropped = 0
    while True:
        ready = [descriptor for descriptor, _ in poller.poll()]
        now_s = time.monotonic()
        if sys.stdin.fileno() in ready:
            break
        for descriptor in ready:
            received = by_descriptor[descriptor].recv(1 << 20)
            if not received:
                poller.unregister(descriptor)
                dropped += 1
            for number in map(int, _ID.findall(received)):
                if now_s < until_s:
                    seeded = max(seeded, number)
                if number <= seeded:
                    continue
                count += 1
                delays_ms.append((now_s - first_s.setdefault(number, now_s)) * 1000)
    print(json.dumps({"events": count, "dropped": dropped, "delays_ms": delays_ms}))
    for client in (*clients, *silent):
        client.close()


if __name__ == "__main__":
    main()
