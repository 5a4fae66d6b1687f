"""`anlan warm`: compile the kernels ahead of time."""

import time
from pathlib import Path

import click

from anlan.live.supervisor import warm_up
from anlan.site.cli.store import data_option

_HELP = """Compile the kernels into the data folder, so that nothing waits for them later.

`anlan serve` and `make demo` do this by themselves before they listen. It takes
a minute the first time, and again after an upgrade or on another kind of
processor; else a second.

\b
Examples:
  anlan warm
  anlan warm --data /srv/anlan
"""


@click.command(help=_HELP, short_help="Compile the kernels ahead of time.")
@data_option
def command(data: Path) -> None:
    began = time.monotonic()
    warm_up(data)
    click.echo(f"ready after {time.monotonic() - began:.1f} s")
