"""What the provider of the unified sign-in says of itself, asked for seldom and not for long."""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from anlan.terms.errors import Unavailable

WAIT_S = 5.0
_HOLDS_S, _FAILS_S, _MOST_BYTES = 600.0, 10.0, 1_000_000
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the unified sign-in is, and as whom this site asks there."""

    issuer: str
    client: str
    secret: str


class _Known:
    """What was last said by each issuer, or why nothing was; until when it holds.

    Anybody may open the address that begins a sign-in: however many do, the provider is asked once
    in ten minutes, and once in ten seconds while it fails.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._said: dict[str, tuple[float, dict[str, Any] | Unavailable]] = {}

    def of(self, issuer: str) -> dict[str, Any]:
        if not self._guard.acquire(timeout=2 * WAIT_S):
            raise Unavailable("the unified sign-in does not answer")
        try:
            until, said = self._said.get(issuer, (0.0, Unavailable("")))
            if time.monotonic() >= until:
                said = _asked(issuer)
                holds_s = _FAILS_S if isinstance(said, Unavailable) else _HOLDS_S
                self._said[issuer] = (time.monotonic() + holds_s, said)
        finally:
            self._guard.release()
        if isinstance(said, Unavailable):
            raise Unavailable(str(said))
        return said

    def forget(self) -> None:
        """Asks anew next time."""
        self._said.clear()


KNOWN = _Known()


def about(provider: Provider) -> dict[str, Any]:
    """What the provider says of itself; its issuer must be the one that the site trusts."""
    return KNOWN.of(provider.issuer.rstrip("/"))


def _asked(issuer: str) -> dict[str, Any] | Unavailable:
    try:
        found = fetched(issuer + "/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise Unavailable("the unified sign-in names another issuer than the options do")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _check_address(str(found.get(name, "")))
    except Unavailable as error:
        return error
    return found


def fetched(address: str) -> dict[str, Any]:
    """A JSON object from an address; Unavailable where it is none, too large or too slow."""
    _check_address(address)
    try:
        found = json.loads(_body(address))
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(f"the unified sign-in does not answer ({error})") from error
    if not isinstance(found, dict):
        raise Unavailable("the unified sign-in answers nonsense")
    return found


def _body(address: str) -> bytes:
    end, body = time.monotonic() + WAIT_S, b""
    with httpx.stream("GET", address, timeout=WAIT_S) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _MOST_BYTES or time.monotonic() > end:
                raise Unavailable("the unified sign-in answers too much, or too slowly")
    return body


def _check_address(address: str) -> None:
    """Secrets go over https only, but for a provider on this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise Unavailable("the unified sign-in must be reached by https")
