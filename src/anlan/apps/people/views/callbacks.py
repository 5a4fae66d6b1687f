"""Where an SMS gateway calls back: status reports and replies, kept before it is answered."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from anlan.apps.people.actions.notices.inbox import put_in
from anlan.channels.sms.web import FILE, Gateway, gateway_in
from anlan.channels.sms.web.gateway import QUERY
from anlan.channels.sms.web.told import Call, judge, replies_in, reports_in
from anlan.terms.errors import Malformed, Refused

_MOST_BYTES = 2_000_000
_gateway_in = lru_cache(2)(gateway_in)


@csrf_exempt  # the gateway proves itself; no session is used
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest, what: str) -> HttpResponse:
    """Keeps what became of messages, or what phones have written, and says so."""
    gateway = _described()
    part = gateway.report if what == "reports" else gateway.reply
    if part is None or gateway.proof is None:
        raise Http404
    if (request.method == "GET") != (part.form == QUERY):
        return HttpResponseNotAllowed(["GET" if part.form == QUERY else "POST"])
    now_ms = round(timezone.now().timestamp() * 1000)
    secret = settings.PLACE.options.sms_callback_secret.encode()
    try:
        call = _call(request)
        judge(call, gateway.proof, secret, now_ms=now_ms)
        read = reports_in if what == "reports" else replies_in
        put_in(read(call.body, gateway, now_ms=now_ms))
    except RequestDataTooBig:
        return HttpResponse("too much at once", status=413, content_type="text/plain")
    except Refused as error:
        return HttpResponse(str(error), status=403, content_type="text/plain")
    except Malformed as error:
        return HttpResponse(str(error), status=422, content_type="text/plain")
    media = "application/json" if part.answer.startswith("{") else "text/plain; charset=utf-8"
    return HttpResponse(part.answer, content_type=media)


def _described() -> Gateway:
    """The gateway of the site; Http404 where none is described by a file."""
    named = settings.PLACE.options.sms_gateway
    if not named.startswith(FILE):
        raise Http404
    return _gateway_in(Path(named.removeprefix(FILE)))


def _call(request: HttpRequest) -> Call:
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_BYTES:
        raise RequestDataTooBig
    return Call(
        body=request.META["QUERY_STRING"].encode() if request.method == "GET" else request.body,
        header=lambda name: request.headers.get(name, ""),
        query=lambda name: request.GET.get(name, ""),
        caller=str(request.META.get("REMOTE_ADDR", "")),
    )
