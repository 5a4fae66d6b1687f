"""What later apps offer on pages of earlier ones: a way on from an alarm, what waits for one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anlan.desk.asker import Asker


@dataclass(frozen=True, slots=True)
class Offer:
    """A button, or a count with its link.

    url: where it leads, or what it is posted to where it posts · number: how many wait, or None ·
    legend: of a layer, levels with what they stand for in it · is_shown: whether a layer is on when
    the map opens.
    """

    title: str
    url: str
    posts: bool = False
    number: int | None = None
    legend: tuple[tuple[int, str], ...] = ()
    is_shown: bool = True


Find = Callable[[Asker, Any], list[Offer]]
_FINDS: dict[str, list[Find]] = {}


def offer(place: str, find: Find) -> None:
    """Has a finder asked for every page of a place: `alarm` with its alarm, `desk` and `map` with
    None. On a map an offer is a layer: its address gives areas as GeoJSON."""
    known = _FINDS.setdefault(place, [])
    if find not in known:
        known.append(find)


def offers(place: str, asker: Asker, thing: Any = None) -> list[Offer]:
    """What is offered there to somebody, in the order of the apps."""
    return [one for find in _FINDS.get(place, ()) for one in find(asker, thing)]
