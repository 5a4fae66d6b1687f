"""`anlan backup`: the whole site, copied while it runs."""

import datetime
from pathlib import Path

import click

from anlan.site.cli.store import FOLDER, data_option, progress_of

_HELP = """Copy records, history, files and keys to a new FOLDER, at one moment.

It may run beside `anlan serve`. The folder is there complete, or not at all. It holds the keys
of the site: keep it as you keep them. Bring it back with `anlan restore`.

\b
Example:
  anlan backup /backup/2026-07-21 --data /srv/anlan
"""


@click.command(help=_HELP, short_help="Copy the whole site to a new folder.")
@click.argument("folder", type=FOLDER)
@data_option
def command(folder: Path, data: Path) -> None:
    from anlan.site.crew.backup import back_up
    from anlan.site.options import FILE, read

    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    database = read(data / FILE).database
    with progress_of("copying") as progress:
        back_up(data, folder, database=database, at=at, progress=progress)
    click.echo(f"copied to {folder}")
