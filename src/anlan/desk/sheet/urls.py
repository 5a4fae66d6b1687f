"""The addresses of a sheet's pages, each behind its act."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.desk.doors import needs
from anlan.desk.sheet import files, views
from anlan.desk.sheet.declare import Sheet

_form = require_http_methods(["GET", "POST"])


def urls_of(sheet: Sheet, prefix: str = "") -> list[URLPattern]:
    """The pages of a sheet below a prefix such as `enterprises`."""
    name = sheet.name
    read, change = partial(_behind, sheet, sheet.read), partial(_behind, sheet, sheet.change)
    pages = [
        path(prefix, read(require_safe, views.list_page), name=name),
        path(
            f"{prefix}/export.<str:form>", read(require_safe, files.export), name=f"{name}-export"
        ),
    ]
    if sheet.writer is not None:
        pages += [
            path(f"{prefix}/import", change(_form, files.import_page), name=f"{name}-import"),
            path(f"{prefix}/import/confirm", change(require_POST, files.confirm)),
            path(f"{prefix}/import/template.xlsx", change(require_safe, files.template)),
        ]
    if sheet.writer is not None and not sheet.is_file_only:
        pages += [
            path(f"{prefix}/new", change(_form, views.new_page), name=f"{name}-new"),
            path(f"{prefix}/<path:key>/edit", change(_form, views.edit_page), name=f"{name}-edit"),
            path(f"{prefix}/<path:key>/end", change(_form, views.end_page), name=f"{name}-end"),
        ]
    detail = read(require_safe, views.detail_page)
    return [*pages, path(f"{prefix}/<path:key>", detail, name=f"{name}-row")]


def _behind(
    sheet: Sheet, act: str, methods: Callable[..., Any], view: Callable[..., Any]
) -> Callable[..., HttpResponse]:
    def page(request: HttpRequest, **words: Any) -> HttpResponse:
        answer: HttpResponse = view(sheet, request, **words)
        return answer

    behind: Callable[..., HttpResponse] = needs(act)(methods(page))
    return behind
