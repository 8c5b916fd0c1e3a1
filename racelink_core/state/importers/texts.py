"""Text becomes plain values: JSON, or the Python literals of the oldest hosts. Yields to other greenlets on the way.

Nothing is ever executed: literals are cut into tokens, and only strings, numbers, True, False, None and brackets count.
"""

from __future__ import annotations

import ast
import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn

from racelink_core.runtime.turns import give_way

MAX_BYTES = 4 << 20
_MAX_LITERAL_LENGTH = 1 << 20
_MAX_DEPTH = 30
_TOKENS_PER_SLICE = 400
_ITEMS_PER_SLICE = 20
_SHORT = 32_768
"""JSON of this length is read at once: well under 2 ms."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>[uU]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))"""
    r"""|(?P<number>-?[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][-+]?[0-9]{1,4})?)(?![0-9A-Za-z_.])"""
    r"""|(?P<word>True|False|None)(?![0-9A-Za-z_])|(?P<sign>[][{}(),:]))"""
)
_WORDS = {"True": True, "False": False, "None": None}
_CLOSERS = {"[": "]", "(": ")", "{": "}"}


class NotReadable(ValueError):
    """The text is neither; the message says what it is instead, in a few words."""


def value_of(stored: object) -> Any:
    """An option as it was stored: text is read, lists and objects count as they are. Raises NotReadable."""
    if isinstance(stored, bytes):
        if len(stored) > MAX_BYTES:
            raise NotReadable("it is larger than 4 MiB")
        try:
            stored = stored.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise NotReadable("it is not text") from None
    if not isinstance(stored, str):
        return stored
    if len(stored) > MAX_BYTES:
        raise NotReadable("it is larger than 4 MiB")
    text = stored.strip()
    if not text:
        raise NotReadable("it is empty")
    try:
        return _json(text)
    except (ValueError, RecursionError):
        pass
    return _Literal(text).read()


def _json(text: str) -> Any:
    decoder = json.JSONDecoder(parse_constant=_no_number, parse_int=_number)
    if len(text) <= _SHORT:
        return decoder.decode(text)
    value, end = _JsonInSlices(text, decoder).value(0, depth=0)
    if text[end:].strip():
        raise NotReadable("there is something behind its end")
    return value


class _JsonInSlices:
    """Walks the outer two levels itself, where the long lists are, and leaves each of their items to the library."""

    _SPACE = re.compile(r"[ \t\n\r]*")

    def __init__(self, text: str, decoder: json.JSONDecoder) -> None:
        self._text, self._decoder = text, decoder
        self._count = 0

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        at = self._skip(at)
        opener = self._text[at : at + 1]
        if depth > 2 or opener not in ("[", "{"):
            self._pause()
            return self._decoder.raw_decode(self._text, at)
        items: list[Any] = []
        pairs: dict[str, Any] = {}
        at, closer = self._skip(at + 1), _CLOSERS[opener]
        while self._text[at : at + 1] != closer:
            key = ""
            if opener == "{":
                self._expect('"', at)
                key, at = scanstring(self._text, at + 1, True)
                at = self._skip(self._expect(":", self._skip(at)))
            item, at = self.value(at, depth + 1)
            items.append(item)
            pairs[key] = item
            at = self._skip(at)
            if self._text[at : at + 1] == closer:
                break
            at = self._skip(self._expect(",", at))
            if self._text[at : at + 1] == closer:
                raise NotReadable("a comma stands before the end of a list")
        return (items if opener == "[" else pairs), at + 1

    def _skip(self, at: int) -> int:
        found = self._SPACE.match(self._text, at)
        return found.end() if found else at

    def _expect(self, sign: str, at: int) -> int:
        if self._text[at : at + 1] != sign:
            raise NotReadable(f"{sign} is missing")
        return at + 1

    def _pause(self) -> None:
        self._count += 1
        if self._count % _ITEMS_PER_SLICE == 0:
            give_way()


class _Literal:
    """What `repr` of lists, dicts and plain values wrote. Raises NotReadable."""

    def __init__(self, text: str) -> None:
        if len(text) > _MAX_LITERAL_LENGTH:
            raise NotReadable("it is neither JSON nor short enough for a Python literal")
        self._text, self._at, self._count = text, 0, 0

    def read(self) -> Any:
        value = self._value(*self._token(), depth=0)
        if self._text[self._at :].strip():
            raise NotReadable("it is neither JSON nor a Python literal")
        return value

    def _token(self) -> tuple[str, str]:
        """What sort it is, and its text."""
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            raise NotReadable("it is neither JSON nor a Python literal")
        self._at = found.end()
        self._count += 1
        if self._count % _TOKENS_PER_SLICE == 0:
            give_way()
        return found.lastgroup, found[found.lastgroup]

    def _value(self, sort: str, token: str, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise NotReadable("its lists are nested too deeply")
        if sort == "word":
            return _WORDS[token]
        if sort in ("number", "text"):
            try:
                return ast.literal_eval(token)
            except (ValueError, SyntaxError):
                raise NotReadable("it is neither JSON nor a Python literal") from None
        if token not in _CLOSERS:
            raise NotReadable("it is neither JSON nor a Python literal")
        return self._pairs(depth) if token == "{" else self._items(token, depth)

    def _items(self, opener: str, depth: int) -> list[Any]:
        items: list[Any] = []
        closer = _CLOSERS[opener]
        while True:
            sort, token = self._token()
            if token == closer and sort == "sign":
                return items
            items.append(self._value(sort, token, depth + 1))
            if not self._goes_on(closer):
                return items

    def _pairs(self, depth: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while True:
            sort, token = self._token()
            if token == "}" and sort == "sign":
                return pairs
            key = self._value(sort, token, depth + 1)
            if self._token() != ("sign", ":") or isinstance(key, list | dict):
                raise NotReadable("it is neither JSON nor a Python literal")
            pairs[str(key)] = self._value(*self._token(), depth=depth + 1)
            if not self._goes_on("}"):
                return pairs

    def _goes_on(self, closer: str) -> bool:
        sort, token = self._token()
        if sort != "sign" or token not in (",", closer):
            raise NotReadable("it is neither JSON nor a Python literal")
        return token == ","


def _number(digits: str) -> int:
    """Thousands of digits would take long to convert."""
    return int(digits) if len(digits) <= 40 else _no_number("a number of so many digits")


def _no_number(text: str) -> NoReturn:
    raise NotReadable(f"{text} is not a number")
