"""A message as it was sent, to be taken away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries import warning_for
from anlan.desk.doors import asker_of, needs


@needs(SEE)
@require_safe
def message(request: HttpRequest, key: str, order: int) -> HttpResponse:
    """The CAP XML of one message, the very bytes that were signed."""
    found = warning_for(asker_of(request), key).messages.filter(order=min(order, 2**15)).first()
    if found is None:
        raise Http404
    answer = HttpResponse(found.xml, content_type="application/cap+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.identifier}.xml"'
    return answer
