"""Who may use the page and the API, and from where.

Source: design section 6 "Web"; spec http-api 11; spec rotorhazard 7.
"""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.datastructures import Authorization

from racelink_core.web.failures import failure_response

_STATELESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Access(Protocol):
    """Decides whether a login is good. Asked for every request except static files."""

    @property
    def is_open(self) -> bool:
        """Nobody has to log in."""
        ...

    def accepts(self, login: Authorization) -> bool: ...
    def challenge(self) -> str:
        """The value of `WWW-Authenticate`."""
        ...


class OpenAccess:
    """No login: for a host that only this computer reaches."""

    is_open = True

    def accepts(self, login: Authorization) -> bool:
        return True

    def challenge(self) -> str:
        return "Basic"


class BasicAccess:
    """HTTP Basic against credentials that are read anew at each request; both empty means open.

    With RotorHazard's realm, browsers reuse the login of its settings page.
    """

    def __init__(self, read_credentials: Callable[[], tuple[str, str]], realm: str = "Login Required") -> None:
        self._read_credentials = read_credentials
        self._realm = realm

    @property
    def is_open(self) -> bool:
        return not any(self._read_credentials())

    def accepts(self, login: Authorization) -> bool:
        if login.type != "basic":
            return False
        user, password = self._read_credentials()
        # Both are compared always, so that the time says nothing about which one was wrong.
        right_user = _equal(login.username or "", user)
        right_password = _equal(login.password or "", password)
        return right_user and right_password

    def challenge(self) -> str:
        return f'Basic realm="{self._realm}", charset="UTF-8"'


class TokenAccess:
    """One secret: as Bearer token for programs, or as the password of any user name in a browser.

    A `password` of its own is for people; programs keep the token, and either may be left out.
    """

    is_open = False

    def __init__(self, token: str | None, password: str | None = None) -> None:
        self._token = token
        self._passwords = tuple(secret for secret in (token, password) if secret is not None)

    def accepts(self, login: Authorization) -> bool:
        if login.type == "bearer":
            return self._token is not None and _equal(login.token or "", self._token)
        # All are compared always, so that the time says nothing about which one it was.
        fits = [_equal(login.password or "", password) for password in self._passwords]
        return login.type == "basic" and any(fits)

    def challenge(self) -> str:
        return 'Basic realm="RaceLink", charset="UTF-8"'


class FailedLogins:
    """Slows guessing: after `limit` wrong logins in `window_s` an address waits for the window to pass."""

    MAX_ADDRESSES = 256

    def __init__(self, limit: int = 10, window_s: float = 60.0, now_s: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._window_s, self._now_s = limit, window_s, now_s
        self._since: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note(self, address: str) -> None:
        since_s, count = self._since.pop(address, (self._now_s(), 0))
        if self._now_s() - since_s > self._window_s:
            since_s, count = self._now_s(), 0
        self._since[address] = (since_s, count + 1)
        if len(self._since) > self.MAX_ADDRESSES:
            self._since.popitem(last=False)

    def wait_s(self, address: str) -> float:
        """How long `address` has to wait; 0 when it may try."""
        since_s, count = self._since.get(address, (0.0, 0))
        return max(0.0, since_s + self._window_s - self._now_s()) if count >= self._limit else 0.0


def guard(blueprint: Blueprint, access: Access, *, open_endpoints: frozenset[str]) -> None:
    """Runs before every request of the blueprint except those of `open_endpoints`."""
    failed_logins = FailedLogins()

    @blueprint.before_request
    def _check() -> Response | None:
        if request.endpoint in open_endpoints:
            return None
        return _refuse_login(access, failed_logins) or _refuse_origin()


def _refuse_login(access: Access, failed_logins: FailedLogins) -> Response | None:
    if access.is_open:
        return None
    address = request.remote_addr or ""
    wait_s = failed_logins.wait_s(address)
    if wait_s > 0:
        seconds = int(wait_s) + 1
        return failure_response(
            429,
            "too_many_attempts",
            f"Too many wrong logins. Try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
    login = request.authorization
    if login is not None and access.accepts(login):
        return None
    if login is not None:
        failed_logins.note(address)
    return failure_response(
        401, "unauthorized", "Log in to use RaceLink.", headers={"WWW-Authenticate": access.challenge()}
    )


def _refuse_origin() -> Response | None:
    """A page of another site must not switch lamps: browsers say where a request comes from."""
    if request.method in _STATELESS or _is_same_origin():
        return None
    return failure_response(
        403, "forbidden_origin", "This request came from another site and was refused. Use RaceLink's own page."
    )


def _is_same_origin() -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if source:
        return _host_of(source) == request.host.lower()
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(default_port)


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass"))
