"""Passwords and codes of devices, which stand in what they say and nobody is shown."""

from collections.abc import Mapping
from typing import Any

from anlan.live.gateway.protocols import names, speech_of

COVER = "******"
_WHOLE = ("body", "data")
"""Fields that hold the bytes of all others."""


def hidden(told: Mapping[str, Any], protocol: str) -> dict[str, Any]:
    """A question with its words and answers, every secret of that protocol covered; of a protocol
    that is not known, those of all."""
    known = [protocol] if protocol in names() else names()
    secret = frozenset(one for name in known for one in speech_of(name).secrets)
    return {str(name): _covered(value, secret) for name, value in told.items()}


def _covered(value: Any, secret: frozenset[str]) -> Any:
    if isinstance(value, list | tuple):
        return [_covered(one, secret) for one in value]
    if not isinstance(value, Mapping):
        return value
    told = {str(key): _covered(one, secret) for key, one in value.items()}
    for key in told:
        if key in secret:
            told[key] = COVER
    if value.get("name") in secret:  # a setting that stands by its name
        told |= {key: COVER for key in ("value", "raw") if key in told}
    if told != dict(value):
        told |= {key: COVER for key in _WHOLE if key in told}
    return told
