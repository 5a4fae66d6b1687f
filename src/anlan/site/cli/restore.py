"""`anlan restore`: a backup made a site again."""

import os
from pathlib import Path

import click

from anlan.site.cli.store import FOLDER, data_option, progress_of

_HELP = """Make the backup in FOLDER the site of a data folder that has none.

Records, history, files and keys come back as they were at one moment; the history begins a new
epoch, and what follows it goes on where it stood.

\b
Example:
  anlan restore /backup/2026-07-21 --data /srv/anlan
"""


@click.command(help=_HELP, short_help="Bring a backup back.")
@click.argument("folder", type=FOLDER)
@data_option
def command(folder: Path, data: Path) -> None:
    from anlan.site.options import DATA, FILE, read

    os.environ[DATA] = str(data.absolute())
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
    from anlan.site.crew.backup import restore

    database = read(folder / FILE).database
    with progress_of("restoring") as progress:
        about = restore(folder, data, database=database, progress=progress)
    click.echo(f"restored to {data}: version {about['version']}, as of {about['at']}")
