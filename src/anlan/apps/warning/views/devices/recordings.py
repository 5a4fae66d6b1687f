"""Recordings 录音: kept, heard on the page, let be used, retired."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.actions.recording import keep_recording, retire_recording, use_recording
from anlan.apps.warning.acts import RECORD, SEE
from anlan.apps.warning.forms.recording import RecordingForm
from anlan.apps.warning.models import Recording
from anlan.apps.warning.queries.audience.sounds import audible, has_speech, recordings
from anlan.apps.warning.queries.audience.subscribing import kinds_offered
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_HERE, _UNPROCESSABLE, _MOST = "/warnings/recordings/", 422, 200
_VERBS = {"use": use_recording, "retire": retire_recording}


@needs(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The list, and the form that adds one."""
    asker = asker_of(request)
    form = RecordingForm(asker) if asker.may(RECORD) else None
    if request.method != "POST" or form is None:
        return render(request, "warning/devices/recordings.html", _facts(asker, form))
    form = RecordingForm(asker, request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_recording(asker, form.purpose, form.octets)
            return HttpResponseRedirect(_HERE)
        except AnlanError as error:
            form.add_error(None, str(error))
    facts = _facts(asker, form)
    return render(request, "warning/devices/recordings.html", facts, status=_UNPROCESSABLE)


@needs(RECORD)
@require_POST
def act(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Lets one be used, or retires it."""
    asker, do = asker_of(request), _VERBS.get(verb)
    if do is None or not recordings(asker).filter(key=key).exists():
        raise Http404
    do(asker, key)
    return HttpResponseRedirect(_HERE)


@needs(SEE)
@require_safe
def sound(request: HttpRequest, key: str) -> HttpResponse:
    """The recording itself, to be heard."""
    one = audible(asker_of(request)).filter(key=key).first()
    path = settings.PLACE.recordings / one.digest if one is not None else None
    if one is None or path is None or not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type=one.media_type)


def _facts(asker: Asker, form: RecordingForm | None) -> dict[str, Any]:
    names = kinds_offered()
    rows = [_row(one, asker, names) for one in audible(asker)[:_MOST]]
    return {"rows": rows, "form": form, "has_speech": has_speech()}


def _row(one: Recording, asker: Asker, names: Any) -> dict[str, Any]:
    return {
        "one": one, "where": region_path(one.region),
        "event": names.get(one.event, (one.event,))[0], "may": asker.may(RECORD, one.region),
    }  # fmt: skip
