"""The certificate of a call-down 叫应证明: the whole course, to print and to take away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.calling.board import Row, calls_of, progress, rows_of
from anlan.apps.warning.views.rows import as_out, headline
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.terms.errors import Refused

_MOST, _MOST_EXPORTED = 2_000, 20_000


@needs(SEE)
@require_safe
def certificate(request: HttpRequest, key: str) -> HttpResponse:
    """Every call of every message, in the order of asking, with the digest of what was said."""
    asker = asker_of(request)
    warning = warning_for(asker, key)
    rows = calls_of(asker, warning).order_by("call_down", "region", "thing", "tier", "pk")
    sent = list(warning.messages.order_by("order"))
    facts = {
        "warning": warning,
        "headline": headline(as_out(warning, sent[-1] if sent else None)),
        "sent": sent,
        "progress": progress(rows),
        "rows": rows_of(asker, rows[:_MOST]),
        "more": max(0, rows.count() - _MOST),
        "now": asker.now,
    }
    return render(request, "warning/calling/certificate.html", facts)


@needs(EXPORT)
@require_safe
def export(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The same as a workbook or CSV; it leaves an audit line."""
    asker = asker_of(request)
    warning = warning_for(asker, key)
    rows = calls_of(asker, warning).order_by("call_down", "region", "thing", "tier", "pk")
    found = rows_of(asker, rows[: _MOST_EXPORTED + 1])
    if len(found) > _MOST_EXPORTED:
        raise Refused(_("More than %(n)d calls.") % {"n": _MOST_EXPORTED})
    table = Sheet(str(_("Call-down")), _head(), [_line(row) for row in found])
    with deed(asker, EXPORT, warning.key, region=warning.region) as detail:
        detail |= {"rows": len(found), "form": form, "what": "calls"}
    name = f"calls-{warning.key}-{timezone.localtime(asker.now):%Y%m%d-%H%M}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def _head() -> tuple[str, ...]:
    return tuple(map(str, (
        _("Message"), _("SHA-256"), _("District"), _("In charge of"), _("Tier"), _("Full name"),
        _("Organisation"), _("Telephone"), _("Asked by"), _("Asked at"), _("State"), _("Ended at"),
        _("How"), _("By whom"), _("Passed to"), _("Late answer at"), _("Note"), _("Other replies"),
    )))  # fmt: skip


def _line(row: Row) -> tuple[Any, ...]:
    one, message = row.call, row.call.call_down.message
    return (
        message.identifier, message.digest, region_path(one.region), one.thing_name, one.tier,
        one.person, one.organisation, one.phone, ", ".join(one.ways), _local(one.asked_at),
        one.get_state_display(), _local(one.ended_at), one.get_way_display(), one.by_name,
        one.passed_to, _local(one.late_at), one.note, " / ".join(row.words),
    )  # fmt: skip


def _local(moment: Any) -> Any:
    """Local time without a zone, as spreadsheets have it; None where there is none."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
