"""Networks work side by side: one greenlet for each further one, none for a single one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def on_each_network(network_ids: Sequence[str], work: Callable[[str], T], name: str) -> dict[str, T]:
    """Runs `work` for every network at once, the first on the caller's greenlet, and waits for all.

    `work` handles what can happen in the field itself; anything else it raises is raised here, after all have ended.
    """
    results: dict[str, T] = {}
    errors: list[BaseException] = []

    def serve(network_id: str) -> None:
        try:
            results[network_id] = work(network_id)
        except BaseException as error:  # noqa: BLE001 - raised again below, on the caller's greenlet
            errors.append(error)

    workers = [
        threading.Thread(target=serve, args=(network_id,), name=f"rl-{name}-{network_id}", daemon=True)
        for network_id in network_ids[1:]
    ]
    for worker in workers:
        worker.start()
    for network_id in network_ids[:1]:
        serve(network_id)
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return {network_id: results[network_id] for network_id in network_ids}
