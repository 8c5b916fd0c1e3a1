"""A queue between greenlets keeps order, has a bound and an end."""

from __future__ import annotations

import threading
import time

from racelink_core.runtime.mailbox import Mailbox


def test_items_come_out_in_the_order_in_which_they_went_in() -> None:
    mailbox: Mailbox[int] = Mailbox(100)
    taken: list[int] = []

    def take_all() -> None:
        while (item := mailbox.take()) is not None:
            taken.append(item)

    taker = threading.Thread(target=take_all)
    taker.start()

    def put_ten(start: int) -> None:
        for step in range(10):
            mailbox.put(start + step)

    putters = [threading.Thread(target=put_ten, args=(start,)) for start in (0, 10, 20)]
    for putter in putters:
        putter.start()
    for putter in putters:
        putter.join()
    mailbox.close()
    taker.join()
    assert sorted(taken) == list(range(30))
    assert [item for item in taken if item < 10] == list(range(10))


def test_a_full_mailbox_says_so_and_has_room_again_after_a_take() -> None:
    mailbox: Mailbox[str] = Mailbox(2)
    assert [mailbox.put("a"), mailbox.put("b"), mailbox.put("c")] == [True, True, False]
    assert mailbox.take() == "a"
    assert mailbox.put("c")


def test_what_was_put_before_closing_is_still_taken() -> None:
    mailbox: Mailbox[str] = Mailbox(5)
    mailbox.put("last")
    mailbox.close()
    mailbox.close()
    assert not mailbox.put("too late")
    assert mailbox.take() == "last"
    assert mailbox.take() is None
    assert mailbox.take() is None


def test_closing_wakes_who_waits() -> None:
    mailbox: Mailbox[str] = Mailbox(5)
    found: list[object] = []
    taker = threading.Thread(target=lambda: found.append(mailbox.take()))
    taker.start()
    time.sleep(0)
    mailbox.close()
    taker.join(5)
    assert found == [None]
