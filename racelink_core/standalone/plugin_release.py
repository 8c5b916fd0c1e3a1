"""What the tag of a release holds: the tree that RotorHazard's plugin database reads.

The database wants the plugin in `custom_plugins/`, and RotorHazard's installer merges every other folder of its name
into it (spec rotorhazard, section 8). So the sources cannot be tagged: the tag is of a branch that has this tree.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from racelink_core.standalone.plugin_tree import PluginBuildError, write_tree

_COPIED = ("CHANGELOG.md", "LICENSE", "docs")
_OWN = Path(".ci") / "release-tree"
"""Of the checkout: what lies in no other place of it."""


def write_release(top: Path, target: Path) -> None:
    """Replaces an older tree in `target`; a `.git` there stays. Raises PluginBuildError when anything else is there."""
    own = [entry.name for entry in (top / _OWN).iterdir()]
    entries = list(target.iterdir()) if target.is_dir() else []
    foreign = sorted({entry.name for entry in entries} - {".git", "custom_plugins", *_COPIED, *own})
    if foreign:
        raise PluginBuildError(f"{target} may hold nothing but a release. Move away: {', '.join(foreign)}.")
    for entry in entries:
        if entry.is_dir() and entry.name != ".git":
            shutil.rmtree(entry)
    write_tree(top, target / "custom_plugins")
    shutil.copytree(top / _OWN, target, dirs_exist_ok=True)
    for name in _COPIED:
        if (top / name).is_dir():
            shutil.copytree(top / name, target / name)
        else:
            shutil.copyfile(top / name, target / name)
