"""The pages, made of an edition: no script, no picture from elsewhere, some kilobytes each."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import region_name
from anlan.apps.portal.press.edition import Edition
from anlan.apps.portal.press.picture import Patch, picture
from anlan.apps.portal.press.words import LANGUAGES, Card, cards, moment, zone
from anlan.apps.portal.queries.sent import Course

MOST_SHOWN = 60
"""Warnings on one page or map, the gravest: it stays light when a whole province is warned."""


class Pages:
    """The pages of an edition in one language."""

    def __init__(self, edition: Edition, language: str) -> None:
        self._edition, self.language = edition, language

    def every_time(self) -> Iterator[tuple[str, bytes]]:
        """What is made anew with each edition: its name and its bytes."""
        edition = self._edition
        now = cards(edition.in_force, self.language, edition.at)
        yield self._page("index.html", cards=now[:MOST_SHOWN], count=len(now),
                         more=max(0, len(now) - MOST_SHOWN), map=self._map(edition.in_force),
                         places=self._places(), months=self.months()[:3])  # fmt: skip
        yield self._page("banner.html", cards=now[:1], count=len(now))
        for code in edition.warned:
            own = [one for one in edition.in_force if one.touches(code)]
            yield self._page(f"place/{code}.html", template="place.html", code=code,
                             name=region_name(code), map=self._map(own),
                             more=max(0, len(own) - MOST_SHOWN),
                             cards=cards(own[:MOST_SHOWN], self.language, edition.at))  # fmt: skip
        yield self._page("place/none.html", template="place.html", cards=[])
        yield self._page("history/index.html", template="months.html", months=self.months())

    def warning(self, course: Course) -> bytes:
        """The page of a warning: what holds, and how it came to that."""
        at = self._edition.at
        last = Card(course, course.last, self.language, at)
        steps = [Card(course, one, self.language, at) for one in reversed(course.messages)]
        name = f"warning/{course.key}.html"
        return self._page(name, template="warning.html", card=last, steps=steps,
                          map=self._map([course]))[1]  # fmt: skip

    def month(self, month: str) -> bytes:
        """The page of a month, 2026-07: what was issued in it."""
        own = [one for one in self._edition.courses if month_of(one) == month]
        shown = cards(own, self.language, self._edition.at)
        return self._page(f"history/{month}.html", template="month.html", cards=shown,
                          month=self._month(month))[1]  # fmt: skip

    def months(self) -> list[dict[str, Any]]:
        """The months with warnings, the newest first."""
        count: dict[str, int] = defaultdict(int)
        for course in self._edition.courses:
            count[month_of(course)] += 1
        return [{"key": key, "name": self._month(key), "count": count[key]}
                for key in sorted(count, reverse=True)]  # fmt: skip

    def _month(self, month: str) -> str:
        year, number = month.split("-")
        return f"{year}年{int(number)}月" if self.language == "zh" else month

    def _map(self, courses: list[Course]) -> str:
        borders = [Patch(one.name, one.shape) for one in self._edition.borders]
        areas = self._edition.areas(courses[:MOST_SHOWN], self.language)
        with translation.override(LANGUAGES[self.language]):
            title = _("Map of the areas warned; the list says the same in words")
        return picture(borders, areas, title=title)

    def _places(self) -> list[dict[str, Any]]:
        """The districts, each with its gravest warning."""
        found = []
        for one in self._edition.borders:
            own = [c for c in self._edition.in_force if c.touches(one.region)]
            worst = cards(own[:1], self.language, self._edition.at)
            with translation.override(LANGUAGES[self.language]):
                name = region_name(one.region)
            found.append({"code": one.region, "name": name, "worst": worst, "count": len(own)})
        return found

    def _page(self, name: str, /, *, template: str = "", **facts: Any) -> tuple[str, bytes]:
        with translation.override(LANGUAGES[self.language]):
            about = {**frame(self._edition, self.language), "path": name, **facts}
            text = render_to_string(f"portal/{template or name}", about)
        return f"{self.language}/{name}", text.encode()


def frame(edition: Edition, language: str) -> dict[str, Any]:
    """What stands around every page."""
    return {
        "language": language,
        "site": edition.site,
        "written_at": moment(edition.at, language),
        "cursor": edition.cursor,
        "zone": zone(edition.at),
    }


def month_of(course: Course) -> str:
    """The month in which a warning was first issued, 2026-07, of this place's time."""
    return f"{timezone.localtime(course.messages[0].sent_at):%Y-%m}"
