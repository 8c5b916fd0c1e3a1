"""The browser shows the offsets that the lamps will use: every case that the host is held to, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

from tests.webui.driver import Page

CASES = json.loads((Path(__file__).parent.parent / "data" / "offset-cases.json").read_text("utf-8"))["cases"]
COMPUTE = """
const [address, cases, done] = arguments;
import(address).then(
  ({ offsetMsFor }) => done(cases.map(({ mode, params, groupId }) => offsetMsFor(mode, params, groupId))),
  (error) => done(String(error)),
);
"""


def test_the_preview_of_offsets_agrees_with_every_case(page: Page) -> None:
    page.browser.get(page.url)
    shown = page.browser.execute_async_script(COMPUTE, f"{page.url}static/app/offset-preview.js", CASES)
    assert isinstance(shown, list), shown
    assert [(case, got) for case, got in zip(CASES, shown, strict=True) if case["expected_ms"] != got] == []
