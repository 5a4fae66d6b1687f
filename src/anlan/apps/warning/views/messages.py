"""A message as it was sent, to be taken away: the file, the sheet to print, the picture."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Message
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.paper import LANGUAGES, pdf_of, png_of, speaks
from anlan.apps.warning.queries.paper.posts import posts_of, public_page
from anlan.desk.doors import asker_of, needs

_FORMS = {"pdf": (pdf_of, "application/pdf"), "png": (png_of, "image/png")}


@needs(SEE)
@require_safe
def message(request: HttpRequest, key: str, order: int) -> HttpResponse:
    """The CAP XML of one message, the very bytes that were signed."""
    found = _message(request, key, order)
    answer = HttpResponse(found.xml, content_type="application/cap+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.identifier}.xml"'
    return answer


@needs(SEE)
@require_safe
def sheet(request: HttpRequest, key: str, order: int, *, language: str, form: str) -> HttpResponse:
    """The sheet of one message, as PDF or picture, made of its frozen bytes."""
    found = _message(request, key, order)
    if language not in LANGUAGES or form not in _FORMS or not speaks(found.xml, language):
        raise Http404
    make, kind = _FORMS[form]
    body = make(found.xml, language, address=public_page(found.warning, language))
    answer = HttpResponse(body, content_type=kind)
    name = f"{found.identifier}.{language}.{form}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@needs(SEE)
@require_safe
def posts(request: HttpRequest, key: str, order: int) -> HttpResponse:
    """The texts of one message for social platforms, to be copied there by a person."""
    found = _message(request, key, order)
    facts = {"message": found, "warning": found.warning, "every": posts_of(found)}
    return render(request, "warning/case/posts.html", facts)


def _message(request: HttpRequest, key: str, order: int) -> Message:
    """A message of a warning that the asker sees; Http404 where there is none."""
    rows = warning_for(asker_of(request), key).messages.select_related("warning")
    found: Message | None = rows.filter(order=min(order, 2**15)).first()
    if found is None:
        raise Http404
    return found
