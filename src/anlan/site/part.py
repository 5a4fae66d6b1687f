"""One part of a site in a process of its own: `python -m anlan.site.part WHAT SETTINGS`.

WHAT is one of `warm`, `prepare`, `web`, `work`, `mass`, `gateway`, `ways`, and for the demo `feed`
and `ears`.
Standard input is a pipe of the parent; at its end the part stops.
"""

import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.live import journal

_GRACE_S = 5.0
_SELDOM = (50_000, 20, 50)
"""To look for what nobody holds costs a sixth of the time in which a part's modules are read."""


def _end_with_parent() -> None:
    """Stops this process at the end of standard input."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _warm(settings: dict[str, Any]) -> None:
    from anlan.live.warming import warm

    warm()


def _prepare(settings: dict[str, Any]) -> None:
    from anlan.site.crew.prepare import prepare

    def found(data: Path) -> None:
        # Only now: its models can be imported once Django is set up.
        from anlan.site.demo.feed import listeners, tanks
        from anlan.site.demo.founding import found
        from anlan.site.demo.signs import hang

        found(data, int(settings["days"]))
        hang(settings["screens"])
        listeners.write(data, settings["ports"])
        tanks.write(data, settings["ports"][tanks.PROTOCOL])

    prepare(found if settings.get("demo") else None)


def _web(settings: dict[str, Any]) -> None:
    from anlan.site.crew.web import serve

    serve(settings["fd"])


def _work(settings: dict[str, Any]) -> None:
    from anlan.site.crew.work import work

    work()


def _mass(settings: dict[str, Any]) -> None:
    from anlan.site.crew.ways.mass import mass

    mass(int(settings["number"]))


def _gateway(settings: dict[str, Any]) -> None:
    from anlan.live.gateway.process import serve

    serve(Path(settings["data"]))


def _ways(settings: dict[str, Any]) -> None:
    from anlan.live.ways.process import serve

    serve(Path(settings["data"]))


def _feed(settings: dict[str, Any]) -> None:
    from anlan.site.demo.feed.feeder import feed

    feed(Path(settings["data"]), settings["url"], settings["since"], settings["ports"])


def _ears(settings: dict[str, Any]) -> None:
    from anlan.site.demo.ears.ends import Ends
    from anlan.site.demo.ears.process import hear

    hear(Path(settings["data"]), Ends(**settings["ends"]))


_PARTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "warm": _warm,
    "prepare": _prepare,
    "web": _web,
    "work": _work,
    "mass": _mass,
    "gateway": _gateway,
    "ways": _ways,
    "feed": _feed,
    "ears": _ears,
}


def main(words: list[str]) -> None:
    """Runs one part until it is done or stopped."""
    # A shell starts what it puts into the background with INT ignored, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.set_threshold(*_SELDOM)
    journal.begin(words[0])
    _end_with_parent()
    _PARTS[words[0]](json.loads(words[1]))


if __name__ == "__main__":
    from anlan.terms.errors import AnlanError

    try:
        main(sys.argv[1:])
    except AnlanError as error:
        logging.getLogger("anlan.site").error("%s", error)
        sys.exit(1)
