"""Reads `[push.LEVEL]` of warning.toml: who is told of a risk of a level, and by when it is dealt
with."""

from collections.abc import Mapping

from anlan.packs.model import Pushing, Words
from anlan.packs.source.document import Table
from anlan.packs.source.fields import LEVEL_WORDS, read_source
from anlan.terms.levels import Level, level_named

SEATS = ("enterprise", "grid", "town", "department", "leader")
"""Who can be told, from the nearest up: who answers for the thing itself, the village's grid
worker, the town, the county's departments, the county's leader."""

_OURS = Words(
    "惯例：分级管控、逐级督办；推送对象与时限请以本地规定替换",
    "practice: graded control; replace who is told and the times by the rules of the place",
)
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000


def _ours(seats: int, take_ms: int, report_ms: int, close_ms: int) -> Pushing:
    return Pushing(seats=SEATS[:seats], take_ms=take_ms, report_ms=report_ms, close_ms=close_ms,
                   unverified=_OURS)  # fmt: skip


PUSHING: Mapping[Level, Pushing] = {
    Level.RED: _ours(5, 30 * _MINUTE, 2 * _HOUR, _DAY),
    Level.ORANGE: _ours(4, _HOUR, 4 * _HOUR, 3 * _DAY),
    Level.YELLOW: _ours(3, 2 * _HOUR, _DAY, 7 * _DAY),
    Level.BLUE: _ours(2, 4 * _HOUR, 3 * _DAY, 30 * _DAY),
}
"""Where a pack says nothing else."""


def read_pushing(root: Table) -> Mapping[Level, Pushing]:
    """Who is told of a risk by its level; the default for each level that the pack does not
    name."""
    found = dict(PUSHING)
    for name, table in root.named_tables().items():
        if name not in LEVEL_WORDS:
            table.wrong(f"{name!r} is no level")
            continue
        found[level_named(name)] = _read_push(table)
        table.finish()
    return found


def _read_push(table: Table) -> Pushing:
    seats = table.texts("seats")
    for seat in seats:
        if seat not in SEATS:
            table.wrong(f"no such seat {seat!r}: {', '.join(SEATS)}", "seats")
    if not seats:
        table.wrong("somebody must be told: seats = […]", "seats")
    times = [table.duration(name) for name in ("take", "report", "close")]
    if not 0 < times[0] <= times[1] <= times[2]:
        table.wrong("take, report and close must follow each other", "take")
    source = read_source(table, what="who is told of a risk")
    return Pushing(
        seats=tuple(one for one in SEATS if one in seats),
        take_ms=times[0], report_ms=times[1], close_ms=times[2], unverified=source.unverified,
    )  # fmt: skip
