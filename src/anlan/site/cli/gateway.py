"""`anlan gateway`: the field gateway by itself, beside a running service."""

from pathlib import Path

import click

from anlan.site.cli.store import data_option
from anlan.site.crew.voice import speak

_HELP = """Listen for devices by the protocols that gateway.toml of the data folder names.

A site with pages (`anlan serve --pages`) starts its gateway itself; this runs one by
itself beside a service on the same data folder, or for some of its protocols. A frame
is answered only after what it holds is on the disk. INT and TERM end it.

\b
Examples:
  anlan gateway --data /srv/anlan
  anlan gateway --data /srv/anlan --only hj212 --only sl651
"""


@click.command(help=_HELP, short_help="Listen for devices by their own protocols.")
@data_option
@click.option("--only", multiple=True, help="This protocol only; may be given again.")
def command(data: Path, only: tuple[str, ...]) -> None:
    from anlan.live.gateway.process import serve

    speak("gateway", None, data)
    serve(data, only)
