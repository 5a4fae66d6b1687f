"""Statistics of the handling 统计: how many, how quickly, how many false, what makes noise."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import kind_title, pack_title, packs
from anlan.apps.atlas.queries import region_name
from anlan.apps.people.actions import deed
from anlan.apps.watch.acts import EXPORT
from anlan.apps.watch.queries import Statistics, noise, statistics
from anlan.apps.watch.queries.noise import SOURCE
from anlan.apps.watch.views.lists.asked import moment
from anlan.desk.doors import asker_of, needs, signed_in
from anlan.desk.tables import Sheet, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed

_DAYS, _LONGEST = 7, timedelta(days=400)


@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """The figures of some days; the last week without a choice."""
    told, span = "", None
    try:
        span = _span(request)
    except Malformed as error:
        told = str(error)
    asker = asker_of(request)
    since, until = span or (asker.now - timedelta(days=_DAYS), asker.now)
    trials = request.GET.get("trials") == "1"
    found = statistics(asker, since, until, trials=trials)
    facts = {
        "trials": trials,
        "told": told,
        "since": since,
        "until": until,
        "last_day": until - timedelta(seconds=1),
        "total": found.total,
        "tables": _tables(found),
        "days": list(found.by_day.items()),
        "most": max(found.by_day.values(), default=1),
        "noise": noise(asker, since, until, trials=trials),
        "noise_source": SOURCE,
        "query": request.GET.urlencode(),
    }
    return render(request, "watch/figures/statistics.html", facts, status=422 if told else 200)


@needs(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as a workbook."""
    asker = asker_of(request)
    since, until = _span(request) or (asker.now - timedelta(days=_DAYS), asker.now)
    trials = request.GET.get("trials") == "1"
    tables = _tables(statistics(asker, since, until, trials=trials))
    with deed(asker, EXPORT, "statistics.xlsx") as detail:
        detail |= {"since": since.isoformat(), "until": until.isoformat(), "trials": trials}
    sheets = [Sheet(title, _head(), [_row(*row) for row in rows]) for title, rows in tables]
    return as_xlsx(sheets, f"statistics-{since:%Y%m%d}-{until:%Y%m%d}")


def _head() -> tuple[str, ...]:
    """Of each sheet; times are in seconds."""
    return ("", _("Alarms"), _("red"), _("orange"), _("yellow"), _("blue"), _("False"),
            _("To acknowledge, median, s"), _("To close, median, s"))  # fmt: skip


def _row(name: str, one: Any) -> tuple[Any, ...]:
    levels = one.by_level
    return (name, one.total, levels[4], levels[3], levels[2], levels[1], one.false,
            one.acknowledged.median_s, one.closed.median_s)  # fmt: skip


def _span(request: HttpRequest) -> Any:
    """The days asked for, the last one included; Malformed where they are none."""
    since, until = moment(request.GET, "since"), moment(request.GET, "until")
    if until is not None and "T" not in request.GET["until"]:
        until += timedelta(days=1)
    if since is None and until is None:
        return None
    now = asker_of(request).now
    until = until or now
    since = since or until - timedelta(days=_DAYS)
    if not timedelta(0) < until - since <= _LONGEST:
        raise Malformed(_("The span begins before it ends, and is 400 days at most."))
    return since, until


def _tables(found: Statistics) -> list[tuple[str, list[tuple[str, Any]]]]:
    return [
        (_("By district"), [(region_name(f.name), f) for f in found.by_district]),
        (_("By hazard"), [(pack_title(f.name) or "—", f) for f in found.by_pack]),
        (_("By type"), [(_kind(f.name), f) for f in found.by_kind]),
        (_("By highest level"), [(_level(f.name), f) for f in found.by_level]),
    ]


def _kind(name: str) -> str:
    pack = next((p for p, one in packs().items() if name in one.object_types), "")
    return kind_title(pack, name) or "—"


def _level(name: str) -> str:
    return level_word(int(name))
