"""The pages of a sheet; each is a function of a sheet and a request."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.desk.doors import asker_of
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.forms import SheetForm
from anlan.desk.sheet.listing import Wish, page_of
from anlan.desk.sheet.showing import detail_of, filters_of, frame_of, history_of, query_of, table_of
from anlan.desk.sheet.writer import Change
from anlan.desk.sheet.writing import cannot_use, key_is_wrong, key_prefix, new_key, taken
from anlan.desk.sheet.writing import reasons as reasons_of
from anlan.terms.errors import AnlanError

SheetView = Callable[..., HttpResponse]


def list_page(sheet: Sheet, request: HttpRequest) -> HttpResponse:
    """A page of rows."""
    asker, wish = asker_of(request), Wish.of(sheet, request.GET)
    page = page_of(sheet, asker, wish)
    words = {
        **frame_of(sheet, asker),
        "page": page,
        "wish": wish,
        "table": table_of(sheet, page.rows),
        "filters": filters_of(sheet, asker, wish),
        "query": query_of(wish),
    }
    return render(request, "desk/sheet/list.html", words)


def detail_page(sheet: Sheet, request: HttpRequest, key: str) -> HttpResponse:
    """A row, and how it was before."""
    asker = asker_of(request)
    row = sheet.row(asker, key)
    words = {
        **frame_of(sheet, asker),
        "row": row,
        "sections": detail_of(sheet, row),
        "beside": sheet.beside(row) if sheet.beside else [],
        "history": history_of(sheet, asker, row),
        "may_change_this": sheet.may_change(asker, row) and not sheet.is_file_only,
        "version": sheet.writer.version(row) if sheet.writer else "",
    }
    return render(request, "desk/sheet/detail.html", words)


def new_page(sheet: Sheet, request: HttpRequest) -> HttpResponse:
    """A form for a new row."""
    asker = asker_of(request)
    told = {name: request.GET[name][:200] for name in request.GET}
    form = SheetForm(sheet, told, request.POST or None, is_new=True, asker=asker)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if _may_add(sheet, request, form, values) and _written(
            request, sheet, Change(None, values)
        ):
            return HttpResponseRedirect(sheet.url(values["key"]))
    words = {**frame_of(sheet, asker), "form": form, "is_new": True}
    return render(request, "desk/sheet/form.html", words, status=_status(request))


def _may_add(sheet: Sheet, request: HttpRequest, form: SheetForm, values: dict[str, Any]) -> bool:
    """Whether a new row may stand as it is; its key is looked up in any case."""
    asker = asker_of(request)
    standing = taken(sheet, [str(values.get("key", ""))])
    wrong = _reasons(sheet, request, values)
    if not wrong and not values.get("key"):
        values["key"] = new_key(key_prefix(asker, sheet.change, str(values["region"])))
    elif not wrong and key_is_wrong(asker, sheet, values, standing):
        wrong = {"key": cannot_use()}
    _tell(form, wrong)
    return not wrong


def edit_page(sheet: Sheet, request: HttpRequest, key: str) -> HttpResponse:
    """A form for a standing row; a second editor is told."""
    asker = asker_of(request)
    row = _own(sheet, request, key)
    told = sheet.values_of(row)
    form = SheetForm(sheet, told, request.POST or None, is_new=False, asker=asker)
    if request.method == "POST" and form.is_valid():
        values = {**told, **form.cleaned_data}
        wrong = _reasons(sheet, request, values)
        _tell(form, wrong)
        if not wrong and _written(request, sheet, Change(row, values)):
            return HttpResponseRedirect(sheet.url(key))
    version = request.POST.get("version") or (sheet.writer.version(row) if sheet.writer else "")
    words = {**frame_of(sheet, asker), "form": form, "row": row, "version": version}
    return render(request, "desk/sheet/form.html", words, status=_status(request))


def end_page(sheet: Sheet, request: HttpRequest, key: str) -> HttpResponse:
    """Ends a row: it holds no longer, and its past stays."""
    row = _own(sheet, request, key)
    if request.method != "POST":
        words = {**frame_of(sheet, asker_of(request)), "row": row}
        version = sheet.writer.version(row) if sheet.writer else ""
        return render(request, "desk/sheet/end.html", {**words, "version": version})
    if _written(request, sheet, Change(row, None)):
        return HttpResponseRedirect(sheet.url())
    return HttpResponseRedirect(sheet.url(key))


def _own(sheet: Sheet, request: HttpRequest, key: str) -> Any:
    """The row that the asker may write."""
    row = sheet.row(asker_of(request), key)
    if not sheet.may_change(asker_of(request), row):
        raise PermissionDenied
    return row


def _reasons(sheet: Sheet, request: HttpRequest, values: dict[str, Any]) -> dict[str, str]:
    asker = asker_of(request)
    return reasons_of(asker, sheet, values, check=sheet.check(asker) if sheet.check else None)


def _tell(form: SheetForm, wrong: dict[str, str]) -> None:
    for name, reason in wrong.items():
        form.add_error(name if name in form.fields else None, reason)


def _written(request: HttpRequest, sheet: Sheet, change: Change) -> bool:
    """Writes one change; says why not."""
    if sheet.writer is None:
        raise Http404
    said = request.POST.get("version", "")
    if change.row is not None and said != sheet.writer.version(change.row):
        messages.warning(
            request,
            _("Somebody else changed this since you opened it. Load it again; "
              "nothing of yours was written over theirs."),
        )  # fmt: skip
        return False
    try:
        sheet.writer.write(asker_of(request), sheet, [change])
    except AnlanError as error:
        messages.warning(request, str(error))
        return False
    messages.success(request, _("Saved.") if change.values is not None else _("Ended."))
    return True


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
