"""Tables in a folder: whole, accounted row by row, once."""

import asyncio
import csv
import os
import re
import time
import tomllib
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from anlan.connectors.folder.map import Map, map_of
from anlan.connectors.folder.row import Row
from anlan.connectors.folder.tables import rows_of
from anlan.connectors.mapping import Heard, Taken
from anlan.live.gateway.devices.presence import Scribe
from anlan.live.gateway.devices.roll import Reader, Roll, Spoken
from anlan.live.ways.folder import Folder
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.readings import Reading
from tests.wire.scenes import Store
from tests.wire.test_mapping import told

PAGE = (Path(__file__).parents[2] / "docs/how-to/drop-folder.md").read_text(encoding="utf-8")
BOOK = re.findall(r"```toml\n([\s\S]*?)```\s+```text\n([\s\S]*?)```", PAGE)[0]
TABLE, SHOWN = BOOK[1].strip().split("\n→ ", 1)


STATIONS = ["雨量站", *(f"330110-{n}" for n in range(10_000) if not str(n).startswith("9"))]
SENSORS = [f"{one}.{name}" for one in STATIONS for name in ("rain", "water_level")]


class Intake(Store):
    """Answers as the intake does; stations of 9 are not registered."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, int], float] = {}
        self.registered = dict.fromkeys(SENSORS)
        self.unknown: list[Reading] = []

    def sensors(self, after: int) -> tuple[list[str], int | None]:
        if self.is_away:
            raise Unavailable("the disk is full")
        stop = after + 10_000
        return list(self.registered)[after:stop], stop if stop < len(self.registered) else None

    def answer(self, source: str, readings: Sequence[Reading]) -> dict[str, Any]:
        if self.is_away:
            raise Unavailable("the disk is full")
        counts: Counter[str] = Counter()
        refused: list[dict[str, Any]] = []
        for n, one in enumerate(readings):
            place, code = (one.sensor, one.time), "accepted"
            if one.sensor not in self.registered:
                code = "unknown_sensor"
                self.unknown.append(one)
            elif place in self.kept:
                code = "duplicates" if repr(self.kept[place]) == repr(one.value) else "conflict"
            else:
                self.kept[place] = one.value
            counts[code] += 1
            if code in ("unknown_sensor", "conflict"):
                refused.append({"index": n, "code": code, "reason": f"{one.sensor}: {code}"})
        return {
            "accepted": counts["accepted"], "duplicates": counts["duplicates"],
            "refused": refused[:100],
            "refused_counts": {
                code: n for code, n in counts.items() if code in ("unknown_sensor", "conflict")
            },
        }  # fmt: skip


def mapping(path: Path, **more: Any) -> Map:
    tables = tomllib.loads(BOOK[0])
    tables["folder"] |= {"path": "in", "settled_s": 0, **more.pop("folder", {})}
    tables["row"] |= more
    return map_of(tables, "rain.toml", path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("done", "failed"):
        (tmp_path / "in" / name).mkdir(parents=True)
    return tmp_path / "in"


def take(way: Folder) -> None:
    """Looks once."""
    for path in way.settled():
        way.take(path)


def account(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def as_book(path: Path, text: str) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("雨量")
        for n, line in enumerate(text.splitlines()):
            for m, cell in enumerate(line.split(",")):
                if re.fullmatch(r"-?[0-9.]+", cell):
                    sheet.write_number(n, m, float(cell))
                else:
                    sheet.write_string(n, m, cell)


def test_a_workbook_whose_name_is_in_gb18030_is_read(place: Path) -> None:
    file = place / os.fsdecode("雨量".encode("gb18030") + b".xlsx")
    as_book(file, TABLE)
    assert len(list(rows_of(file, mapping(place.parent).folder))) == 3


@pytest.mark.parametrize("kind", ["utf-8", "gb18030", "xlsx"])
def test_the_books_table_is_taken_in_and_each_row_accounted_for(place: Path, kind: str) -> None:
    store = Intake()
    way = Folder(mapping(place.parent), "rain", store)
    file = place / ("雨量.xlsx" if kind == "xlsx" else "雨量.csv")
    if kind == "xlsx":
        as_book(file, TABLE)
    else:
        file.write_text(TABLE, encoding=kind)
    take(way)
    readings = [Reading(*key, value, 0, 0) for key, value in store.kept.items()]
    assert told(Taken(readings, [], [])) == SHOWN.strip().split("\n→ ")
    assert [one.name for one in place.iterdir() if one.is_file()] == []
    assert account(place / "done" / f"{file.name}.account.csv") == [
        ["line", "code", "reason"],
        ["", "total", "rows 3, accepted 4, duplicates 0, refused 1"],
        ["4", "unreadable", "line 4: rain: value is no number: 'many'"],
    ]


def test_the_same_file_twice_changes_nothing_and_both_are_kept(place: Path) -> None:
    store = Intake()
    way = Folder(mapping(place.parent), "rain", store)
    for _ in range(2):
        (place / "a.csv").write_text(TABLE)
        take(way)
    assert len(store.kept) == 4
    second = account(place / "done" / "a-2.csv.account.csv")
    assert second[1][2] == "rows 3, accepted 0, duplicates 4, refused 1"
    assert (place / "done" / "a.csv").read_text() == (place / "done" / "a-2.csv").read_text()


def test_a_file_that_still_grows_is_waited_for(place: Path) -> None:
    way = Folder(mapping(place.parent, folder={"settled_s": 0.3}), "rain", Intake())
    (place / "b.csv.part").write_text(TABLE)
    path = place / "a.csv"
    path.write_text(TABLE[:40])
    assert way.settled() == []
    path.write_text(TABLE)
    assert way.settled() == []
    end = time.monotonic() + 60
    while not (found := way.settled()):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert found == [path]
    (place / "b.csv.part").rename(place / "b.csv")
    assert place / "b.csv" not in way.settled()


def test_a_file_stays_where_nothing_can_be_stored(place: Path) -> None:
    store = Intake()
    way = Folder(mapping(place.parent), "rain", store)
    (place / "a.csv").write_text(TABLE)
    store.is_away = True
    take(way)
    assert ((place / "a.csv").exists(), way.books.trouble) == (True, "the disk is full")
    store.is_away = False
    take(way)
    assert ((place / "done" / "a.csv").exists(), way.books.trouble) == (True, "")


def test_every_refusal_has_its_line_however_many_there_are(place: Path) -> None:
    head, *_ = TABLE.splitlines()
    lines = [f"{9 if n % 2 else 8}{n},2026/07/01 08:00,1," for n in range(600)]
    (place / "a.csv").write_text("\n".join([head, *lines]))
    way = Folder(mapping(place.parent), "rain", Intake())
    take(way)
    rows = account(place / "waiting" / "a.csv.account.csv")
    assert rows[1][2] == "rows 600, accepted 300, duplicates 0, refused 300"
    assert rows[2][2] == "300 values wait for their sensors to be admitted"
    assert [int(row[0]) for row in rows[3:]] == [n + 2 for n in range(600) if n % 2]


def test_a_file_waits_for_its_sensors_and_none_of_its_values_is_lost(place: Path) -> None:
    store = Intake()
    way = Folder(mapping(place.parent, device="{1}"), "rain", store)
    lines = [
        TABLE.splitlines()[0],
        *(f"1,2026/07/01 {n // 60:02}:{n % 60:02},1," for n in range(120)),
    ]
    for _ in range(2):
        (place / "91.csv").write_text("\n".join(lines))
        take(way)
    assert len(store.unknown) == len(set(store.unknown)) == 20  # ten of each file, to be seen
    assert way.waiting.ready() == []
    store.registered["91.rain"] = None
    found = way.waiting.ready()
    assert found == [place / "waiting" / "2" / "91.csv", place / "waiting" / "91.csv"]
    for path in found:
        way.take(path)
    assert len(store.kept) == 120
    assert sorted(one.name for one in (place / "done").iterdir()) == [
        "91-2.csv", "91-2.csv.account.csv", "91.csv", "91.csv.account.csv",
    ]  # fmt: skip
    assert [one for one in (place / "waiting").rglob("*") if one.is_file()] == []


def test_after_a_start_what_waits_is_read_once(place: Path) -> None:
    (place / "a.csv").write_text(TABLE.replace("810", "910"))
    store = Intake()
    take(Folder(mapping(place.parent), "rain", store))
    way = Folder(mapping(place.parent), "rain", store)
    (waiting,) = way.waiting.ready()
    way.take(waiting)
    assert (waiting.exists(), way.waiting.ready()) == (True, [])
    store.registered["330110-9101.rain"] = None
    assert way.waiting.ready() == [waiting]
    way.take(waiting)
    assert (waiting.exists(), len(store.kept)) == (True, 1)


def test_what_a_file_takes_of_memory_does_not_grow_with_its_rows(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.live.ways.folder._ROWS", 50)
    head, row = TABLE.splitlines()[0], "91,2026/07/01 08:00,x,-1"
    way, peaks = Folder(mapping(place.parent), "rain", Intake()), []
    for n in (200, 200, 3_000):
        (place / "a.csv").write_text("\n".join([head, *[row] * n]))
        tracemalloc.start()
        take(way)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 3 * peaks[1], peaks


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"%PDF", "is none of .csv"),
        ("a.csv", b"", "has no line 1 with the names"),
        ("a.csv", b"\xff\xff\x81", "neither UTF-8 nor GB18030"),
        ("a.xlsx", b"PK\x03\x04", "no workbook that can be read"),
        ("a.csv", "站号,时间\n1,2\n".encode(), "none of the mapping's values"),
    ],
)
def test_a_file_that_is_of_no_use_is_set_aside_with_the_reason(
    place: Path, name: str, data: bytes, reason: str
) -> None:
    (place / name).write_bytes(data)
    take(Folder(mapping(place.parent), "rain", Intake()))
    assert (place / "failed" / name).read_bytes() == data
    assert reason in account(place / "failed" / f"{name}.account.csv")[2][2]


def test_a_workbook_with_a_cell_at_its_far_end_is_set_aside(place: Path) -> None:
    with xlsxwriter.Workbook(str(place / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_number(0, 0, 1)
        sheet.write_number(1_048_575, 16_383, 2)
    take(Folder(mapping(place.parent), "rain", Intake()))
    assert "too large" in account(place / "failed" / "a.xlsx.account.csv")[2][2]


def test_a_sheet_is_told_from_its_first_line_and_column_on(place: Path) -> None:
    with xlsxwriter.Workbook(str(place / "a.xlsx")) as book:
        book.add_worksheet("else")
        sheet = book.add_worksheet("雨量")
        sheet.write_row(2, 1, ["站号", "雨量(mm)", "真", "空"])
        sheet.write_row(4, 1, [8101, 2.5, True])
    folder = mapping(place.parent, folder={"head": 3, "sheet": "雨量"}).folder
    assert list(rows_of(place / "a.xlsx", folder)) == [
        Row(5, {"站号": 8101, "雨量(mm)": 2.5, "真": True})
    ]
    for other, reason in (({"sheet": "none"}, "no sheet 'none'"), ({"head": 2}, "no line 2")):
        folder = mapping(place.parent, folder={"sheet": "雨量", **other}).folder
        with pytest.raises(Malformed, match=reason):
            list(rows_of(place / "a.xlsx", folder))


def test_a_files_name_in_gb18030_is_read_and_half_a_character_stops_no_writer(
    place: Path,
) -> None:
    store = Intake()
    way = Folder(mapping(place.parent, device="{1}"), "rain", store)
    (place / os.fsdecode("雨量站".encode("gb18030") + b".csv")).write_text(TABLE)
    take(way)
    assert {key for key, _ in store.kept} == {"雨量站.rain", "雨量站.water_level"}
    way.books.presence.hear([Heard("\udcff"), Heard("ok", None, {"a": "\udcff"})], 1)
    Scribe(place, [way.books.presence]).write()
    assert {one.device for one in Reader(place).latest(1)} == {"雨量站", "ok"}


def test_what_the_roll_cannot_hold_leaves_it_to_others(tmp_path: Path) -> None:
    odd = Spoken("files", "\udcff", "level", "key")
    first = Roll(tmp_path)
    with pytest.raises(UnicodeEncodeError):
        first.note("one", [], [odd], now_ms=1)
    Roll(tmp_path).note("two", [], [odd._replace(device="ok")], now_ms=1)
    assert list(Reader(tmp_path).owner_of(["key"])) == ["key"]


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("a file")
    with pytest.raises(Unavailable, match="Not a directory"):
        asyncio.run(Folder(mapping(tmp_path), "rain", Intake()).run())


def test_a_link_in_the_folder_is_not_followed(place: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(TABLE)
    (place / "a.csv").symlink_to(tmp_path / "secret.csv")
    assert Folder(mapping(place.parent), "rain", Intake()).settled() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": "a.*"}, "a table has rows by itself"),
        ({"time_unit": "arrival"}, "time"),
        ({"values": {}}, "needs values"),
        ({"folder": {"separator": "ab"}}, "separator must be one"),
        ({"folder": {"head": -1}}, "head must be"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    place: Path, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Malformed, match=reason):
        mapping(place.parent, **change)


@given(
    st.sampled_from([".csv", ".xlsx", ".xls", ".ods"]),
    st.binary(max_size=200) | st.text(max_size=80).map(str.encode),
)
def test_no_file_raises_anything_but_malformed(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(data)
    folder = mapping(path.parent).folder
    with suppress(Malformed):
        assert all(row.line > 1 for row in rows_of(path, folder))
