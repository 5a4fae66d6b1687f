"""How messages reached people in a time: by channel how many, how quickly, and why not."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.models import Addressee, Call, Subscription
from anlan.apps.warning.queries.evaluation.delivery.curves import (
    GROUPS,
    MOST_REASONS,
    Curve,
    curves,
)
from anlan.apps.warning.queries.evaluation.delivery.sent import sent_in
from anlan.apps.warning.views.evaluation.asked import asked, choices, usual
from anlan.apps.warning.views.evaluation.drawing import picture
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.terms.errors import Malformed

_UNPROCESSABLE = 422
_SHARES = (0.5, 0.9, 0.99, 1.0)


@needs(SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The channels with their curves."""
    asker, told, span = asker_of(request), "", usual(asker_of(request).now)
    try:
        span = asked(request, asker.now)
    except Malformed as error:
        told = error.message
    sent = sent_in(asker, span)
    facts = choices(asker) | {
        "span": span, "told": told, "query": request.GET.urlencode(), "now": asker.now,
        "last_day": span.until - timedelta(days=1), "may_export": asker.may(EXPORT),
        "chosen": {"warned": str(span.warned or "")}, "many": sent.count(),
        "groups": groups(curves(asker, sent)),
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/evaluation/delivery.html", facts, status=status)


@needs(EXPORT)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same table; it leaves an audit line. Times are in seconds."""
    asker = asker_of(request)
    span = asked(request, asker.now)
    table = sheet(curves(asker, sent_in(asker, span)))
    with deed(asker, EXPORT, "delivery") as detail:
        detail |= {"rows": len(table.rows), "filters": request.GET.urlencode()[:300], "form": form}
    name = f"delivery-{timezone.localtime(span.since):%Y%m%d}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def groups(found: list[Curve]) -> list[dict[str, Any]]:
    """The groups that there is something of, each with its channels as a page shows them."""
    several = [
        {"key": group, "title": group_title(group), "within": _within(group),
         "rows": [_row(one) for one in found if one.group == group]}
        for group in GROUPS
    ]  # fmt: skip
    return [one for one in several if one["rows"]]


def _within(group: str) -> tuple[str, ...]:
    """What the columns of the shares are called: of answers, or of hand-overs."""
    if group == "answer":
        return (_("half answered within"), _("nine of ten answered within"),
                _("99 % answered within"), _("all answered within"))  # fmt: skip
    return (_("half handed over within"), _("nine of ten handed over within"),
            _("99 % handed over within"), _("all handed over within"))  # fmt: skip


def _row(one: Curve) -> dict[str, Any]:
    steps = one.confirmed if one.group == "answer" else one.handed
    return {
        "one": one, "name": channel(one), "picture": picture(one),
        "within": [steps.within(share) for share in _SHARES],
        "reasons": [(reason(why), n) for why, n in one.reasons.most_common(MOST_REASONS)],
    }  # fmt: skip


def group_title(group: str) -> str:
    """Whom the channels of a group are for."""
    return {
        "people": _("To responsible people and devices"), "call": _("Asked in call-downs"),
        "answer": _("Answered in call-downs"), "mass": _("To subscribers"),
    }[group]  # fmt: skip


def channel(one: Curve) -> str:
    """What a channel is called."""
    known = {"answer": Call.Way.choices, "mass": Subscription.Way.choices}
    labels = {"voice": _("telephone call"), **dict(known.get(one.group, Addressee.By.choices))}
    return str(labels.get(one.channel, one.channel))


def reason(why: str) -> str:
    """Why it failed, in words; a far end's own words stay as they came."""
    return _(why) if why else _("no reason was given")


def sheet(found: list[Curve]) -> Sheet:
    """The channels as a table; times are in seconds."""
    head = (_("Recipients"), _("Channel"), _("addressed"), _("handed over"), _("delivered"),
            _("confirmed"), _("failed"), _("waiting"),
            _("half handed over or answered within, s"),
            _("nine of ten handed over or answered within, s"),
            _("99 % handed over or answered within, s"),
            _("all handed over or answered within, s"), _("Why"))  # fmt: skip
    rows = [(group_title(one.group), channel(one), one.many, one.handed.n, one.arrived,
             one.confirmed.n, one.failed, one.waiting, *_row(one)["within"],
             " / ".join(f"{reason(why)}: {n}" for why, n in one.reasons.most_common(MOST_REASONS)))
            for one in found]  # fmt: skip
    return Sheet(_("Delivery by channel"), head, rows)
