"""A whole site in the foreground: live process, pages and work."""

from collections.abc import Callable
from pathlib import Path

from anlan.live.supervisor import Plan, address_of, listen, serve, told_to_end
from anlan.site.crew.ends import Ends
from anlan.site.crew.hands import Hand, do
from anlan.site.crew.ways.many import senders_of
from anlan.site.options import Place, place_in


def serve_whole(plan: Plan, port: int, *, ready: Callable[[str], None]) -> int:
    """Serves until INT or TERM; the exit status. ready: hears the intake's address, then the
    pages'."""
    place = _founded(plan)
    place.ready_file.unlink(missing_ok=True)
    ending, ends = told_to_end(), Ends(place.ends_file)
    with listen(plan.bind, port) as pages:
        fds = (pages.fileno(),)
        web = Hand("web", plan.data, {"fd": fds[0]}, ending=ending, tell=ends.of("web"), fds=fds)
        work = Hand("work", plan.data, {}, ending=ending, tell=ends.of("work"))
        more = [
            Hand("mass", plan.data, {"number": n}, ending=ending, tell=ends.of("mass"))
            for n in range(senders_of(place.options))
        ]
        if _listens(plan.data):
            own = {"data": str(plan.data)}
            more.append(Hand("gateway", plan.data, own, ending=ending, tell=ends.of("gateway")))
        if _has_ways(plan.data):
            own = {"data": str(plan.data)}
            more.append(Hand("ways", plan.data, own, ending=ending, tell=ends.of("ways")))

        def begin(address: str) -> None:
            ready(address)
            ready(address_of(pages))
            web.start()
            work.start()
            for hand in more:
                hand.start()

        try:
            do("prepare", plan.data, {}, ending=ending)
            return serve(plan, tell=ends.of("live"), ready=begin, ending=ending)
        finally:
            ending.set()
            for hand in (web, work, *more):
                if hand.is_alive():
                    hand.join(10.0)


def _founded(plan: Plan) -> Place:
    """The site, with a place for its records; the key that it makes there is one of its ways."""
    _listens(plan.data)
    Place(plan.data).ready_file.parent.mkdir(parents=True, exist_ok=True)
    return place_in(plan.data, is_demo=False)


def _listens(data: Path) -> bool:
    """Whether the site has a gateway; Malformed names what is wrong in its settings."""
    from anlan.live.gateway.settings import has_gateway, listeners_in

    return has_gateway(data) and bool(listeners_in(data))


def _has_ways(data: Path) -> bool:
    """Whether the site has mappings of ways in; one that is wrong stops nothing but itself."""
    from anlan.live.ways.settings import has_ways

    return has_ways(data)
