"""The page of new devices 新设备: what knocks, what it sends, admit or turn away."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions import devices as does
from anlan.apps.atlas.acts import ADMIT_DEVICES
from anlan.apps.atlas.meaning import packs, told, unit_of_quantity
from anlan.apps.atlas.pages.objects import kinds
from anlan.apps.atlas.queries.devices import (
    Guess,
    Knock,
    Sent,
    guess,
    named_like,
    turned_away,
)
from anlan.apps.atlas.queries.gateway.newcomers import newcomers
from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.atlas.views.gateway.newcomer import newcomer_shown
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.packs.units import shown
from anlan.terms.errors import AnlanError

_MOST_SHOWN, _UNPROCESSABLE = 50, 422


@needs(ADMIT_DEVICES)
def devices(request: HttpRequest) -> HttpResponse:
    """Everything that knocks in the asker's jurisdiction."""
    return devices_page(request)


@needs(ADMIT_DEVICES)
def offers(request: HttpRequest) -> HttpResponse:
    """The objects whose name or key holds what is being typed."""
    found = named_like(asker_of(request), request.GET.get("object_key", "").strip()[:64])
    return render(request, "atlas/gateway/objects.html", {"offers": found})


@needs(ADMIT_DEVICES)
@require_POST
def admit(request: HttpRequest, key: str) -> HttpResponse:
    """Admits a device; a refusal says why and keeps what was typed."""
    given = {name: request.POST.get(name, "") for name in ("object_key", "quantity", "name")}
    try:
        counts = does.admit(asker_of(request), key, does.About(**given))
    except AnlanError as error:
        return devices_page(request, wrong=key, told=str(error), given=Guess(**given))
    messages.success(request, _told(key, counts))
    return HttpResponseRedirect("/devices/")


@needs(ADMIT_DEVICES)
@require_POST
def turn_away(request: HttpRequest, key: str) -> HttpResponse:
    """Drops what a device sent."""
    try:
        rows = does.turn_away(asker_of(request), key, reason=request.POST.get("reason", ""))
    except AnlanError as error:
        return devices_page(request, wrong=key, told=str(error))
    messages.success(
        request,
        ngettext("Turned away: %(n)s row dropped.", "Turned away: %(n)s rows dropped.", rows)
        % {"n": f"{rows:,}"},
    )
    return HttpResponseRedirect("/devices/")


def _told(key: str, counts: dict[str, Any]) -> str:
    words = {"key": key, "rows": f"{counts['accepted']:,}"}
    if counts.get("waits"):
        return _("%(key)s is admitted; the rows that waited are not taken in yet.") % words
    if counts["foreign"]:
        return _("%(key)s is admitted, but the key of its source does not allow it to write "
                 "that sensor; its rows wait.") % words  # fmt: skip
    return _("%(key)s is admitted; %(rows)s waiting rows were taken in.") % words


def devices_page(
    request: HttpRequest, *, wrong: Any = "", told: str = "", given: Guess | None = None
) -> HttpResponse:
    """The page; wrong, told: what could not be dealt with, a sensor's key or a device's protocol
    and name, and why."""
    asker = asker_of(request)
    whole, found = newcomers(asker, most=_MOST_SHOWN)
    away = turned_away([one.sensor for one in found[:_MOST_SHOWN]])
    facts = {
        "devices": [
            _device(asker, one, given=given if one.sensor == wrong else None)
            | {"away": away.get(one.sensor), "told": told if one.sensor == wrong else ""}
            for one in found[:_MOST_SHOWN]
        ],
        "newcomers": [
            newcomer_shown(one, told=told if wrong == (one.protocol, one.device) else "")
            for one in whole[:_MOST_SHOWN]
        ],
        "total": len(whole) + len(found),
        "kinds": kinds(),
        "quantities": _quantities(),
        "offers": named_like(asker, ""),
        "regions": region_choices(within(asker.scope, owner="")) if whole else [],
    }
    return render(request, "atlas/devices.html", facts, status=_UNPROCESSABLE if told else 200)


def _device(asker: Asker, one: Knock, *, given: Guess | None) -> dict[str, Any]:
    seems = given or guess(asker, one.sensor)
    unit = unit_of_quantity(seems.quantity)
    return {
        "knock": one,
        "seems": seems,
        "since": _moment(one.first_at),
        "at": _moment(one.newest.at),
        "value": shown(one.newest.value, unit),
        "last": [_sent(sent, unit) for sent in reversed(one.last)],
    }


def _sent(sent: Sent, unit: str) -> tuple[datetime, str]:
    return _moment(sent.time), shown(sent.value, unit)


def _quantities() -> list[tuple[str, str]]:
    return [
        (f"{name}.{key}", f"{told(pack.title).partition(':')[0]} · {told(one.title)}")
        for name, pack in packs().items()
        for key, one in pack.quantities.items()
    ]


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
