"""The far end of a pty in a process of its own: stamps every byte run as it arrives, independent of the host.

Prints the device path first, then one line per read: moment (system monotonic seconds) and the bytes as hex.
"""

from __future__ import annotations

import os
import pty
import time
import tty
from typing import NoReturn


def main() -> NoReturn:
    near, far = pty.openpty()
    tty.setraw(far)
    print(os.ttyname(far), flush=True)
    while True:
        data = os.read(near, 4096)
        print(f"{time.monotonic():.6f} {data.hex()}", flush=True)


if __name__ == "__main__":
    main()
