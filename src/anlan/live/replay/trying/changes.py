"""Change files read back: one change a line, as `anlan replay` and the log write them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from anlan.live.replay.reading.files import unreadable
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import level_named
from anlan.terms.times import parse_time

_EVIDENCE = set(Evidence.__dataclass_fields__)


def read_changes(path: Path) -> Iterator[Change]:
    """The changes of an NDJSON file in file order; Malformed names a wrong line."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield change_of(line, where=f"{path.name}:{number}")
    except OSError as error:
        raise unreadable(path, error) from error


def change_of(line: bytes | str, *, where: str) -> Change:
    """The change that a line tells; Malformed where it is none."""
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
        kind = Kind[str(fields["kind"]).upper()]
        return Change(
            sensor=fields["sensor"],
            object=fields["object"],
            rule=fields["rule"],
            kind=kind,
            before=level_named(fields["from"]),
            after=level_named(fields["to"]),
            at=parse_time(fields["at"]),
            evidence=_evidence(fields.get("evidence") or {}),
        )
    except (msgspec.DecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Malformed(f"is no change ({error})", where=where) from error


def _evidence(fields: dict[str, Any]) -> Evidence:
    known = {name: cell for name, cell in fields.items() if name in _EVIDENCE}
    first = known.get("first_at")
    return Evidence(**{**known, "first_at": None if first is None else parse_time(first)})
