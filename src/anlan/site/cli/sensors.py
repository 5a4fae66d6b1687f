"""`anlan sensors`: register sensors from a file; list them; look at one."""

from pathlib import Path
from typing import Any

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.look import look
from anlan.site.cli.store import data_option
from anlan.terms.errors import Malformed
from anlan.terms.sensors import Sensor

_EXAMPLES = """
\b
Examples:
  anlan sensors import sensors.csv --pack flood
  anlan sensors list
  anlan sensors look gauge-1              where its course leads (a hint)
  anlan sensors retire old-gauge-7
"""
_HELP_IMPORT = """Register the sensors of FILE, or bring what is known of them up to date.

\b
FILE is CSV, NDJSON or Parquet by its ending:
  sensor,quantity,object,name,lon,lat[,interval_s]
A quantity is one of a pack: flood.water_level, or water_level with --pack flood;
a bare name without --pack means every pack that knows it.
All rows are registered or none; a wrong one is named by its line.
"""


@click.group("sensors", epilog=_EXAMPLES, short_help="Register sensors from a file; list them.")
def command() -> None:
    """Sensors: one quantity measured at one place. Readings of others go to quarantine."""


command.add_command(look)


@command.command("import", help=_HELP_IMPORT, short_help="Register the sensors of a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--pack", help="The pack that quantities without a pack's name belong to.")
@click.option("--check", is_flag=True, help="Only read the file and say what is wrong.")
@data_option
def import_file(file: Path, pack: str | None, *, check: bool, data: Path) -> None:
    use_cache(data)
    from anlan.history.registry import sensor_entry

    sensors = read(file, pack)
    if check:
        click.echo(f"{file.name}: {len(sensors):,} sensors, nothing wrong")
        return
    from anlan.live.reach import Desk

    with Desk(data) as desk:
        desk.enter([sensor_entry(sensor) for sensor in sensors])
    click.echo(f"{len(sensors):,} sensors registered")


def read(file: Path, pack: str | None) -> list[Sensor]:
    """The sensors of a file, each quantity with its pack; Malformed names a wrong line."""
    import dataclasses

    from anlan.live.replay.reading.registers import read_sensors
    from anlan.packs import load_packs

    packs = load_packs()
    if pack is not None and pack not in packs:
        raise Malformed(f"no such pack: {pack!r} ({', '.join(packs)})")
    known: dict[str, Any] = {
        f"{name}.{quantity}": quantity for name, one in packs.items() for quantity in one.quantities
    }
    # A bare name means every pack that knows it, unless --pack names one (clause 7.5).
    for name in [pack] if pack is not None else packs:
        known |= dict.fromkeys(packs[name].quantities)
    found = read_sensors(file, quantities=known, pack=pack or "(any)")
    return [
        s
        if pack is None or "." in s.quantity
        else dataclasses.replace(s, quantity=f"{pack}.{s.quantity}")
        for s in found
    ]


@command.command("list")
@data_option
def show(data: Path) -> None:
    """List the sensors: key, quantity, object, name."""
    registry = registry_of(data)
    for sensor in registry.sensors:
        if sensor.key not in registry.retired:
            click.echo("\t".join((sensor.key, sensor.quantity, sensor.object, sensor.name)))


@command.command("retire")
@click.argument("keys", nargs=-1, required=True)
@data_option
def retire(keys: tuple[str, ...], data: Path) -> None:
    """Take sensors out of use; their history stays, and their readings are refused."""
    use_cache(data)
    from anlan.live.reach import Desk

    known = registry_of(data).handle
    unknown = [key for key in keys if key not in known]
    if unknown:
        more = f", nor of {len(unknown) - 1:,} others" if len(unknown) > 1 else ""
        raise Malformed(f"there is no sensor {unknown[0]!r}{more}; nothing was retired")
    with Desk(data) as desk:
        desk.enter([{"type": "retire", "sensor": key} for key in keys])
    click.echo(f"{len(keys):,} sensors retired")


def registry_of(data: Path) -> Any:
    """The registry as the log has it now; Malformed where there is no store."""
    from anlan.history.log import Log, store_in
    from anlan.history.registry import Registry

    with Log.open(store_in(data)) as log:
        return Registry.from_log(log)
