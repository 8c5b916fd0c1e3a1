"""Takes out of a support bundle what is nobody's business: secrets, and names of files elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from racelink_core.runtime.turns import Turns

REDACTED = "(redacted)"
_SECRET_NAMES = re.compile(
    r"token|passw|secret|credential|login|api_?key|passphrase|psk|authori[sz]ation", re.IGNORECASE
)
_SECRET_IN_TEXT = re.compile(
    r"(?i)\b((?:proxy-)?authorization|cookie)\b(\s*[:=]\s*)[^\r\n]+"
    r"|\b((?:bearer|basic)\s+)[A-Za-z0-9+/_.~=-]{6,}"
    r"|\b(\w*(?:token|passw(?:or)?d|secret|api_?key|psk)\w*[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&]+)"
)
_LOGIN_IN_URL = re.compile(r"(\w://)[^/\s@]+@")
_SIMULATED = re.compile(r"(?i)\b(sim|file)://(?!demo\b)[^\s\"'#,)]*[/\\][^\s\"'#,)]*")
_QUOTED_PATH = re.compile(r"([\"'])(/[^\"'\n]*/[^\"'\n]*|[A-Za-z]:\\[^\"'\n]*)\1")
_PATH = re.compile(r"(?<![\w.:/<>~-])(?:~|[A-Za-z]:)?(?:[/\\][^\s/\\:\"'<>|,;()\[\]]+){2,}/?")
_KEPT_PATHS = ("/dev/", "/racelink/", "/api/")
_CODE = ("/racelink_core/", "/racelink_rh_plugin/", "/site-packages/")


class Redactor:
    """secrets         values that must appear nowhere, whatever they stand in
    data_directory  its own name becomes <data>; None: there is none
    """

    def __init__(self, secrets: Iterable[str], data_directory: str | None) -> None:
        found = {form for secret in secrets if secret for form in (secret, json.dumps(secret)[1:-1])}
        self._secrets = sorted(found, key=len, reverse=True)
        self._data_directory = data_directory
        self._turns = Turns()

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        if self._data_directory:
            text = text.replace(self._data_directory, "<data>")
        text = _SECRET_IN_TEXT.sub(_hidden, text)
        text = _LOGIN_IN_URL.sub(rf"\1{REDACTED}@", text)
        text = _SIMULATED.sub(r"\1://<path>", text)
        text = _QUOTED_PATH.sub(lambda found: f"{found[1]}{_short(found[2])}{found[1]}", text)
        return _PATH.sub(lambda found: _short(found[0]), text)

    def value(self, value: Any) -> Any:
        """Of JSON: secret-sounding names lose what they hold, everything else is read as text. In slices."""
        self._turns.give_way_if_long()
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): REDACTED
                if _SECRET_NAMES.search(str(key)) and each not in (None, "", False)
                else self.value(each)
                for key, each in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(each) for each in value]
        return value


def secrets_in(configuration: Mapping[str, Any]) -> list[str]:
    """What is stored under names that sound secret."""
    return [value for name, value in configuration.items() if _SECRET_NAMES.search(name) and isinstance(value, str)]


def _hidden(found: re.Match[str]) -> str:
    if found[1]:
        return f"{found[1]}{found[2]}{REDACTED}"
    return f"{found[3] or found[4]}{REDACTED}"


def _short(path: str) -> str:
    """A path of our own code from its package on; any other without its names."""
    if path.startswith(_KEPT_PATHS):
        return path
    plain = path.replace("\\", "/")
    for folder in _CODE:
        if folder in plain:
            return f"<code>{plain[plain.rindex(folder) :]}"
    return "<path>"
