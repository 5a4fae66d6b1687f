"""The devices of the gateway: all of them, one of them, and what is asked of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions.gateway.asking import ask_device
from anlan.apps.atlas.acts import ADMIT_DEVICES, ASK_DEVICES, CHANGE_DEVICES, SEE_DEVICES
from anlan.apps.atlas.queries.gateway.heard import Found, Wanted, device_for, devices
from anlan.apps.atlas.queries.gateway.questions import questions_of
from anlan.apps.atlas.queries.gateway.watched import watched
from anlan.apps.atlas.views.gateway.asked import asked_shown
from anlan.apps.atlas.views.gateway.frames import frames_shown
from anlan.apps.atlas.views.gateway.media import media_shown
from anlan.apps.atlas.views.gateway.sensors import sensors_shown
from anlan.apps.atlas.words import fault_word
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.live.gateway.devices.roll import Known
from anlan.live.gateway.protocols import TITLES, names, title_of
from anlan.live.gateway.settings import has_gateway
from anlan.live.ways.settings import has_ways
from anlan.live.ways.told import last_told
from anlan.terms.errors import AnlanError

_EACH, _UNPROCESSABLE = 100, 422


@needs(SEE_DEVICES)
def listing(request: HttpRequest) -> HttpResponse:
    """The asker's devices, who was heard last first."""
    asker, get = asker_of(request), request.GET
    wanted = Wanted(
        get.get("text", "").strip()[:64], get.get("protocol", ""), get.get("state") == "online"
    )
    at = get.get("after", "")
    after = int(at) if at.isascii() and at.isdigit() and len(at) < 7 else 0
    found = devices(asker, wanted, most=_EACH + 1, after=after)
    things = watched(asker, found[:_EACH])
    filters = {name: get[name] for name in ("text", "protocol", "state") if get.get(name)}
    facts = {
        "rows": [
            row_shown(one) | {"things": things[one.protocol, one.device]} for one in found[:_EACH]
        ],
        "next": urlencode(filters | {"after": after + _EACH}) if len(found) > _EACH else "",
        "filters": filters,
        "protocols": [(one, title_of(one)) for one in (*names(), *_mapped(settings.PLACE.data))],
        "has_gateway": has_gateway(settings.PLACE.data) or has_ways(settings.PLACE.data),
        "still": _still(settings.PLACE.data),
        "may_admit": asker.may(ADMIT_DEVICES),
    }
    return render(request, "atlas/gateway/devices.html", facts)


@needs(SEE_DEVICES)
def device(request: HttpRequest, protocol: str, device: str) -> HttpResponse:
    """One of them; for HTMX what was asked of it."""
    return _page(request, device_for(asker_of(request), protocol, device))


@needs(ASK_DEVICES)
@require_POST
def ask(request: HttpRequest, protocol: str, device: str) -> HttpResponse:
    """Asks it; a refusal says why and keeps what was typed."""
    asker, given = asker_of(request), request.POST.dict()
    words = {name: str(value) for name, value in given.items()}
    try:
        ask_device(asker, protocol, device, words)
    except AnlanError as error:
        found = device_for(asker, protocol, device)
        return _page(request, found, told=str(error), given=words)
    messages.success(request, _("It is noted; the answer appears below."))
    return HttpResponseRedirect(path_of(protocol, device))


def path_of(protocol: str, device: str) -> str:
    """Where the page of a device is."""
    return f"/gateway/{protocol}/{quote(device, safe='')}"


def _page(
    request: HttpRequest, found: Found, *, told: str = "", given: dict[str, str] | None = None
) -> HttpResponse:
    asker, one = asker_of(request), found.known
    # A frame, an answer or a picture holds what all sensors of the device say.
    is_whole = found.may(asker, SEE_DEVICES)
    asked = asked_shown(one.protocol, one.device) if is_whole else []
    facts: dict[str, Any] = {
        "one": row_shown(one), "asked": asked, "waits": any(not row["result"] for row in asked),
        "path": path_of(one.protocol, one.device), "is_whole": is_whole,
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "atlas/gateway/asked.html", facts)
    facts |= {
        "first_at": _moment(one.first_at),
        "things": watched(asker, [one])[one.protocol, one.device],
        "sensors": sensors_shown(asker, found),
        "media": media_shown(one.protocol, one.device) if is_whole else [],
        "frames": frames_shown(one.protocol, one.device) if is_whole else [],
        "may_admit": asker.may(ADMIT_DEVICES) and len(found.sensors) < len(found.spoken),
        "questions": _questions(asker, found),
        "told": told,
        "given": given or {},
    }
    status = _UNPROCESSABLE if told else 200
    return render(request, "atlas/gateway/device.html", facts, status=status)


def _questions(asker: Asker, found: Found) -> list[Any]:
    """What the asker may ask it."""
    may = {True: found.may(asker, CHANGE_DEVICES), False: found.may(asker, ASK_DEVICES)}
    return [one for one in questions_of(found.known.protocol) if may[one.changes]]


def row_shown(one: Known) -> dict[str, Any]:
    """A device as people read it."""
    title = title_of(one.protocol)
    return {
        "known": one,
        "title": title,
        "short": " ".join(word for word in title.split() if word.isascii()) or title,
        "seen_at": _moment(one.seen_at),
        "path": path_of(one.protocol, one.device),
        "faults": [(fault_word(code), n) for code, n in sorted(one.faults.items())],
    }


def _mapped(data: Path) -> list[str]:
    """The protocols that mappings may bring, on a site that has some."""
    return list(TITLES) if has_ways(data) else []


def _still(data: Path) -> list[dict[str, Any]]:
    """Mappings that are wrong, so that nothing comes by them: `name` and `trouble`."""
    told = last_told(data) if has_ways(data) else None
    return [one for one in (told or {"listeners": []})["listeners"] if one.get("is_wrong")]


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
