"""What a file would do, before it does anything: every row that is wrong, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from anlan.desk.asker import Asker
from anlan.desk.sheet.declare import MORE, Sheet, Values, more_name
from anlan.desk.sheet.exchange.reading import Line, Table
from anlan.desk.sheet.fields import Field, Kind
from anlan.desk.sheet.forms import form_field
from anlan.desk.sheet.writer import Change
from anlan.desk.sheet.writing import (
    cannot_use,
    folded,
    key_is_wrong,
    key_prefix,
    new_key,
    reasons,
    taken,
)

_LON, _LAT = ("lon", "longitude", "经度", "Longitude"), ("lat", "latitude", "纬度", "Latitude")


class Fault(NamedTuple):
    """One thing that is wrong: the row's number as the file has it, the column, what it says."""

    number: int
    column: str
    text: str
    reason: str


@dataclass
class Report:
    """What a file would do."""

    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    rows: int = 0
    left_out: list[str] = field(default_factory=list)

    @property
    def made(self) -> int:
        """How many rows are new."""
        return sum(change.row is None for change in self.changes)

    @property
    def changed(self) -> int:
        """How many standing rows change."""
        return len(self.changes) - self.made

    @property
    def wrong(self) -> int:
        """How many rows have something wrong."""
        return len({fault.number for fault in self.faults})

    @property
    def counts(self) -> list[int]:
        """New, changed, as they were, wrong: what is confirmed."""
        return [self.made, self.changed, self.same, self.wrong]


class Checker:
    """Holds the rows of a file against a sheet, for one asker."""

    def __init__(self, sheet: Sheet, asker: Asker) -> None:
        self._sheet, self._asker = sheet, asker
        self._check = sheet.check(asker) if sheet.check else None
        self._forms: dict[str, Any] = {}
        self._fields = [f for f in sheet.fields if not f.is_read_only]
        self._seen: dict[str, int] = {}

    def report(self, table: Table) -> Report:
        """What the file would do; nothing is changed."""
        names = self._names(table)
        report = Report(rows=len(table.lines))
        report.left_out = [one for one in table.columns if one and one not in self._known(names)]
        if self._sheet.identify is not None:
            self._identified(table, names, report)
            return report
        keys = {str(line.cells.get(names.get("key", "key")) or "").strip() for line in table.lines}
        own, used = self._standing(keys - {""})
        for line in table.lines:
            self._line(line, names, report, own=own, used=used)
        return report

    def _identified(self, table: Table, names: dict[str, str], report: Report) -> None:
        """As `_line`, for rows whose key follows from what they hold."""
        read = [(line, *self._read(line, names)) for line in table.lines]
        own, used = self._standing({values["key"] for _l, values, wrong in read if not wrong})
        for line, values, wrong in read:
            row = own.get(values.get("key", ""))
            wrong = wrong or self._whole(values, row, str(values["key"]), line.number, used)
            self._note(line, names, report, row=row, values=values, wrong=wrong)

    def _read(self, line: Line, names: dict[str, str]) -> tuple[Values, dict[str, str]]:
        values: Values = {}
        wrong = self._cells(line, names, values, is_new=True)
        if not wrong and self._sheet.identify is not None:
            values["key"] = self._sheet.identify(values)
        return values, wrong

    def _names(self, table: Table) -> dict[str, str]:
        """The file's column for each field: by its name, or its title in either language."""
        from django.utils import translation

        titles: dict[str, str] = {}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                titles |= {str(one.title).strip().casefold(): one.name for one in self._fields}
        titles |= {one.name.casefold(): one.name for one in self._fields}
        found: dict[str, str] = {}
        for column in table.columns:
            name = titles.get(column.strip().rstrip("*").strip().casefold())
            if name:
                found.setdefault(name, column)
        return found

    def _known(self, names: Mapping[str, str]) -> set[str]:
        return {*names.values(), *_LON, *_LAT, *self._more_titles()}

    def _more_titles(self) -> set[str]:
        fields = self._sheet.every_more()
        return {str(one.title) for one in fields} | {more_name(one) for one in fields}

    def _standing(self, keys: set[str]) -> tuple[dict[str, Any], set[str]]:
        """The asker's own rows of these keys, and all keys that are taken."""
        listed = sorted(keys)
        own: dict[str, Any] = {}
        for start in range(0, len(listed), 500):
            part = listed[start : start + 500]
            own |= {row.key: row for row in self._sheet.rows(self._asker).filter(key__in=part)}
        return own, taken(self._sheet, keys)

    def _line(
        self, line: Line, names: dict[str, str], report: Report, *,
        own: dict[str, Any], used: set[str],
    ) -> None:  # fmt: skip
        key = str(line.cells.get(names.get("key", ""), "") or "").strip()
        row = own.get(key)
        values: Values = self._sheet.values_of(row) if row is not None else {}
        wrong = self._cells(line, names, values, is_new=row is None)
        if not wrong:
            wrong = self._whole(values, row, key, line.number, used)
        self._note(line, names, report, row=row, values=values, wrong=wrong)

    def _note(
        self, line: Line, names: dict[str, str], report: Report, *, row: Any, values: Values,
        wrong: dict[str, str],
    ) -> None:  # fmt: skip
        """Puts a row into the report."""
        if wrong:
            for name, reason in wrong.items():
                text = str(line.cells.get(names.get(name, name), "") or "")[:60]
                report.faults.append(Fault(line.number, self._title(name, names), text, reason))
        elif row is not None and self._is_same(row, values):
            report.same += 1
        else:
            report.changes.append(Change(row, values))

    def _cells(
        self, line: Line, names: dict[str, str], values: Values, *, is_new: bool
    ) -> dict[str, str]:
        """Takes the cells into the values; what is wrong with single cells."""
        wrong: dict[str, str] = {}
        for one in self._fields:
            cell = _cell(one, line, names)
            if cell is None and not is_new:
                continue
            self._take(one, cell, values, wrong)
        more: Sequence[Field] = self._sheet.more(values) if self._sheet.more and not wrong else ()
        for one in more:
            cell = next(
                (line.cells[n] for n in (str(one.title), more_name(one)) if n in line.cells), None
            )
            held = values.get(self._sheet.more_in)
            if cell is None and isinstance(held, dict) and more_name(one) in held:
                cell = held[more_name(one)]
            if cell is not None or is_new:
                self._take(one, cell, values, wrong)
        return wrong

    def _take(self, one: Field, cell: Any, values: Values, wrong: dict[str, str]) -> None:
        if one.name == "key" and not str(cell or "").strip():
            values["key"] = ""
            return
        form = self._forms.get(one.name)
        if form is None or one.name.startswith(MORE):
            form = self._forms[one.name] = form_field(one)
        try:
            values[one.name] = form.clean("" if cell is None else _typed(one, cell))
        except ValidationError as error:
            wrong[one.name] = " ".join(error.messages)

    def _whole(
        self, values: Values, row: Any, key: str, number: int, used: set[str]
    ) -> dict[str, str]:
        """What is wrong with a row as a whole."""
        sheet, asker = self._sheet, self._asker
        if row is not None and not sheet.may_change(asker, row):
            return {"key": _("You may not change this.")}
        wrong = reasons(asker, sheet, values, check=self._check)
        if not wrong and row is None:
            if not key:
                values["key"] = new_key(key_prefix(asker, sheet.change, str(values["region"])))
            elif key_is_wrong(asker, sheet, values, used):
                return {"key": cannot_use()}
        first = self._seen.setdefault(values["key"], number)
        if first != number:
            return {"key": _("This key stands in row %(row)s already.") % {"row": first}}
        return wrong

    def _is_same(self, row: Any, values: Values) -> bool:
        return all(
            getattr(row, name, None) == value
            for name, value in folded(self._sheet, dict(values)).items()
            if hasattr(row, name)
        )

    def _title(self, name: str, names: dict[str, str]) -> str:
        if name in names:
            return names[name]
        found = [one for one in self._fields if one.name == name]
        found = found or [one for one in self._sheet.every_more() if one.name == name]
        return str(found[0].title) if found else name


def _cell(one: Field, line: Line, names: dict[str, str]) -> Any:
    """The file's cell for a field; None where the file has no such column."""
    if one.kind is Kind.SHAPE:
        if line.shape is not None:
            return line.shape
        cell = line.cells.get(names.get(one.name, ""))
        lon, lat = (next((line.cells[n] for n in w if line.cells.get(n)), "") for w in (_LON, _LAT))
        return cell or (f"{lon},{lat}" if lon or lat else cell)
    return line.cells.get(names[one.name]) if one.name in names else None


def _typed(one: Field, cell: Any) -> Any:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if one.kind is Kind.DAY and isinstance(cell, str):
        return cell.split(" ")[0].replace("/", "-")
    return cell if isinstance(cell, str) or one.kind is Kind.SHAPE else str(cell)
