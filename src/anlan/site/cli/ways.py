"""`anlan ways`: what mappings describe, by itself."""

import sys
from pathlib import Path

import click

from anlan.site.cli.store import data_option

_HELP = """Take readings in as the mappings in the folder `ways` of the data folder say.

Each TOML file in it is one way: devices that are asked or heard by Modbus, OPC UA, SNMP
or BACnet, meters, clouds that call, a folder of tables. A site with pages
(`anlan serve --pages`) starts them itself; this runs them beside
a service on the same data folder. INT and TERM end it. A file that is wrong stops
nothing but itself, and is taken up once it is mended.

\b
Examples:
  anlan ways --data /srv/anlan
  anlan ways --data /srv/anlan --check
"""


@click.command("ways", help=_HELP, short_help="Take readings in as mappings say.")
@data_option
@click.option("--check", "is_check", is_flag=True, help="Only read the mappings, and name them.")
def command(data: Path, is_check: bool) -> None:
    from anlan.live.ways.settings import looked

    if is_check:
        found = looked(data)
        for one in found:
            click.echo(one.why or one.name, err=bool(one.why))
        sys.exit(1 if any(one.why for one in found) else 0)
    from anlan.live.ways.process import serve
    from anlan.site.crew.voice import speak

    speak("ways", None, data)
    serve(data)
