"""`anlan demo`: a fictional basin streams through the real intake onto a read-only page."""

import signal
import sys
import threading
from pathlib import Path

import click

_DATA = Path("demo-data")

_HELP = """Show a fictional basin: its sensors stream through the real intake, and a read-only
page shows their alarms.

The first line on standard output is the address of the page. A port that is taken moves to
the next, and so does the data folder where another demo has it. The first alarms come within
a minute; storms recur. INT and TERM stop everything; what was measured stays in the data
folder. Nothing in it is real: 澜水流域 (虚构).

\b
Examples:
  anlan demo
  anlan demo --port 9000 --data /tmp/lan
  anlan demo --bind 0.0.0.0        seen from other machines as well
"""


@click.command(help=_HELP, short_help="A fictional basin streams through the real intake.")
@click.option("--port", type=click.IntRange(1, 65535), default=8321, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, envvar="BIND", help="Address.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=_DATA,
    show_default=True,
    help="Where the demo keeps what it measured; a folder of its own, not moved when named.",
)
def command(port: int, bind: str, data: Path) -> None:
    from anlan.live.supervisor import address_of, listen
    from anlan.site.demo.parent import heed
    from anlan.site.demo.place import claim
    from anlan.site.demo.stage import Stage

    data = claim(data, move=data == _DATA)
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Set even where INT was ignored, as a shell does for what runs in the background.
        signal.signal(number, lambda *_: ending.set())
    heed(ending)
    with listen(bind or "127.0.0.1", port) as kept:
        print(address_of(kept), flush=True)
        _tell("making the kernels ready …")
        sys.exit(Stage(data.resolve(), kept, ending=ending, tell=_tell).run())


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
