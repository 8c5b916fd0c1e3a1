"""One life of a writer: forked, killed with SIGKILL, and what it said until then. For programs without a hub."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from gevent import monkey

_sleep = monkey.get_original("time", "sleep")


def one_life(
    write: Callable[[int], None], totals: dict[str, Any], kill_after_s: float | None, *, is_at_work: bool = False
) -> list[tuple[str, int]]:
    """What the writer reported, in order: a word and a number per line. None: it is left to end by itself.

    write       gets the descriptor to report to; called in the fork, which ends with it
    totals      `killed` counts, `failures` gets what was raised
    is_at_work  the time until it is killed begins with its first report, so that a slow machine comes to write too
    """
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        try:
            write(write_end)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent reports it
            os.write(write_end, f"failed {type(error).__name__}: {error}\n".encode())
        os._exit(0)
    os.close(write_end)
    said = os.read(read_end, 65536) if is_at_work else b""
    if kill_after_s is not None:
        _sleep(kill_after_s)
        os.kill(pid, signal.SIGKILL)
    while chunk := os.read(read_end, 65536):
        said += chunk
    os.close(read_end)
    _, status = os.waitpid(pid, 0)
    totals["killed"] += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    lines = [line.partition(" ") for line in said.decode().splitlines()]
    totals["failures"] += [" ".join((word, rest)) for word, _, rest in lines if not rest.isdecimal()]
    return [(word, int(rest)) for word, _, rest in lines if rest.isdecimal()]
