"""What a form on the alarm page asks to be done: each verb reads its own fields."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from anlan.apps.watch import actions
from anlan.desk.asker import Asker
from anlan.desk.doors import shown_version
from anlan.terms.errors import Malformed

Verb = Callable[[Asker, str, HttpRequest], Any]
_HOURS = ("1", "2", "8", "24", "72")


def _hours(request: HttpRequest, name: str) -> timedelta:
    text = request.POST.get(name, "")
    if text not in _HOURS:
        raise Malformed(_("The number of hours is not one of those offered."))
    return timedelta(hours=int(text))


def _pictures(request: HttpRequest) -> list[BinaryIO]:
    """What was uploaded under that name."""
    return [cast(BinaryIO, one) for one in request.FILES.getlist("pictures")]


def _plain(do: Callable[..., Any]) -> Verb:
    return lambda asker, key, request: do(asker, key, version=shown_version(request))


def _worded(do: Callable[..., Any], *names: str) -> Verb:
    """An act that takes texts under these names."""

    def verb(asker: Asker, key: str, request: HttpRequest) -> Any:
        words = {name: request.POST.get(name, "") for name in names}
        return do(asker, key, version=shown_version(request), **words)

    return verb


def _assign(asker: Asker, key: str, request: HttpRequest) -> Any:
    organisation, _bar, person = request.POST.get("to", "").partition("|")
    return actions.assign(
        asker, key, version=shown_version(request), organisation=organisation, person=person,
        note=request.POST.get("text", ""),
    )  # fmt: skip


def _explain(asker: Asker, key: str, request: HttpRequest) -> Any:
    return actions.explain(
        asker, key, version=shown_version(request), cause=request.POST.get("cause", ""),
        measure=request.POST.get("measure", ""), pictures=_pictures(request),
    )  # fmt: skip


def _comment(asker: Asker, key: str, request: HttpRequest) -> Any:
    text = request.POST.get("text", "")
    return actions.comment(asker, key, text=text, pictures=_pictures(request))


def _false(asker: Asker, key: str, request: HttpRequest) -> Any:
    """Marks as false and, where asked for, shelves the sensor at once."""
    reason = request.POST.get("reason", "")
    alarm = actions.mark_false(asker, key, version=shown_version(request), reason=reason)
    if request.POST.get("stop_hours"):
        until = asker.now + _hours(request, "stop_hours")
        alarm = actions.shelve(asker, key, version=alarm.version, until=until, reason=reason)
    return alarm


def _shelve(asker: Asker, key: str, request: HttpRequest) -> Any:
    return actions.shelve(
        asker, key, version=shown_version(request), until=asker.now + _hours(request, "hours"),
        reason=request.POST.get("reason", ""), whole=request.POST.get("target") == "object",
    )  # fmt: skip


VERBS: dict[str, Verb] = {
    "acknowledge": _plain(actions.acknowledge),
    "start": _plain(actions.start),
    "lift": _plain(actions.lift),
    "undo": _plain(actions.undo),
    "assign": _assign,
    "explain": _explain,
    "comment": _comment,
    "false": _false,
    "shelve": _shelve,
    "close": _worded(actions.close, "reason"),
    "reopen": _worded(actions.reopen, "reason"),
}
