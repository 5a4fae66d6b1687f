"""The list of official warnings 外来预警: what stands, what is over, and how the feeds do."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.models import Feed, Incoming, Warning
from anlan.apps.warning.queries.incoming import Sought, feeds, incoming, sought
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.views.incoming.rows import headline, rows_of
from anlan.cap.national.events import EVENTS
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed, Refused

_PAGE, _MOST, _MOST_EXPORTED, _UNPROCESSABLE = 50, 200, 20_000, 422
_LEVELS, _STATES = ("4", "3", "2", "1"), ("stands", "over", "lifted")
_NAMES = ("state", "level", "code", "status", "feed", "text")


@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """What stands first, the gravest before; then what is over, and the feeds with their age."""
    asker, told, asked = asker_of(request), "", QueryDict()
    try:
        wanted(asker, request.GET)
        asked = request.GET
    except Malformed as error:
        told = error.message
    facts = _lists(asker, asked) | {
        "told": told,
        "levels": [(n, level_word(int(n))) for n in _LEVELS],
        "states": list(zip(_STATES, (_("stands"), _("over"), _("lifted")), strict=True)),
        "statuses": Warning.Status.choices,
        "events": [(one.code, one.name) for one in EVENTS],
        "feeds": [_shown(one, asker) for one in feeds()],
        "filters": {name: request.GET[name] for name in _NAMES if request.GET.get(name)},
        "may_export": asker.may(EXPORT),
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/incoming/list.html", facts, status=status)


def _shown(feed: Feed, asker: Asker) -> dict[str, Any]:
    mute, stale = feed.is_mute(asker.now), feed.is_stale(asker.now)
    return {"one": feed, "is_mute": mute, "is_stale": stale}


def _lists(asker: Asker, asked: QueryDict) -> dict[str, Any]:
    rows, query = wanted(asker, asked), asked.copy()
    query.pop("after", None)
    held = {"is_lifted": False, "ends_at__gt": asker.now}
    standing = rows.filter(**held).order_by("status", "-level", "-sent_at")
    past = rows.exclude(**held).order_by("-pk")
    if asked.get("after"):
        last = incoming(asker).filter(key=plain(str(asked["after"]))[:16]).values("pk")[:1]
        past = past.filter(pk__lt=last)
    found = list(past[: _PAGE + 1])
    return {
        "standing": rows_of(standing[:_MOST], asker.now),
        "past": rows_of(found[:_PAGE], asker.now),
        "query": query.urlencode(),
        "after": found[_PAGE - 1].key if len(found) > _PAGE else "",
    }


def wanted(asker: Asker, query: QueryDict) -> QuerySet[Incoming]:
    """What an address asks for; Malformed naming the filter that is wrong."""
    level, state, status = (query.get(name, "") for name in ("level", "state", "status"))
    if level and level not in _LEVELS:
        raise Malformed(_("A level is 1 to 4."), where="level")
    if state and state not in _STATES:
        raise Malformed(_("%(value)s is no state.") % {"value": state[:40]}, where="state")
    if status and status not in Warning.Status.values:
        raise Malformed(_("A warning is actual, an exercise or a test."), where="status")
    return sought(asker, Sought(
        state=state, level=int(level or 0), status=status, code=query.get("code", "")[:16],
        feed=query.get("feed", "")[:32], text=query.get("text", "")[:100],
    ))  # fmt: skip


@needs(EXPORT)
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same list as a workbook or CSV; it leaves an audit line."""
    asker = asker_of(request)
    rows = list(wanted(asker, request.GET).order_by("-pk")[: _MOST_EXPORTED + 1])
    if len(rows) > _MOST_EXPORTED:
        raise Refused(_("More than %(n)d warnings: narrow the list.") % {"n": _MOST_EXPORTED})
    head = (
        _("Key"), _("Status"), _("Level"), _("Headline"), _("State"), _("Issued by"),
        _("Area warned"), _("Issued at"), _("Holds until"), _("Feed"), _("Taken in"),
    )  # fmt: skip
    table = Sheet(_("Official warnings"), head, [_row(one, asker) for one in rows])
    with deed(asker, EXPORT, f"incoming.{form}") as detail:
        detail |= {"rows": len(table.rows), "filters": request.GET.urlencode()[:300]}
    name = f"official-warnings-{timezone.localtime(asker.now):%Y%m%d-%H%M}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def _row(one: Incoming, asker: Asker) -> tuple[Any, ...]:
    sent, ends, heard = (
        None if at is None else timezone.localtime(at).replace(tzinfo=None)
        for at in (one.sent_at, one.ends_at, one.heard_at)
    )
    return (one.key, one.get_status_display(), level_word(one.level), headline(one),
            one.state(asker.now), one.office or one.sender, one.area, sent, ends, one.feed.name,
            heard)  # fmt: skip
