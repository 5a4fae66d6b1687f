"""`anlan rules`: try rules before they count (preview, shadow, diff), then adopt them."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import click

from anlan.engine.plan import Plan
from anlan.live.replay.job import Rules, plan_of
from anlan.live.replay.outputs import all_or_none, check_targets
from anlan.live.replay.run import Replayed, replay, replay_from
from anlan.live.replay.trying.changes import read_changes
from anlan.live.replay.trying.compare import Comparison, compare
from anlan.live.replay.trying.trial import differences, duties, lines, trial
from anlan.site.cli.adopt import adopt
from anlan.site.cli.replay import DURATION, FILE, Meter, stop_cleanly, warn
from anlan.terms.errors import AnlanError
from anlan.terms.times import NEVER

_EXAMPLES = """
\b
Examples:
  anlan rules diff a.ndjson b.ndjson
  anlan rules preview --data data --days 30 --limits new-limits.csv
  anlan rules preview --readings july.csv --sensors sensors.csv --pack flood \\
      --present limits.csv --limits new-limits.csv
  anlan rules shadow --data data --limits new-limits.csv \\
      --state shadow.state --out shadow.ndjson --follow
  anlan rules adopt --policy rebuild
"""
_POLL_S = 1.0
_DAY_MS = 86_400_000


@click.group("rules", epilog=_EXAMPLES, short_help="Try rules before they count.")
def command() -> None:
    """Try limits and rules before they count: on history, beside live, side by side.

    Then put the rules in force with `adopt`, and limits with `anlan limits import`.
    """


command.add_command(adopt)


def _candidate(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say what is tried."""
    options = (
        click.option("--limits", type=FILE, help="The candidate's limits (LIMITS.csv)."),
        click.option("--pack", help="The pack: of the readings, or tried instead of the store's."),
        click.option("--packs", type=FILE, help="The candidate's overlay of the packs."),
        click.option(
            "--gate",
            type=click.Choice(["accept", "confirm", "reject"]),
            help="What the candidate does with an implausible jump.",
        ),
        click.option("--on-delay", type=DURATION, help="The candidate's on-delay."),
        click.option("--off-delay", type=DURATION, help="The candidate's off-delay."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command("diff")
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--out", type=FILE, help="Every difference as one JSON object a line.")
def diff(a: Path, b: Path, out: Path | None) -> None:
    """Say what two change files tell differently, episode by episode.

    Exit status: 0 they tell the same · 1 they differ, or cannot be read.
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
@_candidate
@click.option("--data", type=FILE, help="A data folder: history and present rules of its store.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Its last days only.")
@click.option("--readings", type=FILE, help="Or history from a file.")
@click.option("--sensors", type=FILE, help="The sensors of that file.")
@click.option("--present", type=FILE, help="The limits now in force for that file.")
@click.option("--out", type=FILE, help="The load of both, then every difference, a JSON a line.")
def preview(**given: Any) -> None:
    """Replay history under the present rules and under a candidate, and compare.

    Tells the load on duty under both (raises a day by level, most in 10 minutes and in an hour,
    time in flood, chattering and noisiest sensors, what stood over 24 h), and what the candidate
    would have detected earlier, later, in addition or no more. Nothing is changed.
    """
    if (given["data"] is None) == (given["readings"] is None):
        raise click.UsageError("give either --data or --readings")
    meter = Meter()
    try:
        sides = (_from_store if given["data"] else _from_file)(given, meter)
        found = trial(*sides)
        _write(found.comparison, given["out"], duties(found))
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    finally:
        meter.end()
    for line in lines(found):
        click.echo(line)


def _from_file(given: dict[str, Any], meter: Meter) -> tuple[Replayed, Replayed]:
    missing = [name for name in ("sensors", "present", "pack") if given[name] is None]
    if missing:
        raise click.UsageError(f"--readings also needs --{' --'.join(missing)}")
    now = Rules(sensors=given["sensors"], limits=given["present"], pack=given["pack"])
    then = dataclasses.replace(
        now,
        limits=given["limits"] or now.limits,
        overlay=given["packs"],
        gate=given["gate"],
        on_delay_ms=given["on_delay"],
        off_delay_ms=given["off_delay"],
    )

    def run(rules: Rules) -> Replayed:
        return replay(given["readings"], plan_of(rules, warn), progress=meter.advance)

    return run(now), run(then)


def _from_store(given: dict[str, Any], meter: Meter) -> tuple[Replayed, Replayed]:
    from anlan.history.log import store_in
    from anlan.history.query import Archive
    from anlan.history.registry import Registry
    from anlan.live.replay.trying import past

    candidate = _candidate_of(given)
    with Archive(store_in(given["data"])) as archive:
        registry = Registry.from_log(archive.log)
        limits = past.candidate_limits(registry, candidate)
        plans = (past.present_plan(registry), past.candidate_plan(registry, candidate, limits))
        source = past.readings_since(archive, _since(archive.log, given["days"]))

        def run(plan: Plan) -> Replayed:
            return replay_from(source, plan, progress=meter.advance)

        return run(plans[0]), run(plans[1])


@command.command("shadow")
@_candidate
@click.option("--data", type=FILE, required=True, help="The data folder of the running store.")
@click.option("--state", type=FILE, required=True, help="Where the shadow remembers its place.")
@click.option("--out", type=FILE, required=True, help="The candidate's changes, appended.")
@click.option("--days", type=click.FloatRange(min=0), default=0.0, help="Begin so far back.")
@click.option("--follow", is_flag=True, help="Stay and judge what comes, until stopped.")
def shadow(**given: Any) -> None:
    """Let a candidate judge the same log beside live, and write its own changes.

    It only reads the log; live knows nothing of it. Stopped and started again with the same
    --state it goes on where it was. Compare with `anlan rules diff`.
    """
    stop_cleanly()
    try:
        _run_shadow(given)
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        return


def _run_shadow(given: dict[str, Any]) -> None:
    from anlan.history.log import store_in
    from anlan.history.query import Archive
    from anlan.live.replay.trying.shadow import Files, Shadow

    check_targets([given["state"], given["out"]], [])
    files = Files(state=given["state"], out=given["out"])
    with Archive(store_in(given["data"])) as archive:
        since = _since(archive.log, given["days"])
        found = Shadow(archive, _candidate_of(given), files, since=since)
        click.echo(f"{found.catch_up():,} changes written to {files.out}", err=True)
        while given["follow"]:
            time.sleep(_POLL_S)
            found.catch_up()


def _candidate_of(given: dict[str, Any]) -> Any:
    from anlan.live.replay.trying.past import Candidate

    return Candidate(
        limits=given["limits"],
        pack=given["pack"],
        overlay=given["packs"],
        gate=given["gate"],
        on_delay_ms=given["on_delay"],
        off_delay_ms=given["off_delay"],
    )


def _since(log: Any, days: float | None) -> int:
    """The moment so many days before the newest record, ms UTC; NEVER for all."""
    from anlan.live.replay.trying.past import newest_at

    return NEVER if days is None else newest_at(log) + 1 - round(days * _DAY_MS)


def _write(found: Comparison, out: Path | None, first: Iterable[dict[str, Any]] = ()) -> None:
    if out is None:
        return
    told = chain(first, (difference.as_dict() for difference in found.differences))
    with all_or_none() as outputs:
        outputs.write(out, ((json.dumps(one, ensure_ascii=False) + "\n").encode() for one in told))
