"""`anlan sensors look`: what the advisory detectors say of one sensor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.replay import DURATION, FILE
from anlan.site.cli.store import data_option
from anlan.terms.errors import Malformed
from anlan.terms.times import format_time, parse_time

_HELP = """Say where the course of SENSOR leads, and whether it is unusual.

\b
forecast   a straight line through its last readings, and when it reaches the
           next limit that it has not reached; told only where the slope is more
           than the scatter, and for at most four times the line's own length
unusual    the newest reading beside the same time of the seven days before
shifts     where the mean has shifted (CUSUM); a flood is one, too

These are hints: no rule hears of them, they raise and suppress nothing. The
readings are those of the store, or of a file with its registers. --at looks as
of an earlier moment.

\b
Examples:
  anlan sensors look gauge-1
  anlan sensors look gauge-1 --at 2026-07-21T02:00:00+08:00 --window 6h
  anlan sensors look gauge-1 --readings july.csv --sensors sensors.csv \\
      --limits limits.csv --pack flood --lang zh-hans
"""
_SHOWN_READINGS = 200

Load = Callable[[int, int], Any]


@click.command("look", help=_HELP, short_help="Where a sensor's course leads; a hint.")
@click.argument("sensor")
@data_option
@click.option("--readings", type=FILE, help="A file of readings instead of the store.")
@click.option("--sensors", type=FILE, help="The sensors of that file.")
@click.option("--limits", type=FILE, help="Their limits.")
@click.option("--pack", help="Their pack.")
@click.option("--at", help="Look as of this moment (ISO 8601 with a zone); default: the newest.")
@click.option(
    "--window", type=DURATION, help="How long a line; default: 12 readings, and the last 4."
)
@click.option("--lang", type=click.Choice(["en", "zh-hans"]), default="en", show_default=True)
def look(sensor: str, data: Path, **given: Any) -> None:
    use_cache(data)
    if given["window"] == 0:
        raise click.UsageError("--window must be longer than nothing")
    at = None if given["at"] is None else parse_time(given["at"])
    if given["readings"] is None:
        for name in ("sensors", "limits", "pack"):
            if given[name] is not None:
                raise click.UsageError(f"--{name} goes with --readings")
        _of_store(sensor, data, at, given)
        return
    missing = [name for name in ("sensors", "limits", "pack") if given[name] is None]
    if missing:
        raise click.UsageError(f"--readings also needs --{' --'.join(missing)}")
    _of_file(sensor, at, given)


def _of_store(key: str, data: Path, at: int | None, given: dict[str, Any]) -> None:
    from anlan.history.log import store_in
    from anlan.history.query import Archive, Span, latest
    from anlan.history.registry import Registry
    from anlan.live.hints.advice import known_of

    with Archive(store_in(data)) as archive:
        registry = Registry.from_log(archive.log)
        handle = registry.handle.get(key)
        if handle is None:
            raise Malformed(f"no such sensor: {key!r}")
        rules = list(registry.rule_sets.values())
        subject = _subject(registry.sensors[handle], registry.limits_of(key), rules, given)

        def load(low: int, high: int) -> Any:
            rows = archive.rows([handle], Span(low, high))
            return known_of((rows.time, rows.value, rows.quality), subject.gate)

        newest = latest(archive, [handle]).time
        now = at if at is not None else int(newest[0]) if len(newest) else 0
        _tell(subject, load, now, source=f"{data}, {archive.log.last():,} records", given=given)


def _of_file(key: str, at: int | None, given: dict[str, Any]) -> None:
    from anlan.live.hints.advice import Course
    from anlan.live.replay.job import Rules, plan_of
    from anlan.site.cli.replay import warn

    plan = plan_of(
        Rules(sensors=given["sensors"], limits=given["limits"], pack=given["pack"]), warn
    )
    if key not in plan.handle:
        raise Malformed(f"no such sensor: {key!r}", where=str(given["sensors"]))
    own = [limit for limit in plan.limits if limit.sensor == key]
    sensor = plan.sensors[plan.handle[key]]
    subject = _subject(sensor, own, list(plan.rule_sets), given)
    whole = _read(given["readings"], key, subject.gate)

    def load(low: int, high: int) -> Course:
        inside = slice(*whole.time.searchsorted([low, high]))
        return Course(whole.time[inside], whole.value[inside])

    now = at if at is not None else int(whole.time[-1]) if len(whole.time) else 0
    _tell(subject, load, now, source=str(given["readings"]), given=given)


def _read(path: Path, key: str, gate: Any) -> Any:
    """The known readings of one sensor of a file."""
    import numpy as np
    import pyarrow as pa

    from anlan.live.hints.advice import known_of
    from anlan.live.replay.reading.columns import Known
    from anlan.live.replay.reading.faults import Faults
    from anlan.live.replay.reading.files import batches
    from anlan.live.replay.reading.text import OddRowsError

    known = Known(pa.array([key], pa.string()))
    try:
        found = list(batches(path, known, Faults()))
    except OddRowsError:
        found = list(batches(path, known, Faults(), careful=True))
    columns = [(b.time, b.value, b.quality) for b in found]
    time, value, quality = (np.concatenate(c) for c in zip(*columns, strict=True))
    return known_of((time, value, quality), gate)


def _subject(sensor: Any, own: Any, rules: Any, given: dict[str, Any]) -> Any:
    from anlan.live.hints.advice import Subject, gate_of, limits_at, windows_of

    gate = gate_of(sensor, rules)
    interval = sensor.interval_ms or gate.interval_ms
    return Subject(
        sensor=sensor,
        gate=gate,
        limits=lambda at: limits_at(sensor, own, rules, at=at),
        shown_ms=_SHOWN_READINGS * interval,
        windows=(given["window"],) if given["window"] else windows_of(interval),
    )


def _tell(subject: Any, load: Load, now: int, *, source: str, given: dict[str, Any]) -> None:
    from anlan.live.hints.advice import advise
    from anlan.live.hints.wording import lines
    from anlan.live.hints.words import words_of
    from anlan.packs.units import shown

    words = words_of(given["lang"])
    found = advise(load, subject, now=now)
    if found is None:
        click.echo(words("Nothing known is near: no hints."))
        return
    unit = _unit(subject.sensor.quantity)
    click.echo(f"{subject.sensor.key}  {shown(found.value, unit)}  {format_time(found.at)}")
    for line in lines(found, unit, words):
        click.echo(f"  {line}")
    click.echo(f"  {words('source')}: {source}")
    click.echo(f"  {words('Hints')} ({words('advisory: they change no alarm')})")


def _unit(quantity: str) -> str:
    """The UCUM code of a quantity; empty where no pack knows it."""
    from anlan.engine.plan import quantity_in
    from anlan.packs import load_packs

    for name, pack in load_packs().items():
        found = quantity_in(name, quantity)
        if found and found in pack.quantities:
            return pack.quantities[found].unit
    return ""
