"""A whole site in the foreground: live process, pages and work."""

import threading
from collections.abc import Callable

from anlan.live.supervisor import Plan, address_of, listen, serve
from anlan.site.crew.hands import Hand, do


def serve_whole(
    plan: Plan, port: int, *, tell: Callable[[str], None], ready: Callable[[str], None]
) -> int:
    """Serves until INT or TERM; the exit status. ready: hears the intake's address, then the
    pages'."""
    (plan.data / "desk").mkdir(parents=True, exist_ok=True)
    (plan.data / "desk" / "ready").unlink(missing_ok=True)
    ending = threading.Event()
    with listen(plan.bind, port) as pages:
        fds = (pages.fileno(),)
        web = Hand("web", plan.data, {"fd": fds[0]}, ending=ending, tell=tell, fds=fds)
        work = Hand("work", plan.data, {}, ending=ending, tell=tell)

        def begin(address: str) -> None:
            ready(address)
            ready(address_of(pages))
            web.start()
            work.start()

        try:
            do("prepare", plan.data, {}, ending=ending)
            return serve(plan, tell=tell, ready=begin)
        finally:
            ending.set()
            for hand in (web, work):
                if hand.is_alive():
                    hand.join(10.0)
