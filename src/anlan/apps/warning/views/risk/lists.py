"""The list of risks 风险清单: filters, what is late first in the eye, and its export."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.people.actions import deed
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import EXPORT, OPEN_RISK, SEE_RISKS
from anlan.apps.warning.forms.fresh import event_choices
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries import event_named
from anlan.apps.warning.queries.risk import Asked, listed, risks
from anlan.apps.warning.queries.risk.listing import leafed, overdue
from anlan.apps.warning.views.risk.rows import Row, rows_of
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed, Refused
from anlan.terms.places import is_region

_PAGE, _MOST_EXPORTED, _UNPROCESSABLE = 50, 20_000, 422
_LEVELS = ("4", "3", "2", "1")
_NAMES = ("state", "level", "event", "region", "late", "mine", "text")


@needs(SEE_RISKS)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The newest first; what is open unless something else is asked for."""
    asker, told, asked = asker_of(request), "", QueryDict()
    try:
        wanted(request.GET)
        asked = request.GET
    except Malformed as error:
        told = error.message
    facts = _found(asker, asked) | {
        "told": told,
        "levels": [(n, level_word(int(n))) for n in _LEVELS],
        "states": [("open", _("all that are open")), *Risk.State.choices],
        "events": event_choices(),
        "places": region_choices(within(asker.scope_for(SEE_RISKS), "key", "")),
        "filters": {name: request.GET[name] for name in _NAMES if request.GET.get(name)},
        "may_open": asker.may(OPEN_RISK),
        "may_export": asker.may(EXPORT),
    }
    return render(request, "warning/risk/list.html", facts, status=_UNPROCESSABLE if told else 200)


def _found(asker: Asker, query: QueryDict) -> dict[str, Any]:
    found, after = leafed(asker, wanted(query), after=query.get("after", ""), size=_PAGE)
    kept = query.copy()
    kept.pop("after", None)
    open_ones = risks(asker).filter(state__in=Risk.OPEN)
    return {
        "rows": rows_of(found, asker.now),
        "open_count": open_ones.count(),
        "late_count": open_ones.filter(overdue(asker.now)).count(),
        "mine_count": open_ones.filter(holder=asker.key).count(),
        "query": kept.urlencode(),
        "after": after,
    }


def wanted(query: QueryDict) -> Asked:
    """What an address asks for; Malformed naming the filter that is wrong."""
    state, level, event, region, late, mine = (
        query.get(name, "") for name in ("state", "level", "event", "region", "late", "mine")
    )
    if state and state not in ("open", *Risk.State.values):
        raise Malformed(_("%(value)s is no state.") % {"value": state[:40]}, where="state")
    if level and level not in _LEVELS:
        raise Malformed(_("A level is 1 to 4."), where="level")
    pack, _colon, name = event.partition(":")
    if event and event_named(pack, name) is None:
        raise Malformed(_("There is no such event."), where="event")
    if region and not is_region(region):
        raise Malformed(_("%(value)s is no region code.") % {"value": region[:40]}, where="region")
    if late not in ("", "1") or mine not in ("", "1"):
        raise Malformed(_("This is 1, or left out."), where="late")
    return Asked(state=state, level=int(level or 0), event=event, region=region,
                 text=query.get("text", "")[:100], late=late == "1", mine=mine == "1")  # fmt: skip


@needs(EXPORT)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same list as a workbook or CSV; it leaves an audit line."""
    asker = asker_of(request)
    found = list(listed(asker, wanted(request.GET)).order_by("-pk")[: _MOST_EXPORTED + 1])
    if len(found) > _MOST_EXPORTED:
        raise Refused(_("More than %(n)d risks: narrow the list.") % {"n": _MOST_EXPORTED})
    head = (
        _("Key"), _("Status"), _("Level"), _("Kind"), _("Object or enterprise"), _("Object key"),
        _("District"), _("State"), _("Late"), _("Person in charge"), _("Organisation"),
        _("Telephone"), _("Opened from"), _("Opened by"), _("Opened"), _("Taken over"),
        _("First report"), _("Close by"), _("Closed on"), _("Description"),
    )  # fmt: skip
    table = Sheet(_("List of risks"), head, [_row(one) for one in rows_of(found, asker.now)])
    with deed(asker, EXPORT, f"risks.{form}") as detail:
        detail |= {"rows": len(table.rows), "filters": request.GET.urlencode()[:300]}
    name = f"risks-{timezone.localtime(asker.now):%Y%m%d-%H%M}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def _row(row: Row) -> tuple[Any, ...]:
    one = row.one
    return (
        one.key, one.get_status_display(), level_word(one.level), row.kind, one.thing_name,
        one.thing, row.where, one.get_state_display(), row.due if row.is_late else "",
        one.holder_name, one.holder_office, one.holder_phone, one.get_source_display(),
        one.opener_name, _local(one.opened_at), _local(one.taken_at), _local(one.reported_at),
        _local(one.close_by), _local(one.closed_at), one.text,
    )  # fmt: skip


def _local(moment: Any) -> Any:
    """Local time without a zone, as spreadsheets have it; None where there is none."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
