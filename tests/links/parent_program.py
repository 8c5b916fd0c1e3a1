"""A program that opens a port, for tests that end it in rough ways: `python -m tests.links.parent_program URL [then]`.

Prints "open", then does at the next line of input what `then` says: exec (itself, as another program), or fork
(a copy that lives on, holding everything this program holds; its id is printed).
"""
# ruff: noqa: E402 - the patching comes first

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os
import sys
import time

from racelink_core.links.port_process import PortProcessDriver
from tests.links.contract_suite import Listener


def main(url: str, then: str) -> None:
    driver = PortProcessDriver()
    driver.open(url, Listener())
    print("open", flush=True)
    sys.stdin.readline()
    if then == "exec":
        os.execv(sys.executable, [sys.executable, "-c", "print('again', flush=True); import time; time.sleep(30)"])
    if then == "fork":
        copy = os.fork()
        if copy:
            print(copy, flush=True)
        time.sleep(30)


if __name__ == "__main__":
    main(*sys.argv[1:])
