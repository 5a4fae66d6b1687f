"""The time, the place and the levels that an address of the evaluation asks for."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import pack_title, packs
from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries.evaluation import Span
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.places import LENGTHS, is_region

_DAYS, _LONGEST = 30, timedelta(days=367)
LEVELS = tuple(reversed([int(one) for one in RAISED_LEVELS]))


def usual(now: datetime) -> Span:
    """The last thirty days, today among them."""
    today = timezone.localtime(now).date()
    return days(today - timedelta(days=_DAYS - 1), today)


def days(first: date, last: date) -> Span:
    """From the beginning of a day to the end of another, by the clock of the place."""
    zone = timezone.get_current_timezone()
    return Span(since=datetime.combine(first, time.min, zone),
                until=datetime.combine(last + timedelta(days=1), time.min, zone))  # fmt: skip


def asked(request: HttpRequest, now: datetime) -> Span:
    """What the address asks for; Malformed naming what is wrong."""
    query, today = request.GET, timezone.localtime(now).date()
    try:
        last = date.fromisoformat(query.get("until") or f"{today:%F}")
        since = query.get("since")
        first = date.fromisoformat(since) if since else last - timedelta(days=_DAYS - 1)
        found = days(first, last)
    except (ValueError, OverflowError) as error:
        raise Malformed(_("A day is written such as 2026-07-21."), where="since") from error
    if not timedelta(0) < found.until - found.since <= _LONGEST:
        raise Malformed(_("At most a year, and the end after the beginning."), where="until")
    return replace(
        found, region=_region(query.get("region", "")), kind=_kind(query.get("kind", "")),
        level=_level(query.get("level", ""), found.level),
        warned=_level(query.get("warned", ""), 0),
    )  # fmt: skip


def _level(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if text not in map(str, LEVELS):
        raise Malformed(_("A level is 1 to 4."), where="level")
    return int(text)


def _region(code: str) -> str:
    if code and not is_region(code):
        raise Malformed(_("There is no such district."), where="region")
    return code


def _kind(name: str) -> str:
    if name and name not in packs():
        raise Malformed(_("There is no such hazard."), where="kind")
    return name


def choices(asker: Asker) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: districts of the asker, hazards, levels."""
    own = within(asker.scope_for(SEE), "key", owner="")
    return {
        "regions": region_choices(own, longest=LENGTHS["town"]),
        "kinds": sorted(((name, pack_title(name)) for name in packs()), key=lambda one: one[1]),
        "levels": [(str(n), level_word(n)) for n in LEVELS],
    }
