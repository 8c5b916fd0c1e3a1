"""A server of its own process: imports the plugin as RotorHazard does, starts, looks at its page, and ends.

Arguments: data directory, a folder to put on the path, the folder of the server's packages. Says what it saw as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType


def main(data_directory: Path, beside: str, packages: str) -> None:
    sys.path[:0] = [str(data_directory)]
    sys.path += [beside, packages]
    from gevent import monkey

    monkey.patch_all()
    tests = ModuleType("tests")
    tests.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["tests"] = tests
    from tests.rotorhazard.double import RotorHazard

    search_path = list(sys.path)
    server = RotorHazard(data_directory, RACELINK={"rl_comms_port": "/dev/racelink-is-not-here"})
    with server.importable():
        from plugins.racelink_rh_plugin import initialize  # type: ignore[import-not-found]

        with server.running(initialize):
            browser = server.app.test_client()
            page = browser.get("/racelink/", auth=server.login)
            script = page.get_data(as_text=True).partition('type="module" src="')[2].partition('"')[0]
            app = browser.get(script, auth=server.login)
            said = {
                "page": page.status_code,
                "app": app.status_code,
                "status": server.ui.markdown["rl_status"][1],
                "errors": [repr(error) for error in server.events.errors],
                "search_path_is_untouched": sys.path == search_path,
                "core": sys.modules["racelink_core"].__file__,
                "outside": outside(data_directory / "plugins"),
            }
            page.close()
            app.close()
    print(json.dumps(said))


def outside(plugins: Path) -> list[str]:
    """Modules of ours that do not lie in the installed folder."""
    return [
        name
        for name, module in sys.modules.items()
        if "racelink" in name and not str(getattr(module, "__file__", "")).startswith(str(plugins))
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
