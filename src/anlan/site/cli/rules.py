"""`anlan rules`: try rules before they count: preview, shadow, diff."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from anlan.live.replay.changes import read_changes
from anlan.live.replay.compare import Comparison, compare
from anlan.live.replay.job import Rules, plan_of
from anlan.live.replay.outputs import all_or_none, check_targets
from anlan.live.replay.run import replay
from anlan.live.replay.trial import differences, lines, trial
from anlan.site.cli.replay import DURATION, FILE, Meter, warn
from anlan.terms.errors import AnlanError

_EXAMPLES = """
\b
Examples:
  anlan rules diff a.ndjson b.ndjson
  anlan rules preview --readings july.csv --sensors sensors.csv --pack flood \\
      --present limits.csv --limits new-limits.csv
"""


@click.group("rules", epilog=_EXAMPLES, short_help="Try rules before they count.")
def command() -> None:
    """Try limits and rules before they count: on history, beside live, side by side."""


@command.command("diff")
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--out", type=FILE, help="Every difference as one JSON object a line.")
def diff(a: Path, b: Path, out: Path | None) -> None:
    """Say what two change files tell differently, episode by episode.

    Exit status: 0 they tell the same, 1 they differ or cannot be read.
    """
    try:
        check_targets([out] if out else [], [a, b])
        found = compare(read_changes(a), read_changes(b))
        _write(found, out)
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    for line in differences(found, ("A", "B")):
        click.echo(line)
    raise SystemExit(1 if found.differences else 0)


@command.command("preview")
@click.option("--limits", type=FILE, required=True, help="The candidate's limits.")
@click.option("--readings", type=FILE, required=True, help="History: CSV, NDJSON or Parquet.")
@click.option("--sensors", type=FILE, required=True, help="The sensors of that history.")
@click.option("--present", type=FILE, required=True, help="The limits now in force.")
@click.option("--pack", required=True, help="The hazard pack, for example flood.")
@click.option("--gate", type=click.Choice(["accept", "confirm", "reject"]), help="Candidate's.")
@click.option("--on-delay", type=DURATION, help="The candidate's on-delay.")
@click.option("--off-delay", type=DURATION, help="The candidate's off-delay.")
@click.option("--packs", type=FILE, help="The candidate's overlay of the packs.")
@click.option("--out", type=FILE, help="Every difference as one JSON object a line.")
def preview(**given: Any) -> None:
    """Replay history under the present limits and under new ones, and compare.

    Tells the raises per level and day, the load on duty, floods, and what the candidate would
    have detected earlier, later, in addition or no more. Nothing is changed.
    """
    now = Rules(sensors=given["sensors"], limits=given["present"], pack=given["pack"])
    then = dataclasses.replace(
        now,
        limits=given["limits"],
        overlay=given["packs"],
        gate=given["gate"],
        on_delay_ms=given["on_delay"],
        off_delay_ms=given["off_delay"],
    )
    meter = Meter()
    try:
        plans = [plan_of(rules, warn) for rules in (now, then)]
        sides = [replay(given["readings"], plan, progress=meter.advance) for plan in plans]
        found = trial(*sides)
        _write(found.comparison, given["out"])
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    finally:
        meter.end()
    for line in lines(found):
        click.echo(line)


def _write(found: Comparison, out: Path | None) -> None:
    if out is None:
        return
    with all_or_none() as outputs:
        outputs.write(out, _as_lines(found))


def _as_lines(found: Comparison) -> Iterable[bytes]:
    for difference in found.differences:
        yield (json.dumps(difference.as_dict(), ensure_ascii=False) + "\n").encode()
