"""Digest authentication of devices (RFC 2617 MD5, with qop or without; RFC 7616 SHA-256)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

from anlan.connectors.gb28181.sip.message import parts, unquoted

MD5, SHA256 = "MD5", "SHA-256"
_HASHES = {MD5: hashlib.md5, SHA256: hashlib.sha256}
ALGORITHMS = (MD5, SHA256)


class Account(NamedTuple):
    """Who may register: the user that the device names, and its password."""

    user: str
    password: str


def credentials(value: str) -> dict[str, str]:
    """The words of an Authorization or a challenge by their names in small letters."""
    scheme, _, rest = value.strip().partition(" ")
    told = {"scheme": scheme}
    for one in parts(rest):
        name, equals, said = one.partition("=")
        if equals:
            told.setdefault(name.strip().lower(), unquoted(said.strip()))
    return told


def challenge(realm: str, nonce: str, algorithm: str = MD5, *, has_qop: bool = False) -> str:
    """What a device is asked for. MD5 without qop stands without a name, as every device of 2016
    knows it; another algorithm always has a qop."""
    told = f'Digest realm="{realm}", nonce="{nonce}"'
    is_plain = algorithm == MD5 and not has_qop
    return told if is_plain else f'{told}, algorithm={algorithm}, qop="auth"'


def response(told: Mapping[str, str], account: Account, method: str) -> str | None:
    """The response that these words should bear; None where their algorithm or qop is unknown."""
    make = _HASHES.get(told.get("algorithm", MD5).upper() or MD5)
    qop = told.get("qop", "")
    if make is None or qop not in ("", "auth"):
        return None

    def hashed(text: str) -> str:
        return make(text.encode()).hexdigest()

    secret = hashed(f"{account.user}:{told.get('realm', '')}:{account.password}")
    what = hashed(f"{method}:{told.get('uri', '')}")
    nonce = told.get("nonce", "")
    if qop:
        nonce = ":".join((nonce, told.get("nc", ""), told.get("cnonce", ""), qop))
    return hashed(f"{secret}:{nonce}:{what}")


def is_right(told: Mapping[str, str], account: Account, method: str) -> bool:
    """Whether credentials prove that the device knows the password."""
    wanted = response(told, account, method)
    said = told.get("response", "").lower()
    is_same = wanted is not None and hmac.compare_digest(wanted.encode(), said.encode())
    return is_same and told.get("username") == account.user


def written(told: Mapping[str, str], account: Account, method: str) -> str:
    """An Authorization for a challenge's words, with uri, and cnonce and nc where it has a qop."""
    said = {"username": account.user, **told, "response": response(told, account, method) or ""}
    bare = ("algorithm", "qop", "nc", "scheme")
    quoted = [f'{name}="{value}"' for name, value in said.items() if name not in bare]
    plain = [f"{name}={said[name]}" for name in bare[:3] if said.get(name)]
    return "Digest " + ", ".join(quoted + plain)
