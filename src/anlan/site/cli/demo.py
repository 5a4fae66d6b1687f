"""`anlan demo`: a fictional city lives, from its sensors to the duty desk."""

import logging
import sys
from pathlib import Path
from typing import Any

import click

from anlan.live.journal import FORM, FORMS
from anlan.site.crew.voice import speak

_log = logging.getLogger("anlan.site")
_DATA = Path("demo-data")
_ACCOUNTS = ("county", "county-chief", "county-admin", "city", "province", "town", "village",
             "enterprise", "team", "admin", "county-b")  # fmt: skip

_HELP = """Show a fictional city: its sensors stream through the real intake, a storm comes, and
the duty desk shows what it does.

The first line on standard output is the address of the pages. A port that is taken moves to
the next, and so does the data folder where another demo has it. The first start founds the
city with 35 days of its past; a later one keeps everything and lives through the time between.
Sign in as county, password anlan-demo. INT and TERM stop everything. Nothing in it is real.

\b
Examples:
  anlan demo
  anlan demo --port 9000 --data /tmp/city
  anlan demo --reset               start over
  anlan demo --bind 0.0.0.0        seen from other machines as well
"""


@click.command(help=_HELP, short_help="A fictional city lives, from its sensors to the duty desk.")
@click.option("--port", type=click.IntRange(1, 65535), default=8321, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, envvar="BIND", help="Address.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=_DATA,
    show_default=True,
    help="Where the demo keeps what it measured; a folder of its own, not moved when named.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 400),
    default=35,
    show_default=True,
    help="How many days of past the city has when it is founded.",
)
@click.option("--reset", is_flag=True, help="Throw away what the demo kept, and start over.")
@click.option("--log-format", type=click.Choice(FORMS), envvar=FORM, help="Else as in anlan.toml.")
def command(port: int, bind: str, data: Path, *, days: int, reset: bool, **more: Any) -> None:
    from anlan.live.supervisor import address_of, listen, told_to_end
    from anlan.site.demo.parent import heed
    from anlan.site.demo.place import claim, clear
    from anlan.site.demo.stage import Stage

    speak("site", more["log_format"])
    data = claim(data, move=data == _DATA)
    speak("site", more["log_format"], data)
    if reset:
        clear(data)
    ending = told_to_end()
    heed(ending)
    with listen(bind or "127.0.0.1", port) as kept:
        print(address_of(kept), flush=True)
        _log.info("accounts: %s, password anlan-demo", " ".join(_ACCOUNTS))
        _log.info("making the kernels ready …")
        sys.exit(Stage(data.resolve(), kept, days=days, ending=ending).run())
