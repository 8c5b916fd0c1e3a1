"""`racelink wire`: what does this frame say, and does the codec agree with a file of vectors?"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from racelink_core.protocol.frame_text import describe_stream
from racelink_core.standalone.wire_vectors import differences

_BETWEEN_BYTES = re.compile(r"0x|[\s:,;.\-]", re.IGNORECASE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    decode = actions.add_parser("decode", help="say in words what bytes from the cable mean")
    decode.add_argument("hex", nargs="+", metavar="HEX", help="bytes in hex, one stream, with or without separators")
    check = actions.add_parser("check", help="run every vector of a file through encoder and decoder")
    check.add_argument("file", type=Path, metavar="FILE", help="JSON list of vectors")


def run(arguments: argparse.Namespace) -> int:
    """0 = understood, or every vector passed; 1 = a vector failed; 2 = the input cannot be read."""
    return _decode(arguments.hex) if arguments.action == "decode" else _check(arguments.file)


def _decode(words: list[str]) -> int:
    digits = "".join(_BETWEEN_BYTES.sub("", word) for word in words)
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        print(f"{' '.join(words)!r} is not hex: give two digits per byte, such as 00 02 F1 00.", file=sys.stderr)
        return 2
    for piece, text in describe_stream(raw):
        print(f"{piece.hex(' ').upper()}\n    {text}")
    return 0


def _check(path: Path) -> int:
    try:
        vectors = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{path} cannot be read: {error}", file=sys.stderr)
        return 2
    if not isinstance(vectors, list):
        print(f"{path} is not a list of vectors: see data/wire-vectors.json for the form.", file=sys.stderr)
        return 2
    failed = 0
    for number, vector in enumerate(vectors, 1):
        found = differences(vector)
        failed += bool(found)
        name = vector.get("name", f"vector {number}") if isinstance(vector, dict) else f"vector {number}"
        for line in found:
            print(f"{name}: {line}")
    print(f"{len(vectors) - failed} passed, {failed} failed")
    return 1 if failed else 0
