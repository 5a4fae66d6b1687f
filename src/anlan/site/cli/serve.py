"""`anlan serve`: readings in, graded alarms out, until it is stopped."""

import logging
import sys
from pathlib import Path
from typing import Any

import click

from anlan.live.journal import FORM, FORMS
from anlan.live.supervisor import POLICIES, Plan, serve, told_to_end
from anlan.site.cli.store import data_option
from anlan.site.crew.voice import speak

_log = logging.getLogger("anlan.site")

_HELP = """Take readings in over HTTP, judge them, and tell every change of level.

The address of the intake is the first line of standard output, once the port is
open, that of the pages the second; a taken port moves to the next one. It listens
on this machine only unless --bind says otherwise. A process that dies is started
again; INT and TERM stop everything. What was acknowledged is on the disk.

\b
Examples:
  anlan serve --data data --pages 8321          with the duty desk, for people
  anlan serve --data data                       intake and alarms only
  anlan serve --data /srv/anlan --port 8322 --bind 0.0.0.0
  anlan serve --data data --packs ./ourcity     with a city's own thresholds
  anlan serve --data data --mqtt mapping.toml   also from an MQTT broker

\b
Then, in another terminal:
  anlan sensors import sensors.csv --pack flood
  anlan limits import limits.csv
  anlan keys add river-office --sensors 'river-*'
"""


@click.command(help=_HELP, short_help="Take readings in and tell alarms, until stopped.")
@data_option
@click.option("--port", type=click.IntRange(0, 65535), default=8322, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, envvar="BIND", help="Address.")
@click.option("--pages", type=click.IntRange(0, 65535), help="A port for the pages; none without.")
@click.option("--packs", type=click.Path(path_type=Path), help="A folder of your own packs' rows.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="carry",
    show_default=True,
    help="What becomes of standing alarms where the packs' rules are others than before.",
)
@click.option("--mqtt", type=click.Path(path_type=Path), help="A mapping: broker, topics, shapes.")
@click.option(
    "--max-body",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="Largest body of a request, in MB.",
)
@click.option("--log-format", type=click.Choice(FORMS), envvar=FORM, help="Else as in anlan.toml.")
def command(
    data: Path, port: int, bind: str, *, pages: int | None, policy: str, **more: Any
) -> None:
    for folder in (None, data):  # a fault of the settings file is told in the form asked for
        speak("site", more["log_format"], folder)
    plan = Plan(
        data=data,
        port=port,
        bind=bind,
        packs=more["packs"],
        policy=policy,
        mqtt=more["mqtt"],
        bounds={"most_bytes": more["max_body"] * 1024 * 1024},
    )
    _log.info("making the kernels ready …")
    if pages is None:
        sys.exit(serve(plan, tell=_log.warning, ready=_ready, ending=told_to_end()))
    from anlan.site.crew.whole import serve_whole

    sys.exit(serve_whole(plan, pages, ready=_ready))


def _ready(address: str) -> None:
    print(address, flush=True)
