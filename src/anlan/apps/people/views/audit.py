"""The audit chain on a page and as a file, as far as the asker's jurisdiction goes."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.acts import SEE_AUDIT, title_of
from anlan.apps.people.models import AuditLine
from anlan.apps.people.queries.chain import filtered, lines
from anlan.apps.people.views.inside import person_in
from anlan.desk.doors import needs

_PAGE, _MOST = 100, 50_000
_FILTERS = ("who", "act", "target", "from", "to")


@needs(SEE_AUDIT)
def page(request: HttpRequest) -> HttpResponse:
    """The lines of the jurisdiction, the newest first.

    A line is named by its digest: numbers with gaps would tell of other jurisdictions.
    """
    found = filtered(lines(person_in(request)), request.GET.dict())
    after = lines(person_in(request)).filter(digest=request.GET.get("after", "")).first()
    if after is not None:
        found = found.filter(number__lt=after.number)
    rows = list(found[: _PAGE + 1])
    shown = [(line, title_of(line.act)) for line in rows[:_PAGE]]
    words = {"lines": shown, "next": rows[_PAGE - 1].digest if len(rows) > _PAGE else "",
             "asked": {name: request.GET.get(name, "") for name in _FILTERS}}  # fmt: skip
    return render(request, "people/records/audit.html", words)


@needs(SEE_AUDIT)
def export(request: HttpRequest) -> HttpResponse:
    """The same lines as CSV for a spreadsheet, at most 50,000."""
    found = filtered(lines(person_in(request)), request.GET.dict())[:_MOST]
    answer = HttpResponse("".join(_rows(found.iterator(2000))), "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def _rows(found: Iterator[AuditLine]) -> Iterator[str]:
    write = csv.writer(_Echo())
    head = (_("Time"), _("Who"), _("Act"), _("Object of the act"), _("Region"), _("Detail"))
    yield "\ufeff" + write.writerow([*head, _("Digest")])
    for line in found:
        at = timezone.localtime(line.at).isoformat(timespec="milliseconds")
        cells = (at, line.who, line.act, line.target, line.region, str(line.detail), line.digest)
        yield write.writerow([_plain(cell) for cell in cells])


def _plain(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


class _Echo:
    """Gives back what it is told to write."""

    def write(self, text: str) -> Any:
        return text
