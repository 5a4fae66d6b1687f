"""Files that people upload, and files that somebody made to do harm."""

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter

from anlan.desk.sheet.exchange.reading import MOST_ROWS, read_table
from anlan.desk.sheet.exchange.writing import safe
from anlan.terms.errors import Malformed


def workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook in which a part is replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_csv_file_is_read_as_excel_in_chinese_writes_it(encoding: str, sign: str) -> None:
    text = f"编号{sign}名称\r\na{sign}南岗化工\r\n\r\nb{sign}𠮷野\r\n"
    table = read_table("x.csv", text.encode(encoding))
    assert table.columns == ["编号", "名称"]
    assert [(line.number, line.cells["名称"]) for line in table.lines] == [
        (2, "南岗化工"),
        (4, "𠮷野"),
    ]


def test_a_workbook_gives_whole_numbers_as_they_are_typed() -> None:
    table = read_table(
        "x.xlsx", workbook([["code", "x"], [990101.0, 1.5], [None, None], ["b", True]])
    )
    assert [(line.number, line.cells) for line in table.lines] == [
        (2, {"code": "990101", "x": "1.5"}),
        (4, {"code": "b", "x": "true"}),
    ]


def test_features_are_rows_with_their_shapes() -> None:
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [160, 30]},
               "properties": {"key": "a", "n": 3}}  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (line,) = read_table("x.geojson", text.encode()).lines
    assert (line.number, line.cells["key"], json.loads(line.shape)["type"]) == (1, "a", "Point")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b",
        b"\xff\xfe\x00\x00",
        b"PK\x03\x04 and nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b'{"type": "FeatureCollection"}',
        b'{"features": [1]}',
        b"{" * 100_000,
        b"a,a\n1,2",
        b'a,b\n"1,2',
        b"a\x00,b\n1,2",
        ("," * 300 + "\n1").encode(),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Malformed) as told:
        read_table("x", content)
    assert str(told.value).endswith("。")


def test_more_rows_than_are_taken_are_refused() -> None:
    with pytest.raises(Malformed):
        read_table("x.csv", b"a\n" + b"1\n" * (MOST_ROWS + 1))


def test_macros_and_links_to_other_files_are_refused() -> None:
    plain = workbook([["a"], ["1"]])
    for name in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/macrosheets/s.xml"):
        with pytest.raises(Malformed):
            read_table("x.xlsx", with_part(plain, name, b"<x/>"))
    with pytest.raises(Malformed):
        read_table("x.xlsm", plain)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(workbook([["a"], ["1"]]), "xl/media/x.xml", b"0" * 250_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(Malformed):
        read_table("x.xlsx", bomb)


@pytest.mark.parametrize("cell", ['r="XFD1048576"', "r='XFD1048576'", 'r="A1048576"', 'r="ZZ1"'])
def test_one_cell_far_away_makes_no_room_for_all_before_it(cell: str) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c {cell}><v>1</v></c></row></sheetData></worksheet>'
    )
    content = with_part(workbook([["a"]]), "xl/worksheets/sheet1.xml", sheet.encode())
    with pytest.raises(Malformed):
        read_table("x.xlsx", content)


@pytest.mark.parametrize("sign", list("=+-@\t\r"))
def test_no_cell_of_an_export_is_a_formula(sign: str) -> None:
    assert safe(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    assert safe("3-4") == "3-4"
    assert safe(-3.5) == -3.5
