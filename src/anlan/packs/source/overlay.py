"""A city's overlay: values laid over a pack's, each with its source and its approver."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from anlan.packs.model import Override
from anlan.packs.source.document import Document, Stamp
from anlan.packs.source.positions import Path

ANSWERS = ("source", "approver")

_CONDITION_KEYS = {
    "threshold",
    "deadband",
    "on_delay",
    "off_delay",
    "min_hold",
    "mode",
    "k",
    "n",
    "min_coverage",
    "lower_bound",
    "season",
    "mark",
}
_GATE_KEYS = {
    "low",
    "high",
    "spike",
    "rate_per_h",
    "interval",
    "confirm",
    "max_gap",
    "stale",
    "flat",
    "flat_by",
    "skew",
    "basis",
}
CHANGEABLE = {
    "pack.toml": {"title", "about", "span"},
    "quantities.toml": {"title", *_GATE_KEYS},
    "rules.toml": {"title", "enabled", "version", "max_age", *_CONDITION_KEYS},
    "promotions.toml": {"title", "counts", "highest", "version"},
    "guidance.toml": {"line"},
    "warning.toml": {
        "title",
        "code",
        "valid",
        "buffer_m",
        "description",
        "caution",
        "ended",
        "roles",
        "region",
        "answer",
    },
    "incoming.toml": {
        "codes",
        "automatic",
        "response",
        "reason",
        "levels",
        "factor",
        "by",
        "grade",
    },
    "tests.toml": {"test"},
}
"""Keys that an overlay may change, by file; whole new rules and levels may be added."""

_NEW_DEPTH = {
    "rules.toml": (2, 3),
    "promotions.toml": (1,),
    "quantities.toml": (),
    "warning.toml": (2,),
    "incoming.toml": (1, 2, 3, 4),
}
"""How deep a table lies that may be wholly new: a rule, its level, a promotion, an event, a kind of
incoming warnings, its level, a quantity that it lowers."""


@dataclass(slots=True)
class Laid:
    """A document with an overlay on it, and what the overlay changed."""

    document: Document
    overrides: list[Override] = field(default_factory=list)


def lay(base: Document, over: Document, *, file: str) -> Laid:
    """`over` merged into `base`, table by table; lists of tables are added to, never replaced."""
    merged = Document(
        label=base.label,
        data=deepcopy(base.data),
        lines=base.lines,
        problems=base.problems,
        places=dict(base.places),
        stamps=dict(base.stamps),
    )
    layer = _Layer(merged, over, file)
    layer.merge((), merged.data, over.data, answers=None)
    return Laid(merged, layer.overrides)


class _Layer:
    def __init__(self, merged: Document, over: Document, file: str) -> None:
        self.merged = merged
        self.over = over
        self.file = file
        self.allowed = CHANGEABLE.get(file, set())
        self.overrides: list[Override] = []

    def wrong(self, path: Path, message: str) -> None:
        self.over.problems.add(self.over.where(path), message)

    def merge(
        self, path: Path, base: dict[str, Any], over: dict[str, Any], *, answers: Stamp | None
    ) -> None:
        answers = self.read_answers(path, over, answers)
        for key, value in over.items():
            if key in ANSWERS:
                continue
            here = (*path, key)
            if key in self.allowed:
                self.replace(here, base, value, answers=answers)
            elif isinstance(value, dict) and isinstance(base.get(key), dict):
                self.merge(here, base[key], value, answers=answers)
            elif isinstance(value, dict) and key not in base and self.may_add(here):
                self.add(here, base, value, answers=answers)
            elif key not in base:
                self.wrong(here, f"{_dotted(here)}: the pack has no such key to overlay")
            else:
                self.wrong(here, f"{_dotted(here)}: an overlay may not change this")

    def read_answers(self, path: Path, over: dict[str, Any], around: Stamp | None) -> Stamp | None:
        """Source and approver of this table, or those of the table around it."""
        values = [over.get(key) for key in ANSWERS]
        if values == [None, None]:
            return around
        source, approver = values
        if not (isinstance(source, str) and source.strip()):
            self.wrong((*path, "source"), "an overlay needs source, a text, beside its approver")
            return around
        if not (isinstance(approver, str) and approver.strip()):
            self.wrong((*path, "approver"), "an overlay needs approver, a text, beside its source")
            return around
        return Stamp(source, approver)

    def may_add(self, path: Path) -> bool:
        return len(path) in _NEW_DEPTH.get(self.file, ())

    def replace(
        self, path: Path, base: dict[str, Any], value: Any, *, answers: Stamp | None
    ) -> None:
        key = str(path[-1])
        if key in ("line", "test"):
            self.extend(path, base, value)
            return
        if not self.answered(path, answers):
            return
        self.note(path, base.get(key), value, answers=answers)
        self.stamp(path, answers=answers)
        base[key] = value

    def extend(self, path: Path, base: dict[str, Any], value: Any) -> None:
        """Adds guidance lines or tests, with their places in the overlay's file."""
        key = str(path[-1])
        if not isinstance(value, list):
            self.wrong(path, f"{key} must be a list of tables")
            return
        start = len(base.setdefault(key, []))
        base[key] += value
        for known in self.over.lines:
            if known[:1] == (key,) and len(known) > 1 and isinstance(known[1], int):
                moved = (key, known[1] + start, *known[2:])
                self.merged.places[moved] = self.over.where(known)

    def add(
        self, path: Path, base: dict[str, Any], value: dict[str, Any], *, answers: Stamp | None
    ) -> None:
        """A whole new rule, level or promotion."""
        answers = self.read_answers(path, value, answers)
        if not self.answered(path, answers):
            return
        base[str(path[-1])] = _without_answers(value)
        self.note(path, None, "added", answers=answers)
        for known in self.over.lines:
            if known[: len(path)] == path:
                self.merged.places[known] = self.over.where(known)
                if isinstance(_at(value, known[len(path) :]), dict):
                    self.merged.stamps[known] = answers  # type: ignore[assignment]  # answered above

    def answered(self, path: Path, answers: Stamp | None) -> bool:
        if answers is None:
            self.wrong(path, f"{_dotted(path)}: an overlaid value needs source and approver")
        return answers is not None

    def stamp(self, path: Path, *, answers: Stamp | None) -> None:
        """The table that holds the value now stands in the overlay's name, its lines there."""
        for known in self.over.lines:
            if known[: len(path)] == path:
                self.merged.places[known] = self.over.where(known)
        if answers is not None:
            self.merged.stamps[path[:-1]] = answers

    def note(self, path: Path, before: Any, after: Any, *, answers: Stamp | None) -> None:
        if answers is None:
            return
        self.overrides.append(
            Override(
                key=f"{self.file.removesuffix('.toml')}.{_dotted(path)}",
                before=before,
                after=after,
                source=answers.source,
                approver=answers.approver,
                where=self.over.where(path),
            )
        )


def _without_answers(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_answers(v) for k, v in value.items() if k not in ANSWERS}
    return value


def _at(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
