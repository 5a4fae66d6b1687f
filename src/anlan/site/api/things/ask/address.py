"""The path of an address: an entity set, links, a property."""

import re
from typing import NamedTuple
from urllib.parse import quote

from anlan.terms.errors import Malformed

_STEP = re.compile(r"([^/()']+)(?:\(\s*(?:'((?:[^']|'')*)'|(-?\d{1,18}))\s*\))?(?:/|$)")
_MOST = 12


class Step(NamedTuple):
    """One step of a path; key: None where it names no single one."""

    name: str
    key: str | None = None


def steps(path: str) -> list[Step]:
    """The steps of a path. Raises Malformed where it is none."""
    found: list[Step] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or len(found) == _MOST:
            raise Malformed(f"This is no path: {path[at : at + 60]!r}.", where="path")
        text, number = match[2], match[3]
        key = number if text is None else text.replace("''", "'")
        found.append(Step(match[1], key))
        at = match.end()
    return found


def link_to(name: str, key: str) -> str:
    """The path of one entity."""
    return f"{name}('{quote(key.replace(chr(39), chr(39) * 2), safe=chr(39))}')"
