"""`anlan limits`: put limits in force from a file; list them."""

from pathlib import Path

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.sensors import registry_of
from anlan.site.cli.store import data_option
from anlan.terms.sensors import Limit
from anlan.terms.times import FOREVER, NEVER, format_time

_EXAMPLES = """
\b
Examples:
  anlan limits import limits.csv
  anlan limits import limits.csv --check
  anlan limits list --sensor gauge-1
"""
_HELP_IMPORT = """Put the limits of FILE in force.

\b
FILE is CSV, NDJSON or Parquet by its ending:
  sensor,level,value,direction,deadband,valid_from,valid_to,source
They replace all limits of the sensors that the file names; other sensors keep
theirs. A limit that changes under a standing alarm is applied at the sensor's
next reading. All rows are taken or none; a wrong one is named by its line.
"""


@click.group("limits", epilog=_EXAMPLES, short_help="Put limits in force from a file; list them.")
def command() -> None:
    """Limits: the values at which levels are reached, dated and with their source."""


@command.command("import", help=_HELP_IMPORT, short_help="Put the limits of a file in force.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only read the file and say what is wrong.")
@data_option
def import_file(file: Path, *, check: bool, data: Path) -> None:
    use_cache(data)
    from anlan.engine.plan.limits import order_warnings
    from anlan.history.registry import limits_entry
    from anlan.live.replay.reading.registers import read_limits

    limits, doubts = read_limits(file, registry_of(data).sensors)
    for doubt in (*doubts, *order_warnings(limits)):
        click.echo(f"warning: {doubt}", err=True)
    by_sensor: dict[str, list[Limit]] = {}
    for limit in limits:
        by_sensor.setdefault(limit.sensor, []).append(limit)
    if check:
        click.echo(f"{file.name}: {len(limits):,} limits, nothing wrong")
        return
    from anlan.live.reach import Desk

    with Desk(data) as desk:
        desk.enter([limits_entry(sensor, rows) for sensor, rows in by_sensor.items()])
    click.echo(f"{len(limits):,} limits of {len(by_sensor):,} sensors in force")


@command.command("list")
@click.option("--sensor", help="Of this sensor only.")
@data_option
def show(sensor: str | None, data: Path) -> None:
    """List the limits as the import reads them."""
    click.echo("sensor,level,value,direction,deadband,valid_from,valid_to,source")
    for limit in registry_of(data).limits:
        if sensor in (None, limit.sensor):
            click.echo(_line(limit))


def _line(limit: Limit) -> str:
    begin = "" if limit.valid_from == NEVER else format_time(limit.valid_from)
    end = "" if limit.valid_to == FOREVER else format_time(limit.valid_to)
    cells = (limit.sensor, limit.level.word or "", f"{limit.value:g}", limit.direction)
    rest = (f"{limit.deadband:g}", begin, end, limit.source)
    return ",".join(_quoted(cell) for cell in (*cells, *rest))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in '",\n') else cell
