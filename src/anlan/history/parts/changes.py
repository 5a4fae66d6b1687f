"""Changes as flat columns: sealed, exported, and read back."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from anlan.history.parts.manifest import Kind, Manifest
from anlan.terms.changes import Change, Evidence
from anlan.terms.changes import Kind as Happening
from anlan.terms.errors import Malformed
from anlan.terms.levels import level_named

_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()
CHANGES = pa.schema(
    [
        ("seq", _WHOLE),
        ("index", _WHOLE),
        ("sensor", _TEXT),
        ("object", _TEXT),
        ("rule", _TEXT),
        ("kind", _TEXT),
        ("from", _TEXT),
        ("to", _TEXT),
        ("at", _WHOLE),
        ("rule_version", _TEXT),
        ("limit", _REAL),
        ("limit_source", _TEXT),
        ("value", _REAL),
        ("first_at", _WHOLE),
        ("n", _WHOLE),
        ("min", _REAL),
        ("max", _REAL),
        ("coverage", _REAL),
        ("quality", _TEXT),
        ("unit", _TEXT),
        ("formula", _TEXT),
    ]
)
_EVIDENCE = CHANGES.names[CHANGES.get_field_index("at") + 1 :]


class Told(NamedTuple):
    """A change with the place of its record and its number there, from 0."""

    seq: int
    number: int
    change: Change


def changes_table(told: Sequence[Told]) -> pa.Table:
    """The changes as columns."""
    return pa.Table.from_pylist([_flat(one) for one in told], schema=CHANGES)


def _flat(told: Told) -> dict[str, Any]:
    change = told.change
    row = {
        "seq": told.seq,
        "index": told.number,
        "sensor": change.sensor,
        "object": change.object,
        "rule": change.rule,
        "kind": change.kind.word,
        "from": change.before.word,
        "to": change.after.word,
        "at": change.at,
    }
    return row | {name: getattr(change.evidence, name) for name in _EVIDENCE}


def changes_of(table: pa.Table) -> Iterator[Told]:
    """The changes of columns, in their order."""
    for row in table.to_pylist():
        change = Change(
            sensor=row["sensor"],
            object=row["object"],
            rule=row["rule"],
            kind=Happening[row["kind"].upper()],
            before=level_named(row["from"]),
            after=level_named(row["to"]),
            at=row["at"],
            evidence=Evidence(**{name: row[name] for name in _EVIDENCE}),
        )
        yield Told(row["seq"], row["index"], change)


def sealed_changes(folder: Path, manifest: Manifest, seq: int) -> Iterator[Told]:
    """The sealed changes of the records from `seq` on, in log order."""
    for part in manifest.of(Kind.CHANGES):
        if part.last >= seq:
            for table in _groups_from(folder / part.file, seq):
                yield from (told for told in changes_of(table) if told.seq >= seq)


def _groups_from(path: Path, seq: int) -> Iterator[pa.Table]:
    try:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                if file.metadata.row_group(group).column(0).statistics.max >= seq:
                    yield file.read_row_group(group)
    except (OSError, pa.ArrowException) as error:
        raise Malformed(f"cannot be read ({error})", where=str(path)) from error
