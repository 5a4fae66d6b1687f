"""The page of the demo's ears: what reached whom, and the answer of a telephone."""

import hashlib
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from anlan.apps.atlas.models import Facility
from anlan.apps.people.models import Responsibility, User
from anlan.channels.sms.number import plain
from anlan.desk.doors import signed_in
from anlan.site.demo.ears.kept import Answer, Heard, Kept

KINDS = {
    "sms": gettext_lazy("SMS"),
    "email": gettext_lazy("E-mail"),
    "speaker": gettext_lazy("Loudspeaker"),
    "screen": gettext_lazy("LED screen"),
}
"""What people call the kinds of what is heard."""
_MOST, _LONGEST = 40, 200


@require_GET
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """What reached the city's telephones and mailboxes, or for HTMX its changing part."""
    kept = _kept()
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    heard = kept.newest(_MOST, kind or "*")
    names = _names()
    facts = {
        "kinds": KINDS.items(), "kind": kind,
        "heard": [_row(one, names) for one in heard],
    }  # fmt: skip
    name = "demo/ears_part.html" if request.headers.get("HX-Request") else "demo/ears.html"
    return render(request, name, facts)


@require_POST
@signed_in
def answer(request: HttpRequest) -> HttpResponse:
    """A telephone of the city writes back."""
    number, text = plain(request.POST.get("number", "")), request.POST.get("text", "").strip()
    kept = _kept()
    if number and text:
        kept.answer(Answer(number=number, text=text[:_LONGEST]))
        messages.success(request, _("%(number)s has answered.") % {"number": number})
    return HttpResponseRedirect("/demo/ears?kind=sms")


def _kept() -> Kept:
    if not settings.PLACE.is_demo:
        raise Http404
    return Kept(settings.PLACE.data)


def _names() -> dict[str, str]:
    """Whose numbers, mailboxes and devices they are; the city's people are invented."""
    devices = Facility.objects.exclude(device="")
    found = dict(devices.exclude(kind="screen").values_list("device", "name"))
    found |= dict(devices.filter(kind="screen").values_list("key", "name"))
    for name, phone, mail in (
        *Responsibility.objects.values_list("person", "phone", "email"),
        *User.objects.values_list("name", "phone", "email"),
    ):
        found |= {way: name for way in (plain(phone), mail) if way}
    return found


def _row(one: Heard, names: dict[str, str]) -> dict[str, object]:
    said = hashlib.sha256(repr(one).encode()).hexdigest()  # so that what is open stays open
    return {
        "name_of": said[:16],
        "kind": one.kind, "title": KINDS.get(one.kind, one.kind), "to": one.to,
        "name": names.get(plain(one.to) or one.to, ""), "subject": one.subject, "level": one.level,
        "text": one.text, "at": datetime.fromtimestamp(one.at_ms / 1000, UTC),
    }  # fmt: skip
