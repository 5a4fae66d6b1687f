"""The fields of a frame: what its codes mean, and CP as a tree."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from anlan.connectors.hj212.codes import (
    ACCEPTED,
    DOWN,
    EXECUTED,
    SYSTEMS,
    UP,
    VERSIONS,
    mark_of,
)
from anlan.connectors.hj212.quantities import described
from anlan.connectors.hj212.readings import LONGEST, MARK, OTHER, parted
from anlan.connectors.hj212.segment import Flag, Pair

_QUESTION = {"PolId", "BeginTime", "EndTime", "InfoId"}
_RESULTS = {"QnRtn": ACCEPTED, "ExeRtn": EXECUTED}
_NORMAL = mark_of("N")


class Said(NamedTuple):
    """What was said."""

    head: Mapping[str, str]
    flag: Flag | None
    pairs: list[Pair]


class Fields(Mapping[str, Any]):
    """Told when somebody looks: most frames are never looked at."""

    __slots__ = ("_said", "_told")

    def __init__(self, said: Said) -> None:
        self._said = said
        self._told: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Any]:
        if not self._told:
            self._told = _told(self._said)
        return self._told


def _told(said: Said) -> dict[str, Any]:
    head, flag, pairs = said
    tree = tree_of(pairs)
    marks = ((code, mark_of(text)) for code, _, role, text in _parts(pairs) if role == MARK)
    names = {
        "version": VERSIONS.get(flag.version, str(flag.version)) if flag else None,
        "system": SYSTEMS.get(head.get("ST", "")),
        "command": _command(head["CN"], pairs),
        "result": _result(head["CN"], pairs),
        "quantities": described(code for code, value in tree.items() if type(value) is dict),
        "marks": {code: mark.name for code, mark in marks if mark is not _NORMAL},
    }
    is_read = not pairs or any(value for _, value in pairs)
    fields = {"parse": "fields" if is_read else "raw", "CP": tree}
    return fields | {name: value for name, value in names.items() if value}


def _parts(pairs: list[Pair]) -> Iterator[tuple[str, str, int, str]]:
    for name, text in pairs:
        yield *(parted(name) if len(name) < LONGEST else (name, "", OTHER)), text


def tree_of(pairs: list[Pair]) -> dict[str, Any]:
    """Pairs as a tree: `w01018-Rtd=2.2` under w01018; what stands there twice is a list."""
    tree: dict[str, Any] = {}
    for code, kind, _, text in _parts(pairs):
        inner = tree.setdefault(code, {}) if kind else tree
        if type(inner) is dict:
            _put(inner, kind or code, text)
        else:  # the code stands alone too
            _put(tree, f"{code}-{kind}", text)
    return tree


def _put(tree: dict[str, Any], name: str, text: str) -> None:
    before = tree.get(name)
    if before is None:
        tree[name] = text
    elif type(before) is list:
        before.append(text)
    elif type(before) is dict:
        _put(before, "", text)
    else:
        tree[name] = [before, text]


def _command(command: str, pairs: list[Pair]) -> str | None:
    """What a command is called: of the two ends the one that would say this with it."""
    is_answer = bool(pairs) and not _QUESTION.issuperset(name for name, _ in pairs)
    one, other = (UP, DOWN) if is_answer else (DOWN, UP)
    return one.get(command) or other.get(command)


def _result(command: str, pairs: list[Pair]) -> dict[str, Any] | None:
    for name, value in pairs if command in ("9011", "9012") else ():
        if name in _RESULTS:
            code = number_of(value)
            return {"code": code, "text": _RESULTS[name].get(code or 0, "")}
    return None


def number_of(text: str) -> int | None:
    """A whole number of up to nine digits; None for another text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
