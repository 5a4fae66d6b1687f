"""`anlan export`: stored readings or changes as a file."""

from pathlib import Path
from typing import Any

import click

from anlan.site.cli.store import data_option, progress_of
from anlan.terms.errors import Malformed
from anlan.terms.times import FOREVER, NEVER, parse_time

_HELP = """Write stored readings or changes to a file.

\b
The ending of FILE says the form: .csv, .ndjson or .parquet.
  readings   sensor,time,value,quality,received: what `anlan replay` takes
  changes    one object a line as `anlan replay` writes it (.ndjson), or flat
             columns
Times are ISO 8601 with a zone, or ms UTC; --from is included, --to is not.
The file is there complete, or not at all.

\b
Examples:
  anlan export readings --out july.csv --from 2026-07-01T00:00:00+08:00 \\
      --to 2026-08-01T00:00:00+08:00
  anlan export readings --out two.parquet --sensors "river 3,gauge (7)"
  anlan export changes --out changes.ndjson
"""


class _Moment(click.ParamType[int]):
    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        try:
            return value if isinstance(value, int) else parse_time(value)
        except Malformed as error:
            self.fail(str(error), param, ctx)


@click.command(help=_HELP, short_help="Write stored readings or changes to a file.")
@click.argument("what", type=click.Choice(["readings", "changes"]))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file.")
@click.option("--sensors", help="Only these, by key, separated by commas; @FILE: one a line.")
@click.option("--from", "since", type=_Moment(), default=NEVER, help="The first moment.")
@click.option("--to", "until", type=_Moment(), default=FOREVER, help="The moment after the last.")
@data_option
def command(what: str, out: Path, sensors: str | None, data: Path, **span: int) -> None:
    if span["since"] > span["until"]:
        raise click.UsageError("--from lies after --to.")
    from anlan.history.log import store_in
    from anlan.history.store import Selection, export_changes, export_readings

    write = export_readings if what == "readings" else export_changes
    with progress_of(f"exporting {what}") as progress:
        chosen = Selection(sensors=_keys(sensors), **span)
        count = write(store_in(data), out, chosen, progress=progress)
    click.echo(f"{count:,} {what} written to {out}", err=True)


def _keys(text: str | None) -> frozenset[str] | None:
    """The keys that were named; a key that holds a comma needs a file."""
    if text is None:
        return None
    if not text.startswith("@"):
        return frozenset(key.strip() for key in text.split(",") if key.strip())
    try:
        lines = Path(text[1:]).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read ({error})", where=text[1:]) from error
    return frozenset(line.strip() for line in lines if line.strip())
