"""Export and import of a sheet."""

from collections.abc import Iterator
from typing import IO, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http import StreamingHttpResponse as Stream
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from anlan.desk.doors import asker_of
from anlan.desk.pieces import pieces_of
from anlan.desk.seams import deed
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.exchange.check import Checker, Report
from anlan.desk.sheet.exchange.kept import Ticket, keep, kept, ticket, ticket_of, uploaded
from anlan.desk.sheet.exchange.reading import read_table
from anlan.desk.sheet.exchange.writing import MEDIA, write_file
from anlan.desk.sheet.listing import Wish, every
from anlan.desk.sheet.showing import frame_of
from anlan.terms.errors import AnlanError

_SHOWN_FAULTS = 500


def export(sheet: Sheet, request: HttpRequest, form: str) -> HttpResponse | Stream:
    """The rows of a list as a file; what was taken out, and how much, stands in the audit."""
    if form not in MEDIA:
        raise Http404
    asker, wish = asker_of(request), Wish.of(sheet, request.GET)
    counted = _Counted(every(sheet, asker, wish))
    # The file first: a large one takes its time, and the audit's line holds up every writer.
    file = write_file(form, sheet.file_fields, counted)
    with deed(asker, sheet.read, f"{sheet.name}/export.{form}") as detail:
        detail.update({"rows": counted.count, "filters": sorted(wish.filters)})
    return _sent(request, file, f"{sheet.name}-{timezone.localtime(asker.now):%Y%m%d-%H%M}.{form}")


def template(sheet: Sheet, request: HttpRequest) -> HttpResponse | Stream:
    """An empty table with the right columns."""
    fields = [f for f in sheet.file_fields if not f.is_read_only]
    return _sent(request, write_file("xlsx", fields, []), f"{sheet.name}-template.xlsx")


def import_page(sheet: Sheet, request: HttpRequest) -> HttpResponse:
    """Takes a file and says what it would do; changes nothing."""
    words = frame_of(sheet, asker_of(request))
    if request.method != "POST":
        return render(request, "desk/sheet/import.html", words)
    try:
        file = request.FILES.get("file")
        content = uploaded(file)
        name = str(getattr(file, "name", ""))[:120]
        words |= _checked(sheet, request, content, name)[1]
    except AnlanError as error:
        return render(request, "desk/sheet/import.html", {**words, "told": str(error)}, status=422)
    return render(request, "desk/sheet/report.html", words)


def confirm(sheet: Sheet, request: HttpRequest) -> HttpResponse:
    """Does what the check said, with the very file that was checked, or shows what is new."""
    asker = asker_of(request)
    try:
        what = ticket_of(asker, sheet.name, request.POST.get("ticket", ""))
        report, words = _checked(sheet, request, kept(what.digest), what.name)
        if report.counts == what.counts and report.changes and sheet.writer is not None:
            sheet.writer.write(asker, sheet, report.changes, note=what.digest)
            _told(request, sheet, report)
            return HttpResponseRedirect(sheet.url())
    except AnlanError as error:
        words = {**frame_of(sheet, asker), "told": str(error)}
        return render(request, "desk/sheet/import.html", words, status=422)
    words |= {**frame_of(sheet, asker), "is_again": True}
    return render(request, "desk/sheet/report.html", words, status=409)


def _checked(
    sheet: Sheet, request: HttpRequest, content: bytes, name: str
) -> tuple[Report, dict[str, Any]]:
    asker = asker_of(request)
    report = Checker(sheet, asker).report(read_table(name, content))
    what = Ticket(keep(content), name, report.counts)
    words = {
        "report": report,
        "file": name,
        "faults": report.faults[:_SHOWN_FAULTS],
        "hidden": max(0, len(report.faults) - _SHOWN_FAULTS),
        "ticket": ticket(asker, sheet.name, what),
    }
    return report, words


def _told(request: HttpRequest, sheet: Sheet, report: Report) -> None:
    text = sheet.imported or _(
        "Imported: %(made)s new, %(changed)s changed, %(same)s as they were, %(wrong)s left out."
    )
    counts = dict(zip(("made", "changed", "same", "wrong"), report.counts, strict=True))
    messages.success(request, str(text) % counts)


class _Counted:
    """Rows, counted as they pass."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self.count += 1
            yield row


def _sent(request: HttpRequest, file: IO[bytes], name: str) -> Stream:
    answer = Stream(pieces_of(request, file), content_type=MEDIA[name.rsplit(".", 1)[1]])
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer.headers["Cache-Control"] = "no-store"
    return answer
