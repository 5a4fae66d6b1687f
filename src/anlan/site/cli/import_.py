"""`anlan import`: a file of readings into the store, through the running service or directly."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.store import data_option

_HELP = """Send the readings of FILE into the store; changes follow as from any source.

\b
FILE is CSV, NDJSON or Parquet by its ending:
  sensor,time,value[,quality,received]
It goes through the running service, or straight into the store where none runs.
Importing again changes nothing: what is stored already is counted as duplicate,
so an import that was cut short is simply started again. Rows that cannot be
taken go to the quarantine of `operator`.

\b
Examples:
  anlan import july.csv
  anlan import archive.parquet --data /srv/anlan
"""
_ROWS = 50_000


@click.command("import", help=_HELP, short_help="Send a file of readings into the store.")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def command(file: Path, data: Path) -> None:
    use_cache(data)
    from anlan.live.filing import import_file

    meter = _Meter()
    counts = import_file(data, file, progress=meter.advance, rows=_ROWS)
    meter.end()
    click.echo(sentence(counts))
    if counts["unknown_sensor"] and not counts["accepted"] + counts["duplicates"]:
        click.echo(
            f"None of these sensors is registered in {data}. Register them (anlan sensors import), "
            "then take the rows out of the quarantine (anlan quarantine replay).",
            err=True,
        )


def sentence(counts: Counter[str]) -> str:
    """What became of the rows."""
    rest = {k: n for k, n in counts.items() if k not in ("accepted", "duplicates") and n}
    refused = ", ".join(f"{code} {n:,}" for code, n in sorted(rest.items())) or "none"
    return (
        f"{counts['accepted']:,} stored, {counts['duplicates']:,} were stored before; "
        f"refused: {refused}"
    )


class _Meter:
    """Rows so far, on a terminal only."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()

    def advance(self, rows: int, total: Any) -> None:
        if self.is_terminal:
            share = f" of {total:,}" if total else ""
            click.echo(f"\r{rows:,}{share} readings", nl=False, err=True)

    def end(self) -> None:
        if self.is_terminal:
            click.echo("\r" + " " * 60 + "\r", nl=False, err=True)
