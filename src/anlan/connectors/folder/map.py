"""The mapping of a folder: where it is, which files, and what their columns mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.connectors.mapping.clocks import ARRIVAL
from anlan.connectors.mapping.form import Form, form_of
from anlan.connectors.mapping.section import Section, only
from anlan.connectors.mapping.trails import Trail
from anlan.terms.errors import Malformed

ENDINGS = {
    "table": (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods"),
    "waterml2": (".xml", ".wml", ".waterml"),
    "shef": (".shef", ".txt"),
}
"""What files of each form are called."""
_HEAD = ("path", "settled_s", "form", "head", "separator", "sheet", "address", "every_s", "private")
_ADDRESS = re.compile(r"https?://[^/?#\s]\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """settled_s: a file whose size has not changed for so long is whole · form: of ENDINGS · head:
    the line with the names of the columns, 0 where they are called 1, 2, 3 … · separator: empty to
    find out · sheet: of a workbook, empty for the first · address: of a page that is put there
    every_s seconds, empty for none · is_private: its host may stand in the own network."""

    path: Path
    settled_s: float
    form: str
    head: int
    separator: str
    sheet: str
    address: str
    every_s: float
    is_private: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A folder and the form of its rows."""

    folder: Folder
    form: Form


def map_of(tables: Mapping[str, Any], where: str, beside: Path) -> Map:
    """The mapping in the tables of a file; the folder is sought from `beside`."""
    only(tables, ("folder", "row"), where)
    head = Section(tables.get("folder"), f"{where} [folder]")
    only(head.table, _HEAD, head.where)
    separator = head.text("separator", "")
    if len(separator) > 1:
        head.fail("separator must be one character")
    settled_s = head.number("settled_s", 5.0)
    if not 0 <= settled_s <= 3_600:
        head.fail("settled_s must be from 0 to 3600")
    folder = Folder(
        path=beside / head.text("path"), settled_s=settled_s,
        form=head.choice("form", tuple(ENDINGS), "table"),
        head=head.whole("head", 1, most=100), separator=separator, sheet=head.text("sheet", ""),
        **_page(head),
    )  # fmt: skip
    return Map(folder, _form(Section(tables.get("row"), f"{where} [row]")))


def _page(head: Section) -> dict[str, Any]:
    """Which page is put into it."""
    address, every_s = head.text("address", ""), head.number("every_s", 900)
    if address and not _ADDRESS.fullmatch(address):
        head.fail("address must be one of the web, http:// or https://")
    if not 10 <= every_s <= 86_400:
        head.fail("every_s must be from 10 to 86400")
    return {"address": address, "every_s": every_s, "is_private": head.flag("private")}


def _form(section: Section) -> Form:
    form = form_of(section)
    if form.shape != "rows" or form.rows != Trail() or form.inside is not None:
        section.fail("a table has rows by itself: shape, rows and inside have no place here")
    if form.clock.unit == ARRIVAL:
        section.fail("time_unit: a file that is put there again must not be new, so it has times")
    if not form.values:
        raise Malformed("needs values", where=section.where)
    return form
