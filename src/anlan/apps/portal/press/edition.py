"""One edition: all that the public's files are made of, at one moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import shapely

from anlan import __version__
from anlan.apps.portal.press.picture import Patch
from anlan.apps.portal.queries.places import Place
from anlan.apps.portal.queries.sent import IN_FORCE, Course, Sent, in_force
from anlan.terms.places import parents_of


@dataclass(frozen=True)
class Site:
    """Whose pages they are; address: such as https://anlan.county.example, or empty."""

    name: str
    address: str = ""
    is_demo: bool = False


@dataclass(frozen=True)
class Edition:
    """What was sent so far, and where it lies; cursor: how far the messages had come."""

    site: Site
    at: datetime
    cursor: str
    courses: Sequence[Course]
    borders: Sequence[Place]

    @cached_property
    def in_force(self) -> list[Course]:
        """What holds now, the gravest first."""
        return in_force(self.courses, self.at)

    @cached_property
    def by_haste(self) -> list[Course]:
        """All of them, those in force first."""
        return sorted(self.courses, key=lambda one: one.state(self.at) != IN_FORCE)

    @cached_property
    def base(self) -> str:
        """What every page is made of besides its warning: another one makes them all anew."""
        here = [(one.region, one.name, one.shape.bounds) for one in self.borders]
        return hashlib.sha256(repr((__version__, self.site, here)).encode()).hexdigest()[:16]

    @cached_property
    def ends_at(self) -> datetime | None:
        """When the first of those in force ends."""
        ends = [one.last.expires_at for one in self.in_force]
        return min((end for end in ends if end is not None), default=None)

    @cached_property
    def warned(self) -> list[str]:
        """The places with a page of their own: those named by a warning, and those above."""
        named = {code[:9] for one in self.in_force for code in one.last.regions}
        return sorted(named | {up for code in named for up in parents_of(code)})

    def areas(self, courses: Sequence[Course], language: str) -> list[Patch]:
        """The areas of some warnings: as drawn, or the districts named."""
        found = []
        for course in courses:
            shape = course.last.shape or self._districts(course.last)
            if shape is not None:
                info = course.last.said(language)
                href = f"/public/{language}/warning/{course.key}.html"
                name = info.headline or info.event
                found.append(Patch(name, shape, int(course.last.level), href))
        return found

    def _districts(self, sent: Sent) -> shapely.Geometry | None:
        own = [one.shape for one in self.borders
               if any(one.region.startswith(code) or code.startswith(one.region)
                      for code in sent.regions)]  # fmt: skip
        return shapely.union_all(own) if own else None
