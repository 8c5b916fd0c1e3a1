"""The end of a task is shown, even if the answer to the request that began it is heard after it."""

from __future__ import annotations

from tests.webui.driver import Page

HEARD = """
const [address, heard, done] = arguments;
import(address).then(
  ({ laterTask }) => done(heard.reduce(laterTask, null)),
  (error) => done(String(error)),
);
"""
BEGUN = {"id": 3, "started_ts": 10.0, "ended_ts": None}
ENDED = {"id": 3, "started_ts": 10.0, "ended_ts": 10.2}
NEXT = {"id": 4, "started_ts": 11.0, "ended_ts": None}
OF_THE_NEXT_HOST = {"id": 3, "started_ts": 5.0, "ended_ts": None}


def test_an_ended_task_stays_ended_and_a_new_one_is_shown(page: Page) -> None:
    page.browser.get(page.url)
    for heard, shown in (
        ([BEGUN, ENDED], ENDED),
        ([ENDED, BEGUN], ENDED),
        ([ENDED, BEGUN, NEXT], NEXT),
        ([ENDED, OF_THE_NEXT_HOST], OF_THE_NEXT_HOST),
        ([ENDED, None], None),
    ):
        assert page.browser.execute_async_script(HEARD, f"{page.url}static/app/store.js", heard) == shown
