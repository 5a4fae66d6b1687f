"""Reads pack.toml, guidance.toml and the sheets in tables/."""

from collections.abc import Mapping

from anlan.packs.model import (
    ATTRIBUTE_TYPES,
    CHART_KINDS,
    Attribute,
    Chart,
    Guidance,
    ObjectType,
    QuantitySpec,
    Sheet,
    Words,
)
from anlan.packs.quantities import read_unit
from anlan.packs.source.document import Document, Folder, Problems, Table, open_document
from anlan.packs.source.fields import read_level, read_source, read_words
from anlan.packs.source.icons import read_icon, read_icons

_COLUMN_TYPES: dict[str, type | tuple[type, ...]] = {"text": str, "number": (int, float)}


class About:
    """What pack.toml says, and icons.toml draws."""

    def __init__(
        self, documents: Mapping[str, Document], name: str, quantities: dict[str, QuantitySpec]
    ) -> None:
        root = documents["pack.toml"].root
        self.quantities, self.icons = quantities, read_icons(documents["icons.toml"])
        if root.text("name") != name and root.has("name"):
            root.wrong(f"name must be the folder's: {name!r}", "name")
        if root.whole("format", 1, least=1) != 1:
            root.wrong("format must be 1", "format")
        self.version = root.text("version")
        self.title = read_words(root)
        self.about = read_words(root, "about")
        self.icon = read_icon(root, self.icons)
        self.object_types = self.read_objects(root.table("object"))
        self.charts = tuple(
            self.read_chart(name, table)
            for name, table in root.table("chart").named_tables().items()
        )
        root.finish()

    def read_objects(self, root: Table) -> dict[str, ObjectType]:
        tables = root.named_tables()
        root.finish()
        if not tables:
            root.wrong("no object type is defined")
        return {name: self.read_object(name, table) for name, table in tables.items()}

    def read_object(self, name: str, table: Table) -> ObjectType:
        sensors = table.table("sensors")
        expected = {}
        for quantity in sensors.data:
            self.must_know(sensors, quantity, quantity)
            expected[quantity] = sensors.whole(quantity)
        if not expected:
            table.wrong("sensors expected: at least one quantity is needed")
        found = ObjectType(
            name=name,
            title=read_words(table),
            icon=read_icon(table, self.icons),
            attributes=tuple(
                _read_attribute(key, part)
                for key, part in table.table("attribute").named_tables().items()
            ),
            sensors=expected,
        )
        table.finish()
        return found

    def read_chart(self, name: str, table: Table) -> Chart:
        chart = Chart(
            name=name,
            title=read_words(table),
            quantities=table.texts("quantities"),
            kind=table.choice("kind", CHART_KINDS, "line"),
            span_ms=table.duration("span"),
        )
        for quantity in chart.quantities:
            self.must_know(table, quantity, "quantities")
        if not chart.quantities:
            table.wrong("a chart needs quantities")
        table.finish()
        return chart

    def must_know(self, table: Table, quantity: str, key: str) -> None:
        if quantity not in self.quantities:
            table.wrong(f"no quantity {quantity!r} in quantities.toml", key)


def _read_attribute(name: str, table: Table) -> Attribute:
    kind = table.choice("type", ATTRIBUTE_TYPES)
    attribute = Attribute(
        name=name,
        title=read_words(table),
        type=kind,
        unit=read_unit(table, "unit", "").code if table.has("unit") else "",
        choices=table.texts("choices"),
        table=table.text("table", ""),
        required=table.flag("required", default=False),
    )
    if kind == "choice" and len(attribute.choices) < 2:
        table.wrong("a choice needs at least two choices", "type")
    if kind == "table" and not attribute.table:
        table.wrong("the type table needs table = its name", "type")
    table.finish()
    return attribute


def read_guidance(document: Document, pack: str, rules: set[str]) -> tuple[Guidance, ...]:
    """What to do, level by level."""
    root = document.root
    lines = tuple(_read_line(table, pack, rules) for table in root.tables("line"))
    root.finish()
    if not lines:
        root.wrong("no guidance: add [[line]]")
    return lines


def _read_line(table: Table, pack: str, rules: set[str]) -> Guidance:
    heard = tuple(f"{pack}.{rule}" for rule in table.texts("rules"))
    for rule in heard:
        if rule not in rules:
            table.wrong(f"no rule {rule!r}", "rules")
    line = Guidance(
        level=read_level(table, "level"),
        text=Words(table.text("zh"), table.text("en")),
        source=read_source(table, what="guidance"),
        rules=heard,
    )
    table.finish()
    return line


def read_sheets(folder: Folder, *, label: str, problems: Problems) -> dict[str, Sheet]:
    """Every TOML file in tables/, by its name; not those with a dot before it."""
    tables = folder.joinpath("tables")
    if not tables.is_dir():
        return {}
    files = [file.name for file in tables.iterdir() if not file.name.startswith(".")]
    names = sorted(name for name in files if name.endswith(".toml"))
    found = {}
    for name in names:
        document = open_document(tables, name, label=f"{label}/tables", problems=problems)
        found[name.removesuffix(".toml")] = _read_sheet(document, name.removesuffix(".toml"))
    return found


def _read_sheet(document: Document, name: str) -> Sheet:
    root = document.root
    columns = root.table("columns")
    kinds = {key: columns.choice(key, tuple(_COLUMN_TYPES)) for key in columns.data}
    sheet = Sheet(
        name=name,
        title=read_words(root),
        source=read_source(root, what="the table"),
        columns=tuple(kinds),
        rows=_read_rows(root, list(kinds.values())),
        where=document.label,
    )
    columns.finish()
    root.finish()
    return sheet


def _read_rows(root: Table, kinds: list[str]) -> tuple[tuple[float | str, ...], ...]:
    rows = []
    for index, row in enumerate(root.items("rows")):
        where = root.document.where(("rows", index))
        if not isinstance(row, list) or len(row) != len(kinds):
            root.document.problems.add(where, f"a row needs {len(kinds)} cells")
            continue
        for cell, kind in zip(row, kinds, strict=True):
            if isinstance(cell, bool) or not isinstance(cell, _COLUMN_TYPES[kind]):
                root.document.problems.add(where, f"{cell!r} is no {kind}")
        rows.append(tuple(row))
    return tuple(rows)
