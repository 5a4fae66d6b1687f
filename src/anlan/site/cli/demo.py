"""`anlan demo`: a fictional city lives, from its sensors to the duty desk."""

import signal
import sys
import threading
from pathlib import Path

import click

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
def command(port: int, bind: str, data: Path, *, days: int, reset: bool) -> None:
    from anlan.live.supervisor import address_of, listen
    from anlan.site.demo.parent import heed
    from anlan.site.demo.place import claim, clear
    from anlan.site.demo.stage import Stage

    data = claim(data, move=data == _DATA)
    if reset:
        clear(data)
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Set even where INT was ignored, as a shell does for what runs in the background.
        signal.signal(number, lambda *_: ending.set())
    heed(ending)
    with listen(bind or "127.0.0.1", port) as kept:
        print(address_of(kept), flush=True)
        _tell("accounts: " + " ".join(_ACCOUNTS) + ", password anlan-demo")
        _tell("making the kernels ready …")
        sys.exit(Stage(data.resolve(), kept, days=days, ending=ending, tell=_tell).run())


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
