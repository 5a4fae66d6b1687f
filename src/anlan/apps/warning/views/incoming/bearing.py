"""What an official warning bears upon, on its page: limits that it lowers, and the response."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions.lowering import as_terms
from anlan.apps.atlas.meaning import pack_title, quantity_title, rule_title, unit_of_quantity
from anlan.apps.atlas.models import Lowering
from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.actions.incoming.lowering import end, leave, lower
from anlan.apps.warning.acts import LOWER
from anlan.apps.warning.models import Incoming
from anlan.apps.warning.queries.incoming.asking import Asked, Seen, asked_of
from anlan.apps.warning.queries.incoming.bearing import (
    borne_by,
    lowerings_of,
    sensors_under,
    untouched,
)
from anlan.apps.warning.queries.incoming.listing import incoming_for
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.templatetags.desk import level_word
from anlan.packs.units import shown
from anlan.terms.errors import AnlanError

_MOST_REGIONS = 8


def bearing_of(asker: Asker, one: Incoming) -> dict[str, Any]:
    """What is suggested, what was decided, and what the asker may decide."""
    asked = asked_of(asker, one)
    borne = borne_by(one) if one.stands(asker.now) else []
    return {
        "responses": [
            {"hazard": pack_title(pack), "level": x.response, "reason": x.reason,
             "source": x.source} for pack, x in borne if x.response
        ],
        "asked": [_asked(x) for x in asked],
        "rows": (rows := [_row(asker, row) for row in lowerings_of(asker, one)]),
        "untouched": _untouched({x.pack for x in asked} | {x["row"].pack for x in rows}),
    }  # fmt: skip


def _untouched(names: set[str]) -> list[dict[str, str]]:
    """By hazard the rules that stay as they are, whatever is lowered."""
    return [
        {"hazard": pack_title(name), "rules": "、".join(rule_title(key) for key in untouched(name))}
        for name in sorted(names)
        if untouched(name)
    ]


def _asked(one: Asked) -> dict[str, Any]:
    return {
        "pack": one.pack, "hazard": pack_title(one.pack), "source": one.bearing.source,
        "lines": [_line(one.pack, low) for low in as_terms(one.bearing.lower)],
        "where": _where(one.regions), "mark": one.mark, "is_again": one.is_again,
    }  # fmt: skip


def _row(asker: Asker, row: Lowering) -> dict[str, Any]:
    may = row.holds(asker.now) and all(asker.may(LOWER, code) for code in row.regions)
    return {
        "row": row,
        "hazard": pack_title(row.pack),
        "lines": [_line(row.pack, term) for term in row.terms],
        "where": _where(row.regions),
        "holds": row.holds(asker.now),
        "may_end": may,
        "sensors": sensors_under(asker, row),
    }


def _where(codes: Any) -> str:
    told = [region_path(code) for code in codes[:_MOST_REGIONS]]
    return "、".join([*told, *(["…"] if len(codes) > _MOST_REGIONS else [])])


def _line(pack: str, low: dict[str, Any]) -> str:
    """In words how the limits of a quantity are lowered."""
    name = f"{pack}.{low['quantity']}"
    facts = {"quantity": quantity_title(name), "levels": _levels(low.get("levels"))}
    if low.get("factor") is not None:
        told = _("%(quantity)s: %(levels)s to %(share)s of the limit")
        return told % {**facts, "share": f"{low['factor']:.0%}"}
    if low.get("by") is not None:
        told = _("%(quantity)s: %(levels)s lower by %(step)s")
        return told % {**facts, "step": shown(low["by"], unit_of_quantity(name))}
    told = _("%(quantity)s: %(levels)s to the limit %(n)s levels below")
    return told % {**facts, "n": low["grade"]}


def _levels(levels: Any) -> str:
    if not levels:
        return _("all levels")
    return "、".join(level_word(int(x)) for x in levels)


@needs(LOWER)
@require_POST
def decide(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Lowers the limits, leaves them, lowers them after all, or ends that before the warning."""
    asker, told = asker_of(request), request.POST
    seen = Seen(told.get("pack", ""), told.get("seen", ""), is_again=verb == "again")
    incoming_for(asker, key)
    try:
        if verb in ("lower", "again"):
            lower(asker, key, seen)
            messages.success(request, _("The limits are lowered while the warning stands."))
        elif verb == "leave":
            leave(asker, key, seen, reason=told.get("reason", ""))
            messages.success(request, _("The limits are left as they are."))
        elif verb == "end":
            end(asker, key, told.get("lowering", ""), reason=told.get("reason", ""))
            messages.success(request, _("The limits are as before."))
        else:
            raise Http404
    except AnlanError as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(f"/warnings/incoming/{key}")
