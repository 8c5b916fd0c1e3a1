"""Writes racelink_core/state/wled/*.json from the project's tables of WLED effects and palettes in tests/data.

    .venv/bin/python .ci/effect_catalogue.py

What the host never asks for is left out. A test compares the files with what this would write.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tests" / "data"
FOLDER = ROOT / "racelink_core" / "state" / "wled"


def compact_effects(table: Mapping[str, Any]) -> str:
    """Of each effect the slots that it uses, with their own label and default where they have one."""
    effects = [
        {
            "id": effect["id"],
            "name": effect["name"],
            "slots": {
                name: {key: slot[key] for key in ("label", "default") if key in slot}
                for name, slot in effect["slots"].items()
                if slot["used"]
            },
            "sync": effect["sync"]["status"],
            **({"reasons": effect["sync"]["reasons"]} if effect["sync"].get("reasons") else {}),
        }
        for effect in table["effects"]
    ]
    return _written({name: table[name] for name in ("wled_version", "generic_labels")}, "effects", effects)


def compact_palettes(table: Mapping[str, Any]) -> str:
    palettes = [{name: palette[name] for name in ("id", "name", "offset_safe")} for palette in table["palettes"]]
    return _written({"palette_color_rules": table["palette_color_rules"]}, "palettes", palettes)


def _written(head: Mapping[str, Any], name: str, entries: Iterable[Any]) -> str:
    """One entry per line, so that a change shows where it is."""
    top = "".join(f"{json.dumps(key)}:{_compact(value)},\n" for key, value in head.items())
    lines = ",\n".join(_compact(entry) for entry in entries)
    return f"{{{top}{json.dumps(name)}:[\n{lines}\n]}}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def contents() -> dict[str, str]:
    """By the name of the file."""
    effects = json.loads((SOURCES / "wled-effects.json").read_text(encoding="utf-8"))
    palettes = json.loads((SOURCES / "wled-palettes.json").read_text(encoding="utf-8"))
    return {"effects.json": compact_effects(effects), "palettes.json": compact_palettes(palettes)}


if __name__ == "__main__":
    for name, text in contents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
