"""A server in a process of its own: imports the plugin as RotorHazard does, starts, looks at its page, and ends.

Says what it saw as one line of JSON. With `--stay` it says so once the gateway is connected, and then leaves without
SHUTDOWN when its input ends.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.rotorhazard.double import RotorHazard

_NO_SUCH_PORT = "/dev/racelink-is-not-here"


def main(arguments: argparse.Namespace) -> None:
    sys.path[:0] = [str(arguments.data)]
    sys.path += [arguments.beside, arguments.packages]
    from gevent import monkey

    monkey.patch_all()
    tests = ModuleType("tests")
    tests.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["tests"] = tests
    from tests.rotorhazard.double import RotorHazard

    if arguments.file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (arguments.file_limit, resource.RLIM_INFINITY))
    search_path = list(sys.path)
    server = RotorHazard(arguments.data, RACELINK={"rl_comms_port": arguments.port})
    with server.importable():
        from plugins.racelink_rh_plugin import initialize  # type: ignore[import-not-found]

        if arguments.stay:
            stay(server, initialize)
            return
        with server.running(initialize):
            said = look(server)
    said["outside"] = outside(arguments.data / "plugins")
    said["added_to_search_path"] = sys.path[len(search_path) :] if sys.path[: len(search_path)] == search_path else None
    print(json.dumps(said))


def look(server: RotorHazard) -> dict[str, Any]:
    browser = server.app.test_client()
    with browser.get("/racelink/", auth=server.login) as page:
        script = page.get_data(as_text=True).partition('type="module" src="')[2].partition('"')[0]
    with browser.get(script, auth=server.login) as app:
        return {
            "page": page.status_code,
            "app": app.status_code,
            "status": server.ui.markdown["rl_status"][1],
            "errors": [repr(error) for error in server.events.errors],
        }


def stay(server: RotorHazard, initialize: Any) -> None:
    import time

    initialize(server.rhapi)
    server.start()
    while ": connected," not in server.ui.markdown["rl_status"][1]:
        time.sleep(0.01)
    print("connected", flush=True)
    sys.stdin.readline()


def outside(plugins: Path) -> list[str]:
    """Modules of ours that do not lie in the installed folder."""
    return [
        name
        for name, module in sys.modules.items()
        if "racelink" in name and not str(getattr(module, "__file__", "")).startswith(str(plugins))
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--beside", default="/nowhere")
    parser.add_argument("--port", default=_NO_SUCH_PORT)
    parser.add_argument("--file-limit", type=int)
    parser.add_argument("--stay", action="store_true")
    main(parser.parse_args())
