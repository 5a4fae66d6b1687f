"""What the address of a list asks for, and what is wrong with it."""

from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import Wanted
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

NAMES = (
    "level", "peak", "state", "kind", "pack", "region", "object", "text", "since", "until",
    "open", "status", "mine", "unacknowledged", "recovered", "shelved", "offline", "late", "false",
)  # fmt: skip
STATUSES = ("Actual", "Exercise", "Test")


def wanted(query: QueryDict, *, is_open: bool | None = None) -> Wanted:
    """The filters of an address; Malformed naming the one that is wrong."""
    region = query.get("region", "")
    if region and not is_region(region):
        raise Malformed(_("%(value)s is no region code.") % {"value": region}, where="region")
    return Wanted(
        levels=_levels(query, "level"),
        peaks=_levels(query, "peak"),
        states=_states(query),
        statuses=_statuses(query),
        kind=query.get("kind", ""),
        pack=query.get("pack", ""),
        region=region,
        object_key=query.get("object", ""),
        text=query.get("text", "")[:100],
        since=moment(query, "since"),
        until=moment(query, "until"),
        is_open=_yes(query, "open") if "open" in query else is_open,
        mine=bool(_yes(query, "mine")),
        unacknowledged=bool(_yes(query, "unacknowledged")),
        recovered=_yes(query, "recovered"),
        quiet=_yes(query, "shelved"),
        stale=_yes(query, "offline"),
        late=_yes(query, "late"),
        is_false=_yes(query, "false"),
    )


def _yes(query: QueryDict, name: str) -> bool | None:
    value = query.get(name, "")
    if value not in ("", "0", "1"):
        raise Malformed(_("%(name)s is 0 or 1.") % {"name": name}, where=name)
    return {"": None, "0": False, "1": True}[value]


def _levels(query: QueryDict, name: str) -> tuple[int, ...]:
    found = query.getlist(name)
    if not all(one in ("1", "2", "3", "4", "0") for one in found if one):
        raise Malformed(_("A level is 0 to 4."), where=name)
    return tuple(int(one) for one in found if one)


def _states(query: QueryDict) -> tuple[str, ...]:
    found = tuple(one for one in query.getlist("state") if one)
    unknown = [one for one in found if one not in Alarm.State.values]
    if unknown:
        raise Malformed(_("%(value)s is no state.") % {"value": unknown[0][:40]}, where="state")
    return found


def _statuses(query: QueryDict) -> tuple[str, ...]:
    found = tuple(one for one in query.getlist("status") if one)
    unknown = [one for one in found if one not in STATUSES]
    if unknown:
        raise Malformed(_("%(value)s is no status.") % {"value": unknown[0][:40]}, where="status")
    return found


def moment(query: QueryDict, name: str) -> datetime | None:
    """A date or a local time; a date means its beginning."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
        if found is None:
            day = parse_date(text)
            found = datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - zoned below
    except ValueError:
        found = None
    if found is None:
        raise Malformed(_("%(value)s is no date.") % {"value": text[:40]}, where=name)
    return found if found.tzinfo else timezone.make_aware(found)
