"""The list of warnings: in force, in the making, past; and its export."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE, WRITE
from anlan.apps.warning.forms.fresh import event_choices
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import Wanted, awaiting, event_named, selected, warnings
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.views.rows import Row, rows_of
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_csv, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed, Refused

_MOST, _PAGE, _MOST_EXPORTED, _UNPROCESSABLE = 200, 50, 20_000, 422
_LEVELS = ("4", "3", "2", "1")
_NAMES = ("state", "level", "event", "status", "text", "mine")


@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """In force first, then what is in the making with whose turn it is, then what is over."""
    asker, told, asked = asker_of(request), "", QueryDict()
    try:
        wanted(asker, request.GET)
        asked = request.GET
    except Malformed as error:
        told = error.message
    facts = _lists(asker, asked) | _choices() | {
        "told": told,
        "filters": {name: request.GET[name] for name in _NAMES if request.GET.get(name)},
        "may_write": asker.may(WRITE),
        "may_export": asker.may(EXPORT),
    }  # fmt: skip
    return render(request, "warning/list/list.html", facts, status=_UNPROCESSABLE if told else 200)


def _choices() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "levels": [(n, level_word(int(n))) for n in _LEVELS],
        "states": Warning.State.choices,
        "statuses": Warning.Status.choices,
        "events": event_choices(),
    }


def _lists(asker: Asker, asked: QueryDict) -> dict[str, Any]:
    """The three parts; with `mine=1` only what waits for the asker."""
    waiting = rows_of(awaiting(asker))
    if asked.get("mine") == "1":
        return {"waiting": waiting, "making": waiting, "is_mine": True}
    rows, query = wanted(asker, asked), asked.copy()
    query.pop("after", None)
    in_force, in_making = {"standing__in": Warning.IN_FORCE}, {"state__in": Warning.IN_THE_MAKING}
    past = rows.exclude(**in_force).exclude(**in_making).order_by("-pk")
    if asked.get("after"):
        last = warnings(asker).filter(key=plain(str(asked["after"]))[:16]).values("pk")[:1]
        past = past.filter(pk__lt=last)
    found = list(past[: _PAGE + 1])
    return {
        "waiting": waiting,
        "force": sorted(
            rows_of(rows.filter(**in_force).order_by("-level", "-pk")[:_MOST]),
            key=lambda row: -row.out.level,
        ),
        "making": rows_of(
            rows.filter(**in_making).exclude(**in_force).order_by("changed_at")[:_MOST]
        ),
        "past": rows_of(found[:_PAGE]),
        "query": query.urlencode(),
        "after": found[_PAGE - 1].key if len(found) > _PAGE else "",
    }


def wanted(asker: Asker, query: QueryDict) -> QuerySet[Warning]:
    """The warnings that an address asks for; Malformed naming the filter that is wrong."""
    level, state, status = (query.get(name, "") for name in ("level", "state", "status"))
    if level and level not in _LEVELS:
        raise Malformed(_("A level is 1 to 4."), where="level")
    if state and state not in Warning.State.values:
        raise Malformed(_("%(value)s is no state.") % {"value": state[:40]}, where="state")
    if status and status not in Warning.Status.values:
        raise Malformed(_("A warning is actual, an exercise or a test."), where="status")
    asked = Wanted(
        levels=(int(level),) if level else (), states=(state,) if state else (), status=status,
        text=query.get("text", "")[:100],
    )  # fmt: skip
    rows = selected(asker, asked)
    if not query.get("event"):
        return rows
    pack, _colon, name = str(query["event"]).partition(":")
    event = event_named(pack, name)
    if event is None:
        raise Malformed(_("There is no such event."), where="event")
    return rows.filter(pack=pack, event_zh=event.title.zh)


@needs(EXPORT)
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same list as a workbook or CSV; it leaves an audit line."""
    asker = asker_of(request)
    rows = list(wanted(asker, request.GET).order_by("-pk")[: _MOST_EXPORTED + 1])
    if len(rows) > _MOST_EXPORTED:
        raise Refused(_("More than %(n)d warnings: narrow the list.") % {"n": _MOST_EXPORTED})
    table = Sheet(str(_("Warnings")), _head(), [_row(one) for one in rows_of(rows)])
    with deed(asker, EXPORT, form) as detail:
        detail |= {"rows": len(table.rows), "filters": request.GET.urlencode()[:300]}
    name = f"warnings-{timezone.localtime(asker.now):%Y%m%d-%H%M}"
    return as_csv(table, name) if form == "csv" else as_xlsx([table], name)


def _head() -> tuple[str, ...]:
    return tuple(map(str, (
        _("Key"), _("Status"), _("Level"), _("Headline"), _("State"), _("Next message"),
        _("District"), _("Writer"), _("Begun"), _("Last changed"), _("Holds until"),
    )))  # fmt: skip


def _row(row: Row) -> tuple[Any, ...]:
    one, out = row.one, row.out
    return (
        one.key, one.get_status_display(), level_word(out.level), row.headline,
        one.get_state_display(), one.get_kind_display(), region_path(one.region), one.writer_name,
        _local(one.created_at), _local(one.changed_at), _local(out.expires),
    )  # fmt: skip


def _local(moment: Any) -> Any:
    """Local time without a zone, as spreadsheets have it; None where there is none."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
