"""`anlan status`: how a running site and its store are doing."""

import contextlib
import json
from pathlib import Path
from typing import Any

import click

from anlan.site.cli.store import data_option
from anlan.terms.errors import Unavailable

_HELP = """Show how the site is doing: store, queue, quarantine, clock, broker, devices.

Exit status: 0 it runs and takes readings · 1 it does not run, or cannot store.

\b
Examples:
  anlan status
  anlan status --data /srv/anlan --json
"""


@click.command(help=_HELP, short_help="How a running site and its store are doing.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@data_option
def command(data: Path, *, as_json: bool) -> None:
    from anlan.live.gateway.told import last_told
    from anlan.live.reach import running
    from anlan.live.ways.told import last_told as ways_told

    service = running(data)
    if service is None:
        raise Unavailable(f"no service runs on {data}; `anlan serve --data {data}` starts one")
    with contextlib.closing(service):
        found: dict[str, Any] = service.ask("GET", "/api/v1/status")
    if gateway := last_told(data):
        found["gateway"] = gateway
    if ways := ways_told(data):
        found["ways"] = ways
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for line in lines(found):
            click.echo(line)
    if found["trouble"]:
        raise Unavailable(found["trouble"])


def lines(found: dict[str, Any]) -> list[str]:
    """The status for people."""
    store, queue, quarantine = found["store"], found["queue"], found["quarantine"]
    told = [
        f"store       {store['readings']:,} readings, {store['changes']:,} changes, "
        f"{store['records']:,} records, {store['free_bytes'] / 1e9:,.1f} GB free",
        f"registry    {found['registry']['sensors']:,} sensors",
        f"queue       {queue['bytes'] / 1e6:,.1f} MB, {queue['lag_s']:.3f} s behind",
    ]
    refused = ", ".join(f"{code} {n:,}" for code, n in found["refused"].items())
    told.append(f"refused     {refused or 'none since the start'}")
    for one in quarantine["sources"]:
        told.append(f"quarantine  {one['source']}: {one['rows']:,} rows, {one['lost']:,} lost")
    for name, part in found.get("connectors", {}).items():
        told.append(f"{name:<12}" + ", ".join(f"{k} {v}" for k, v in part.items()))
    for part in ("gateway", "ways"):
        told += [_devices(one) for one in found.get(part, {}).get("listeners", ())]
    told += [f"clock       {note}" for note in found["clock"]["notes"]]
    told += [f"damage      {one}" for one in store["damage"]]
    return told


def _devices(one: dict[str, Any]) -> str:
    """A listener of the field gateway, or a way that a mapping describes."""
    if one.get("is_wrong"):
        return f"{one['name']:<11} stands still: {one['trouble']}; mend it, it is read again soon"
    faults = ", ".join(f"{code} {n:,}" for code, n in one["faults"].items()) or "none"
    return (
        f"{one['name']:<11} {one['connections']:,} connections, {one['devices_online']:,} of "
        f"{one['devices']:,} devices online, {one['frames_per_s']:,.1f} frames/s, "
        f"{one['readings']:,} readings, trouble {one['trouble'] or 'none'}, faults {faults}"
    )
