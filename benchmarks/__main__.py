"""`python -m benchmarks [NAME ...]`: runs all benchmarks or the named ones, prints figures beside goals."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "decoding",
    "scene_planning",
    "scene_runs",
    "packet_overhead",
    "timed_send",
    "hub_stall",
    "plugin_start",
    "race_event",
    "start_error",
    "race_day",
    "live_clients",
    "fleet_200",
)


def main() -> int:
    """Each benchmark runs in a process of its own, so that none warms or burdens the next."""
    wanted = sys.argv[1:] or NAMES
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    commands = {name: [sys.executable, "-m", f"benchmarks.{name}"] for name in wanted}
    failed = [name for name, command in commands.items() if subprocess.run(command, check=False).returncode]
    if failed:
        print(f"Did not finish: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
