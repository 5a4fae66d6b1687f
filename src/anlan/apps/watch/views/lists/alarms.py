"""Lists of alarms and their export."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import pack_title, packs, quantity_title, rule_title
from anlan.apps.atlas.queries import region_path
from anlan.apps.people.actions import deed
from anlan.apps.watch.acts import EXPORT
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import Wanted, listing, selected
from anlan.apps.watch.sentence import lasting, sentence
from anlan.apps.watch.views.lists.asked import NAMES, wanted
from anlan.apps.watch.views.lists.shown import shown
from anlan.desk.doors import asker_of, needs, signed_in
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.packs.units import sign_of
from anlan.terms.errors import Malformed, Refused

_MOST_EXPORTED = 100_000


@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Alarms by filters, the most urgent first; closed ones too."""
    asker = asker_of(request)
    told, asked = "", Wanted()
    try:
        asked = wanted(request.GET)
        found = listing(asker, asked, after=request.GET.get("after", ""))
    except Malformed as error:
        told, found = str(error), listing(asker, Wanted())
    query = request.GET.copy()
    query.pop("after", None)
    facts = {
        "told": told,
        "alarms": shown(asker, found.rows),
        "filters": {name: request.GET[name] for name in NAMES if request.GET.get(name)},
        "levels": [(n, level_word(n)) for n in (4, 3, 2, 1)],
        "states": Alarm.State.choices,
        "statuses": [("Actual", _("real")), ("Exercise", _("exercise")), ("Test", _("test"))],
        "packs": [(name, pack_title(name)) for name in packs()],
        "query": query.urlencode(),
        "next": f"{query.urlencode()}&after={found.after}".lstrip("&") if found.after else "",
        "may_export": asker.may(EXPORT),
        "last_night": last_night(asker.now),
    }
    return render(request, "watch/lists/alarms.html", facts, status=422 if told else 200)


def last_night(now: datetime) -> str:
    """The newest night, 18:00 to 08:00, that has begun, as the filters of an address."""
    local = timezone.localtime(now)
    evening = local.replace(hour=18, minute=0, second=0, microsecond=0)
    start = evening if local.hour >= 20 else evening - timedelta(days=1)
    end = min(local, start + timedelta(hours=14))
    return f"since={start:%Y-%m-%dT%H:%M}&until={end:%Y-%m-%dT%H:%M}"


@needs(EXPORT)
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same list as a workbook or CSV; it leaves an audit line."""
    asker = asker_of(request)
    asked = wanted(request.GET)
    rows = list(selected(asker, asked).order_by("-raised_at", "-id")[: _MOST_EXPORTED + 1])
    if len(rows) > _MOST_EXPORTED:
        told = _("More than %(n)d alarms: choose a shorter time.")
        raise Refused(told % {"n": _MOST_EXPORTED})
    table = Sheet(str(_("Alarms")), _head(), [_row(asker, one) for one in rows])
    with deed(asker, EXPORT, form) as detail:
        detail |= {"rows": len(table.rows), "filters": request.GET.urlencode()[:300]}
    name = f"alarms-{timezone.localtime(asker.now):%Y%m%d-%H%M}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def _head() -> tuple[str, ...]:
    return tuple(map(str, (
        _("Key"), _("Status"), _("Level now"), _("Highest level"), _("Object"), _("Object key"),
        _("District"), _("Hazard"), _("Rule"), _("What"), _("Quantity"), _("Measured value"),
        _("Limit"), _("Unit"), _("Raised"), _("Acknowledged"), _("Recovered"), _("Closed"),
        _("Lasting"), _("State"), _("In charge"), _("False alarm"), _("Cause"), _("Measure"),
        _("Repeats"),
    )))  # fmt: skip


def _row(asker: Any, one: Alarm) -> tuple[Any, ...]:
    return (
        one.key, one.status, level_word(one.level), level_word(one.peak), one.object_name,
        one.object_key, region_path(one.region), pack_title(one.pack), rule_title(one.rule),
        sentence(one), quantity_title(one.quantity), one.value, one.limit, sign_of(one.unit),
        _local(one.raised_at), _local(one.acknowledged_at), _local(one.recovered_at),
        _local(one.closed_at), lasting(one, asker.now), one.get_state_display(),
        one.assignee_name, one.false_reason if one.is_false else "", one.cause, one.measure,
        one.repeats,
    )  # fmt: skip


def _local(moment: Any) -> Any:
    """Local time without a zone, as spreadsheets have it; None where there is none."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
