"""The page behind the link of a letter 确认收到: without an account, without scripts.

Opening it changes nothing, since mail scanners and previews of chats open links too.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.actions.calling import confirm_by_link, letter_of
from anlan.apps.warning.models import Call, CallLetter
from anlan.apps.warning.views.shown import was_said

_GONE, _REFERRER = 410, "no-referrer"


@csrf_exempt  # the link itself is the proof: it is known to one person, and no session is used
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the warning and a button; a press confirms."""
    now = timezone.now()
    letter = letter_of(token)
    if letter is None:
        raise Http404
    is_over = letter.expires_at <= now
    if request.method == "POST" and not is_over:
        letter = confirm_by_link(token, now) or letter
    with override("en" if letter.language.startswith("en") else "zh-hans"):
        facts = _facts(letter) | {"is_over": is_over}
        page = render(
            request, "warning/calling/answer.html", facts, status=_GONE if is_over else 200
        )
    page.headers["Referrer-Policy"] = _REFERRER
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _facts(letter: CallLetter) -> dict[str, object]:
    calls = list(letter.calls.all())
    text = was_said(letter.call_down.message)
    spoken = "en" if letter.language.startswith("en") else "zh-hans"
    own = [one for one in text.texts if one["language"] == spoken] or text.texts[:1]
    text.texts[:] = own
    return {
        "letter": letter,
        "said": text,
        "status": letter.call_down.message.status,
        "places": [one.thing_name or region_path(one.region) for one in calls],
        "answered_at": max((c.answered_at for c in calls if c.answered_at), default=None),
        "passed_to": next((c.passed_to for c in calls if c.state == Call.State.ESCALATED), ""),
        "is_open": any(c.is_open for c in calls),
        "not_needed": all(c.state == Call.State.NOT_NEEDED for c in calls),
        "by_hand": next((c for c in calls if c.state == Call.State.BY_HAND), None),
    }
