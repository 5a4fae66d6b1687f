"""What a site sets for lower platforms.

`accounts` user → password, who may sign in, empty for everyone · `keys` code of a platform → M1,
IA1 and IC1 · `secret` makes the verify codes · `gcj02` for platforms with shifted positions, also
where they do not say so · `sub_link` another listener calls the sub link · `centre`, `edition` of
the platform whose sub link this listener calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2s
from hmac import compare_digest
from typing import Any

from anlan.connectors.jt809.cipher import Numbers
from anlan.terms.errors import Malformed

_WORDS = {
    "accounts": dict, "keys": dict, "secret": str, "gcj02": bool, "sub_link": bool, "centre": int,
    "edition": int,
}  # fmt: skip
_EDITIONS = (2011, 2019)
GOOD, UNKNOWN_USER, WRONG_PASSWORD = 0, 3, 4
"""What a login is answered with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings by name; keys by the number of a platform's code, centre 0 where none is."""

    accounts: Mapping[str, str]
    keys: Mapping[int, Numbers]
    secret: bytes
    is_gcj02: bool
    has_sub_link: bool
    centre: int
    edition: int

    def result(self, login: Mapping[str, Any]) -> int:
        """The result of a login, from its fields."""
        if not self.accounts:
            return GOOD
        wanted = self.accounts.get(str(login.get("userId")))
        if wanted is None:
            return UNKNOWN_USER
        is_right = compare_digest(wanted.encode(), str(login.get("password", "")).encode())
        return GOOD if is_right else WRONG_PASSWORD

    def verify_code(self, centre: int) -> int:
        """With which our sub link proves to a platform that it is ours; the same each time."""
        made = blake2s(str(centre).encode(), key=blake2s(self.secret).digest()).digest()
        return int.from_bytes(made[:4], "big")


def settings_of(words: Mapping[str, Any]) -> Settings:
    """The settings of `Way.words`; Malformed where one is not right."""
    for name, value in words.items():
        if type(value) is not _WORDS.get(name):
            kinds = ", ".join(f"{known}: {kind.__name__}" for known, kind in _WORDS.items())
            raise Malformed(f"{name} = {value!r} is no setting of JT/T 809 ({kinds})")
    accounts = words.get("accounts", {})
    if not all(isinstance(one, str) for one in accounts.values()):
        raise Malformed("accounts must be a table from users to passwords, all of them texts")
    keys = {_code(code): _numbers(value) for code, value in words.get("keys", {}).items()}
    secret = str(words.get("secret", "")).encode()
    centre, edition = _code(str(words.get("centre", 0))), words.get("edition", 2011)
    if edition not in _EDITIONS:
        raise Malformed(f"edition must be one of {', '.join(map(str, _EDITIONS))}")
    is_gcj02, has_sub_link = bool(words.get("gcj02")), bool(words.get("sub_link"))
    return Settings(accounts, keys, secret, is_gcj02, has_sub_link, centre, edition)


def _code(text: str) -> int:
    if not text.isdecimal() or int(text) >= 1 << 32:
        raise Malformed(f"{text!r} is no code of a platform")
    return int(text)


def _numbers(value: Any) -> Numbers:
    is_right = isinstance(value, list) and len(value) == len(Numbers._fields)
    if is_right and all(type(one) is int and 0 <= one < 1 << 32 for one in value):
        return Numbers(*value)
    raise Malformed("keys must be a table from codes of platforms to [M1, IA1, IC1]")
