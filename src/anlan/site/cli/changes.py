"""`anlan changes`: the changes after a cursor, one object a line, and on as they come."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import click

from anlan.site.cli.store import data_option

_HELP = """Print the changes after a cursor, one JSON object a line.

\b
Each line is a change as `anlan replay` writes it, with one field more:
  "cursor"   where to go on: give it to --after the next time
Nothing is told twice and nothing is left out, across restarts of either side.
A cursor of before the store was restored is an error (status 1), never silence:
begin anew with --after start.

\b
Examples:
  anlan changes
  anlan changes --after 3fa9c1d2e4b5:1042:1 --limit 100
  anlan changes --after start --follow | jq -c 'select(.to == "red")'
"""
_POLL_S = 0.2
_PAGE = 1000


@click.command(help=_HELP, short_help="Print the changes after a cursor, and follow them.")
@click.option("--after", default="start", show_default=True, help="A cursor, or start.")
@click.option("--follow", is_flag=True, help="Go on as changes come; stop with Ctrl-C.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@data_option
def command(after: str, follow: bool, limit: int | None, data: Path) -> None:
    # A shell starts what runs in the background with INT ignored; it must end this all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _tell(data, after, follow=follow, limit=limit)
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        # The reader has gone; nothing may be written on the way out either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(data: Path, after: str, *, follow: bool, limit: int | None) -> None:
    from anlan.history.cursor import Cursor, changes_since
    from anlan.history.log import Log, store_in

    folder = store_in(data)
    with Log.open(folder) as log:
        cursor = Cursor.parse(after, epoch=log.epoch)
        while limit is None or limit > 0:
            told = changes_since(log, cursor, min(_PAGE, limit or _PAGE))
            for cursor, change in told:
                line = change.as_dict() | {"cursor": str(cursor)}
                print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
            sys.stdout.flush()
            limit = None if limit is None else limit - len(told)
            if not told and not follow:
                return
            if not told:
                time.sleep(_POLL_S)
                cursor.check(log.epoch_now())
