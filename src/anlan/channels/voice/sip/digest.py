"""Digest authorisation: MD5 as every exchange knows it (RFC 2617), SHA-256 (RFC 8760)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.channels.voice.sip.message import split, unquoted

_HASHES = {"sha-256": hashlib.sha256, "md5": hashlib.md5}
"""The stronger first."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are at the exchange."""

    user: str
    password: str = field(repr=False)


def answered(
    challenges: Iterable[str], login: Login, *, method: str, uri: str, cnonce: str
) -> str | None:
    """The credentials for the best of some challenges; None where none can be answered.

    cnonce: a chance of the caller's.
    """
    read = [_parameters(one) for one in challenges if one[:7].lower() == "digest "]
    usable = [one for one in read if _algorithm(one) in _HASHES and _qop(one) is not None]
    found = min(usable, key=lambda one: list(_HASHES).index(_algorithm(one)), default=None)
    if found is None or "nonce" not in found:
        return None
    return _written(found, login, method=method, uri=uri, cnonce=cnonce)


def _written(asked: dict[str, str], login: Login, *, method: str, uri: str, cnonce: str) -> str:
    realm, nonce, qop = asked.get("realm", ""), asked["nonce"], _qop(asked)
    told = {"username": login.user, "realm": realm, "nonce": nonce, "uri": uri}
    if "opaque" in asked:
        told["opaque"] = asked["opaque"]
    secret = _hashed(asked, f"{login.user}:{realm}:{login.password}")
    what = _hashed(asked, f"{method}:{uri}")
    middle = f"{nonce}:00000001:{cnonce}:auth" if qop else nonce
    told["response"] = _hashed(asked, f"{secret}:{middle}:{what}")
    if qop:
        told["cnonce"] = cnonce
    bare = ", qop=auth, nc=00000001" if qop else ""
    if "algorithm" in asked:
        bare += f", algorithm={asked['algorithm']}"
    return "Digest " + ", ".join(f'{n}="{_escaped(v)}"' for n, v in told.items()) + bare


def is_right(credentials: str, login: Login, *, method: str, nonce: str) -> bool:
    """Whether credentials answer our challenge: what an exchange asks itself."""
    told = _parameters(credentials)
    if told.get("username") != login.user or told.get("nonce") != nonce:
        return False
    if _algorithm(told) not in _HASHES:
        return False
    again = _written(
        {n: told[n] for n in ("realm", "nonce", "algorithm", "opaque", "qop") if n in told}, login,
        method=method, uri=told.get("uri", ""), cnonce=told.get("cnonce", ""),
    )  # fmt: skip
    return _parameters(again)["response"] == told.get("response")


def _hashed(asked: dict[str, str], text: str) -> str:
    return _HASHES[_algorithm(asked)](text.encode()).hexdigest()


def _algorithm(asked: dict[str, str]) -> str:
    return asked.get("algorithm", "MD5").lower()


def _qop(asked: dict[str, str]) -> str | None:
    """`auth`, empty where the challenge names none, None where it wants more than that."""
    told = split(asked.get("qop", "").lower())
    return None if told and "auth" not in told else "auth" if told else ""


def _parameters(value: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in split(value.partition(" ")[2]))
    return {name.strip().lower(): unquoted(told.strip()) for name, _, told in pairs}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
