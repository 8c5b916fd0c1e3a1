"""What every driver keeps to. A driver's test derives from `LinkContract` and gives a `Bench`.

class TestMemory(LinkContract):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]: ...
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import pytest

from racelink_core.links.contract import Driver, LinkError, LinkLost, PortBusy, PortNotFound

SOON_S = 5.0
"""Generous: nothing here measures speed."""


class Listener:
    """Keeps what it was told, in order."""

    def __init__(self) -> None:
        self.chunks: list[tuple[bytes, float]] = []
        self.written_at_s: dict[int, float] = {}
        self.losses: list[LinkError] = []
        self.notices: list[str] = []

    @property
    def data(self) -> bytes:
        return b"".join(chunk for chunk, _ in self.chunks)

    def received(self, data: bytes, at_s: float) -> None:
        self.chunks.append((data, at_s))
        self.notices.append("received")

    def written(self, order: int, at_s: float) -> None:
        self.written_at_s[order] = at_s
        self.notices.append("written")

    def lost(self, error: LinkError) -> None:
        self.losses.append(error)
        self.notices.append("lost")


class Bench(Protocol):
    """A driver with one port, and the far end of that port."""

    driver: Driver
    url: str
    absent_url: str
    can_be_busy: bool

    def heard(self) -> bytes:
        """Everything the far end got so far; does not wait."""
        ...

    def say(self, data: bytes) -> None:
        """The far end sends bytes."""
        ...

    def unplug(self) -> None: ...
    def plug(self) -> None:
        """Makes `url` openable again after `unplug`."""
        ...


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited {SOON_S} s for: {what}"
        time.sleep(0.005)


class LinkContract:
    """The suite. Every test gets a fresh bench."""

    @pytest.fixture
    def listener(self) -> Listener:
        return Listener()

    def test_bytes_go_out_in_order_and_each_order_is_confirmed(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        before_s = time.monotonic()
        orders = [link.write(bytes([number]) * 20) for number in range(1, 11)]
        wait_until(lambda: len(listener.written_at_s) == 10, "ten confirmations")
        wait_until(lambda: len(bench.heard()) == 200, "all bytes at the far end")
        assert bench.heard() == b"".join(bytes([number]) * 20 for number in range(1, 11))
        assert list(listener.written_at_s) == orders
        assert orders == sorted(set(orders))
        assert all(before_s <= at_s <= time.monotonic() for at_s in listener.written_at_s.values())
        link.close()

    def test_every_byte_value_passes_in_both_directions(self, bench: Bench, listener: Listener) -> None:
        everything = bytes(range(256))
        link = bench.driver.open(bench.url, listener)
        link.write(everything)
        wait_until(lambda: bench.heard() == everything, "the far end to hear every byte value")
        bench.say(everything)
        wait_until(lambda: listener.data == everything, "every byte value to come in")
        link.close()

    def test_what_comes_in_carries_its_moment(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        before_s = time.monotonic()
        bench.say(b"first")
        wait_until(lambda: listener.data == b"first", "the first bytes")
        bench.say(b"second")
        wait_until(lambda: listener.data == b"firstsecond", "the second bytes")
        moments_s = [at_s for _, at_s in listener.chunks]
        assert moments_s == sorted(moments_s)
        assert before_s <= moments_s[0] <= moments_s[-1] <= time.monotonic()
        link.close()

    def test_an_unknown_port_is_not_found(self, bench: Bench, listener: Listener) -> None:
        with pytest.raises(PortNotFound) as caught:
            bench.driver.open(bench.absent_url, listener)
        assert caught.value.code == "NOT_FOUND"
        assert bench.absent_url in str(caught.value)
        assert listener.notices == []

    def test_a_port_in_use_is_busy(self, bench: Bench, listener: Listener) -> None:
        if not bench.can_be_busy:
            pytest.skip("this kind of port has no lock")
        link = bench.driver.open(bench.url, listener)
        with pytest.raises(PortBusy) as caught:
            bench.driver.open(bench.url, Listener())
        assert caught.value.code == "PORT_BUSY"
        link.write(b"still mine")
        wait_until(lambda: bench.heard() == b"still mine", "the first link to go on")
        link.close()

    def test_a_timed_order_waits_for_its_moment_and_lets_others_pass(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        moment_s = time.monotonic() + 0.15
        timed = link.write(b"timed", send_at_s=moment_s)
        at_once = link.write(b"at once,")
        wait_until(lambda: timed in listener.written_at_s, "the timed order")
        wait_until(lambda: bench.heard() == b"at once,timed", "both at the far end")
        assert listener.written_at_s[at_once] < moment_s <= listener.written_at_s[timed]
        assert link.cancel(timed) is False
        link.close()

    def test_timed_orders_leave_in_the_order_of_their_moments(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        now_s = time.monotonic()
        link.write(b"3", send_at_s=now_s + 0.12)
        link.write(b"1", send_at_s=now_s + 0.06)
        link.write(b"2", send_at_s=now_s + 0.09)
        wait_until(lambda: bench.heard() == b"123", "all three, sorted")
        link.close()

    def test_a_moment_that_has_passed_means_now(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        link.write(b"late", send_at_s=time.monotonic() - 1)
        wait_until(lambda: bench.heard() == b"late", "the late order")
        link.close()

    def test_a_timed_order_can_be_taken_back(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        order = link.write(b"never", send_at_s=time.monotonic() + 0.1)
        assert link.cancel(order) is True
        assert link.cancel(order) is False
        time.sleep(0.15)
        link.catch_up(SOON_S)
        assert bench.heard() == b""
        assert listener.notices == []
        link.close()

    def test_an_order_that_was_written_cannot_be_taken_back(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        order = link.write(b"gone")
        assert link.cancel(order) is False
        wait_until(lambda: bench.heard() == b"gone", "the order at the far end")
        link.close()

    def test_catching_up_delivers_what_was_written_before(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        order = link.write(b"x")
        before_s = time.monotonic()
        moment_s = link.catch_up(SOON_S)
        assert before_s <= moment_s <= time.monotonic()
        assert listener.written_at_s[order] <= moment_s
        link.close()

    def test_an_unplugged_port_is_lost_once_and_says_why(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        bench.say(b"last words")
        wait_until(lambda: listener.data == b"last words", "the last words")
        bench.unplug()
        wait_until(lambda: bool(listener.losses), "the loss")
        assert isinstance(listener.losses[0], LinkLost)
        assert listener.losses[0].url == bench.url
        assert listener.losses[0].problem
        with pytest.raises(LinkLost):
            link.write(b"x")
        with pytest.raises(LinkLost):
            link.catch_up(SOON_S)
        assert link.cancel(1) is False
        link.close()
        link.close()
        assert listener.notices.count("lost") == 1
        assert listener.notices[-1] == "lost"

    def test_a_port_that_came_back_can_be_opened_again(self, bench: Bench, listener: Listener) -> None:
        first = bench.driver.open(bench.url, listener)
        bench.unplug()
        wait_until(lambda: bool(listener.losses), "the loss")
        bench.plug()
        again = Listener()
        second = bench.driver.open(bench.url, again)
        second.write(b"back")
        wait_until(lambda: bench.heard() == b"back", "the bytes after the return")
        bench.say(b"hello")
        wait_until(lambda: again.data == b"hello", "the answer after the return")
        first.close()
        second.close()

    def test_closing_twice_is_harmless_and_silent(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        link.close()
        link.close()
        with pytest.raises(LinkLost):
            link.write(b"x")
        with pytest.raises(LinkLost):
            link.catch_up(SOON_S)
        assert listener.notices == []

    def test_closing_takes_back_timed_orders_and_frees_the_port(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        link.write(b"never", send_at_s=time.monotonic() + 0.05)
        link.close()
        again = bench.driver.open(bench.url, Listener())
        time.sleep(0.1)
        again.write(b"mine")
        wait_until(lambda: bench.heard().endswith(b"mine"), "the second owner's bytes")
        assert bench.heard() == b"mine"
        again.close()
        assert listener.notices == []

    def test_closing_the_driver_closes_its_links(self, bench: Bench, listener: Listener) -> None:
        link = bench.driver.open(bench.url, listener)
        bench.driver.close()
        bench.driver.close()
        with pytest.raises(LinkLost):
            link.write(b"x")
        link.close()
        assert listener.notices == []
