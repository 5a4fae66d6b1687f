"""The page kit: list, detail, form, export and import of a model from one declaration."""

from anlan.desk.sheet.dated import DatedWriter
from anlan.desk.sheet.declare import Check, Section, Sheet
from anlan.desk.sheet.fields import Field, Kind
from anlan.desk.sheet.urls import urls_of
from anlan.desk.sheet.writer import Change, Writer

__all__ = [
    "Change",
    "Check",
    "DatedWriter",
    "Field",
    "Kind",
    "Section",
    "Sheet",
    "Writer",
    "urls_of",
]
