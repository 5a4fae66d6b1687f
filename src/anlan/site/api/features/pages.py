"""The same answers as small pages, for somebody who looks with a browser."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anlan.site.api.features.collections import Collection
from anlan.site.api.features.flow import Feature

_ROOT = "/api/features/"
_SHOWN = 6


def page(request: HttpRequest, name: str, told: dict[str, Any]) -> HttpResponse:
    """A page of what is told."""
    return render(request, f"features/{name}.html", _WORDS.get(name, _same)(told))


def _same(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"root": _ROOT}


def _docs(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"document": f"{_ROOT}api"}


def _table(told: dict[str, Any]) -> dict[str, Any]:
    """The first fields of each feature, the id aside."""
    one: Collection = told["one"]
    fields = [field for field in one.fields if field.name != "key"][:_SHOWN]
    rows = [
        {"key": found.key, "cells": [shown(found.told[field.name]) for field in fields]}
        for found in told["features"]
    ]
    return _same(told) | {"titles": [field.title for field in fields], "rows": rows}


def _single(told: dict[str, Any]) -> dict[str, Any]:
    one: Collection = told["one"]
    found: Feature = told["feature"]
    lines = [
        {"title": field.title, "value": shown(found.told[field.name]), "unit": field.unit}
        for field in one.fields
    ]
    named = {field.name for field in one.fields}
    lines += [{"title": name, "value": shown(value), "unit": ""}
              for name, value in found.told.items() if name not in named]  # fmt: skip
    return _same(told) | {"lines": lines}


def shown(value: Any) -> str:
    """A value as a page has it."""
    if value in (None, "", [], (), {}):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "tzinfo"):
        return date_format(timezone.localtime(value), "Y-m-d H:i:s")
    if isinstance(value, dict):
        return " · ".join(f"{name}: {shown(one)}" for name, one in value.items())
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


_WORDS = {"docs": _docs, "items": _table, "item": _single}
