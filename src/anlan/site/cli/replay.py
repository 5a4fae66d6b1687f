"""`anlan replay`: readings from a file through the rules, to graded changes."""

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click

from anlan.live.replay.job import Job, Rules, run_job
from anlan.terms.errors import AnlanError, Malformed
from anlan.terms.times import parse_duration

_HELP = """Replay READINGS through the rules of a pack and write every change of level.

\b
READINGS is CSV, NDJSON or Parquet by its ending:
  sensor,time,value[,quality,received]
SENSORS.csv: sensor,quantity,object,name,lon,lat[,interval_s]
LIMITS.csv:  sensor,level,value,direction,deadband,valid_from,valid_to,source
Nothing else is needed: no store, no settings, no network. Files are written
complete, or not at all.

\b
Examples:
  anlan replay gauges.csv --sensors sensors.csv --limits limits.csv \\
      --pack flood --out changes.ndjson
  anlan replay gauges.parquet --sensors sensors.csv --limits limits.csv \\
      --pack flood --out changes.ndjson --report report.html \\
      --events floods.csv --on-delay 10min

\b
Exit status: 0 it ran to the end; rows that could not be taken are counted on
the last line of standard error · 1 a file cannot be read, a row of SENSORS,
LIMITS or EVENTS is wrong, or the pack is unknown; nothing is written · 2 wrong
usage.
"""


class _Duration(click.ParamType[int]):
    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        try:
            return value if isinstance(value, int) else parse_duration(value)
        except Malformed as error:
            self.fail(str(error), param, ctx)


DURATION = _Duration()
FILE = click.Path(path_type=Path)


class Meter:
    """How many rows have been replayed, on a terminal only."""

    def __init__(self) -> None:
        self.rows, self.shown = 0, 0
        self.is_terminal = sys.stderr.isatty()

    def advance(self, rows: int) -> None:
        self.rows += rows
        if self.is_terminal and self.rows - self.shown >= 1_000_000:
            self.shown = self.rows
            click.echo(f"\r{self.rows / 1e6:,.0f} M readings", nl=False, err=True)

    def end(self) -> None:
        """Leaves a clean line."""
        if self.shown:
            click.echo("\r" + " " * 40 + "\r", nl=False, err=True)


def stop_cleanly() -> None:
    """A termination is an orderly end, so that no half-written file stays."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)


def warn(sentence: str) -> None:
    """One warning on standard error."""
    click.echo(f"warning: {sentence}", err=True)


@click.command(help=_HELP, short_help="Replay a file of readings through the rules.")
@click.argument("readings", type=FILE)
@click.option("--sensors", type=FILE, required=True, help="The sensors, one a row.")
@click.option("--limits", type=FILE, required=True, help="Their dated limits, one a row.")
@click.option("--pack", required=True, help="The hazard pack, for example flood.")
@click.option("--out", type=FILE, required=True, help="Where the changes go, one JSON a line.")
@click.option("--summary", type=FILE, help="Counts, span and digest as JSON.")
@click.option("--report", type=FILE, help="One HTML file with a chart of every episode.")
@click.option(
    "--events", type=FILE, help="What happened in truth, for --report: object,start,end,level."
)
@click.option(
    "--gate",
    type=click.Choice(["accept", "confirm", "reject"]),
    help="What to do with an implausible jump, instead of what the pack says.",
)
@click.option("--on-delay", type=DURATION, help="How long a level must hold before it stands.")
@click.option("--off-delay", type=DURATION, help="How long it must be left before it ends.")
@click.option("--packs", type=FILE, help="A folder of your own laid over the packs.")
def command(**given: Any) -> None:
    if given["events"] is not None and given["report"] is None:
        raise click.UsageError("--events is judged in the report: say where with --report FILE")
    rules = Rules(
        sensors=given["sensors"],
        limits=given["limits"],
        pack=given["pack"],
        overlay=given["packs"],
        gate=given["gate"],
        on_delay_ms=given["on_delay"],
        off_delay_ms=given["off_delay"],
    )
    outputs = {name: given[name] for name in ("out", "summary", "report", "events")}
    meter = Meter()
    stop_cleanly()
    try:
        faults = run_job(
            Job(readings=given["readings"], rules=rules, **outputs),
            warn=warn,
            progress=meter.advance,
        )
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    finally:
        meter.end()
    click.echo(faults.line(), err=True)
