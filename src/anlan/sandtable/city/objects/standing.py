"""Facilities that sensors came to: from then on each is an observed object, with the same key."""

import math
from collections.abc import Iterable
from typing import Any

from anlan.sandtable.city.ground.frame import degrees
from anlan.sandtable.city.model import Facility, Observed
from anlan.sandtable.city.regions.survey import Survey


class Standing:
    """The facilities of the city, and which of them are watched by now."""

    def __init__(self, survey: Survey, every: Iterable[Facility]) -> None:
        self._survey, self._every = survey, tuple(every)
        self._watched: set[str] = set()

    def of(self, kind: str) -> list[Facility]:
        """Those of one kind, in order."""
        return [one for one in self._every if one.kind == kind]

    def some(self, kind: str, count: int) -> list[Facility]:
        """As many of one kind, evenly from all of them."""
        rows = self.of(kind)
        return rows[:: max(1, len(rows) // max(1, count))][:count]

    @property
    def watched(self) -> frozenset[str]:
        """The keys of those that became objects."""
        return frozenset(self._watched)

    @property
    def unwatched(self) -> tuple[Facility, ...]:
        """What stays a facility."""
        return tuple(one for one in self._every if one.key not in self._watched)

    def distance(self, one: Facility, at: tuple[float, float]) -> float:
        """How far a facility is from a place of the plane, in degrees."""
        return math.dist(one.point, degrees(*at))

    def watch(self, one: Facility, kind: str, *, pack: str, **rest: Any) -> Observed:
        """The observed object that a facility becomes; key, owner: others than its own."""
        self._watched.add(one.key)
        owner = rest.pop("owner", "") or one.owner
        return Observed(
            key=rest.pop("key", "") or one.key, kind=kind, pack=pack, zh=one.zh, en=one.en,
            region=one.region, owner=owner, enterprise=owner if owner[6:7] == "E" else "",
            shape=one.shape, point=one.point, contact=one.contact,
            address=self._survey.address(one.region), **rest,
        )  # fmt: skip
