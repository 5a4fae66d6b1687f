"""WaterML 2.0 and SHEF as rows of a folder, and pages of the web that are put into it."""

import asyncio
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan.connectors.folder.map import map_of
from anlan.connectors.folder.row import Row
from anlan.connectors.folder.shef import rows_of as values_of
from anlan.connectors.folder.waterml import rows_of as points_of
from anlan.connectors.mapping import Message
from anlan.connectors.mapping.read import read
from anlan.live.ways.folder import Folder
from anlan.live.ways.tables.page import Fetching
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.apps.warning.incoming.feeding import Server
from tests.wire.test_folder import Intake

DATA = Path(__file__).resolve().parents[3] / "shared/data/protocols"
PAGE = (Path(__file__).parents[2] / "docs/how-to/hydrology-files.md").read_text(encoding="utf-8")
SHEF, WATERML = re.findall(r"```toml\n([\s\S]*?)```", PAGE)[:2]

POINT = """<wml2:point><wml2:MeasurementTVP><wml2:time>{}</wml2:time>{}
</wml2:MeasurementTVP></wml2:point>"""
SERIES = """<?xml version="1.0"?><om:OM_Observation xmlns:om="http://www.opengis.net/om/2.0"
 xmlns:wml2="http://www.opengis.net/waterml/2.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<om:observedProperty xlink:href="http://x.example/def/WaterLevel"/>
<om:featureOfInterest xlink:href="http://x.example/st/8101"/>
<om:result><wml2:MeasurementTimeseries><wml2:metadata><wml2:TimeseriesMetadata>
<wml2:defaultTimeZone><wml2:TimeZone><wml2:zoneOffset><!--Z-->+08:00</wml2:zoneOffset></wml2:TimeZone>
</wml2:defaultTimeZone></wml2:TimeseriesMetadata></wml2:metadata>
<wml2:defaultPointMetadata><wml2:DefaultTVPMeasurementMetadata><wml2:uom code="ft"/>
<wml2:quality xlink:href="http://www.opengis.net/def/waterml/2.0/quality/good"/>
</wml2:DefaultTVPMeasurementMetadata></wml2:defaultPointMetadata>{}
</wml2:MeasurementTimeseries></om:result></om:OM_Observation>"""
ESTIMATED = """<wml2:metadata><wml2:TVPMeasurementMetadata>
<wml2:quality xlink:href="http://www.opengis.net/def/waterml/2.0/quality/estimate"/>
</wml2:TVPMeasurementMetadata></wml2:metadata>"""


class Station:
    """A folder of a form of the page, with what is registered."""

    def __init__(self, folder: Path, text: str, *sensors: str, **head: Any) -> None:
        tables = tomllib.loads(text)
        tables["folder"] |= {"path": str(folder), "settled_s": 0} | head
        self.intake = Intake()
        self.intake.registered = dict.fromkeys(sensors)
        for name in ("done", "failed", "waiting"):
            (folder / name).mkdir(exist_ok=True)
        self.folder, self.path = Folder(map_of(tables, "x.toml", folder), "x", self.intake), folder

    def take(self, name: str, text: str) -> str:
        """Puts a file there; what the account of it says."""
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        self.folder.take(path)
        (account,) = self.path.rglob(f"{name}.account.csv")
        return account.read_text(encoding="utf-8-sig")


def points(*told: tuple[str, str]) -> str:
    return SERIES.format("".join(POINT.format(*one) for one in told))


def test_points_with_units_quality_zones_and_nothing(tmp_path: Path) -> None:
    one = Station(tmp_path, WATERML, "330110-8101.water_level")
    told = one.take("a.xml", points(
        ("2026-07-01T08:00:00", "<wml2:value>10</wml2:value>"),
        ("2026-07-01T00:05:00Z", '<wml2:value xsi:nil="true"/>'),
        ("2026-07-01T08:10:00+08:00", f"<wml2:value>20</wml2:value>{ESTIMATED}"),
        ("2026-07-01T00:15:00Z", "<wml2:value>-9999</wml2:value>"),
        ("2026-07-01T00:20:00Z", "<wml2:value>high</wml2:value>"),
        ("2026-07-01T00:25:00Z", "<wml2:value><!-- checked -->30</wml2:value>"),
    ))  # fmt: skip
    assert "value is no number: 'high'" in told
    minutes = {time // 60_000 % 60: value for (_, time), value in one.intake.kept.items()}
    assert {m: v for m, v in minutes.items() if v == v} == {  # NaN is unlike itself
        0: pytest.approx(3.048), 10: pytest.approx(6.096), 25: pytest.approx(9.144)}  # fmt: skip
    assert sorted(minutes) == [0, 5, 10, 15, 25]
    assert (tmp_path / "done/a.xml").is_file()


def test_an_estimate_is_uncertain(tmp_path: Path) -> None:
    form = map_of(tomllib.loads(WATERML), "x", tmp_path).form
    (tmp_path / "a.xml").write_text(
        points(("2026-07-01T08:00:00", f"<wml2:value>1</wml2:value>{ESTIMATED}")), encoding="utf-8"
    )
    (row,) = points_of(tmp_path / "a.xml")
    (reading,) = read(form, Message("line 1", (), row.cells, 0)).readings
    assert reading.quality == Quality.UNCERTAIN


@pytest.mark.parametrize("text", ["", "<a/>", "{}", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_waterml_is_set_aside(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed):
        list(points_of(written(tmp_path, text)))


def written(folder: Path, text: str) -> Path:
    path = folder / "a"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "expected"), [
    (".A AA0001 820101 Z DH12/HG 2.3", [("AA0001", "1982-01-01T12:00:00Z", "HG", 2.3, "good")]),
    (".E EE0001 820101 Z DH12/HG/DIH06/2.1/2.2", [
        ("EE0001", "1982-01-01T12:00:00Z", "HG", 2.1, "good"),
        ("EE0001", "1982-01-01T18:00:00Z", "HG", 2.2, "good")]),
    (".B MCI 820101 Z DH12/HG/PP\nBB0001 1.1E/M\n.END", [
        ("BB0001", "1982-01-01T12:00:00Z", "HG", 1.1, "uncertain"),
        ("BB0001", "1982-01-01T12:00:00Z", "PP", None, "good")]),
    (".A AA0002 820101 Z DH12/HG 4.4B/TAIRZX 80", [
        ("AA0002", "1982-01-01T12:00:00Z", "HG", 4.4, "bad"),
        ("AA0002", "1982-01-01T12:00:00Z", "TA", 80.0, "good")]),
    (".A AA0003 820101 Z DH12/HGIFZ 5", []),
    *((f".A AA0004 820101 Z DH12/PP 0.5{letter}",
       [("AA0004", "1982-01-01T12:00:00Z", "PP", 0.5, quality)])
      for letters, quality in (("BR", "bad"), ("DEFLQSW", "uncertain"), ("GMPTVZ", "good"))
      for letter in letters),
])  # fmt: skip
def test_messages(tmp_path: Path, text: str, expected: list[Any]) -> None:
    rows = values_of(written(tmp_path, text + "\n"))
    assert [seen(row) for row in rows if not row.why] == expected


def seen(row: Row) -> tuple[Any, ...]:
    names = ("station", "time", "quantity", "value", "quality")
    return tuple(row.cells.get(name) for name in names)


def test_each_value_of_a_table_has_its_line(tmp_path: Path) -> None:
    rows = values_of(written(tmp_path, """.A ZZ0001 820101 Z DH12/HG 1
no message

.BR MCI 820101 Z DH12/HG
.B1 /PP
: the upper river
BB0001 1.1/0.2

BB0002 M/0.3, bb0003 +/0.4
BB0002 DH18/1.5/0.6
.END
.A ZZ0002 820101 Z DH12/HG 1
: the end
"""))  # fmt: skip
    assert [(row.line, row.cells.get("station"), row.cells.get("value")) for row in rows] == [
        (1, "ZZ0001", 1.0),
        (7, "BB0001", 1.1), (7, "BB0001", 0.2),
        (9, "BB0002", None), (9, "BB0002", 0.3), (9, "bb0003", None), (9, "bb0003", 0.4),
        (10, "BB0002", 1.5), (10, "BB0002", 0.6),
        (12, "ZZ0002", 1.0),
    ]  # fmt: skip


def test_forecasts_extremes_and_broken_messages_are_told_apart(tmp_path: Path) -> None:
    one = Station(tmp_path, SHEF, "AA0001.water_level")
    told = one.take("a.shef", ".A AA0001 820101 Z DH12/HG 10\n.A AA0001 820101 Z DH13/HGIFZ 5\n"
                              ".A AA0001 8201\n.A AA0001 820101 Z DH14/HG -9999\n")  # fmt: skip
    kept = [value for _, value in sorted(one.intake.kept.items())]
    assert kept[0] == pytest.approx(3.048)
    assert len(kept) == 2
    assert kept[1] != kept[1]  # nothing
    assert "a forecast, no reading" in told
    assert len(told.splitlines()) >= 4


def verified() -> Iterator[tuple[str, ...]]:
    for line in (DATA / "shef/nws_test.format1.txt").read_text().splitlines():
        if line.strip():
            station, day, time, _, _, parameter, value, letter = line.split()[:8]
            yield station, f"{day}T{time}Z", parameter, f"{float(value):.4f}", letter


@pytest.mark.skipif(not (DATA / "shef").is_dir(), reason="SHEF is not here (../shared/data)")
def test_the_verified_values_of_the_weather_service() -> None:
    rows = [row for row in values_of(DATA / "shef/nws_test.shef") if not row.why]
    found = Counter(
        (row.cells["station"], row.cells["time"], row.cells["parameter"][:6],
         f"{-9999.0 if row.cells['value'] is None else row.cells['value']:.4f}",
         row.cells["qualifier"])
        for row in rows
    )  # fmt: skip
    expected = Counter(
        (station, time, parameter[:6], value, letter)
        for station, time, parameter, value, letter in verified() if parameter[3] not in "FC"
    )  # fmt: skip
    # A message without its year is of the year in which it is read.
    old = Counter({one: n for one, n in expected.items() if one[1] < "2000"})
    assert old.total() > 1_200
    assert not old - found


@pytest.mark.skipif(not (DATA / "waterml2").is_dir(), reason="WaterML is not here (../shared/data)")
def test_a_response_of_a_sensor_service() -> None:
    rows = list(points_of(DATA / "waterml2/getobservation_wml2.xml"))
    assert [row.cells["value"] for row in rows] == ["12.2", "12.3", "12.0", "11.9", "12.1", "12.5"]
    assert (rows[0].cells["station"], rows[0].cells["unit"]) == ("Vaisala_WXT520", "degC")
    assert rows[0].cells["AirTemperature"] == "12.2"


def test_a_page_is_put_there_once_while_it_is_the_same(tmp_path: Path) -> None:
    with Server() as server:
        server.pages["/feed"] = points(
            ("2026-07-01T08:00:00", "<wml2:value>10</wml2:value>")
        ).encode()
        one = Station(
            tmp_path, WATERML, "330110-8101.water_level", address=server.url(), private=True
        )
        fetching = Fetching(one.folder.mapping.folder)
        put = fetching.look()
        assert put is not None
        assert fetching.look() is None
        assert server.unchanged == 1
        one.folder.take(put)
        assert list(one.intake.kept.values()) == [pytest.approx(3.048)]
        server.pages.clear()
        assert fetching.look() is None
        assert fetching.look() is None
        assert (fetching.trouble, fetching.fails) == ("it answers 404", 2)
        assert fetching.wait_s == 2 * one.folder.mapping.folder.every_s


def test_the_own_network_is_not_asked(tmp_path: Path) -> None:
    with Server() as server:
        one = Station(tmp_path, WATERML, address=server.url())
        fetching = Fetching(one.folder.mapping.folder)
        assert fetching.look() is None
        assert "own machine or network" in fetching.trouble
        assert not server.asked


def test_a_way_fetches_and_takes_in_by_itself(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        one = Station(
            tmp_path, WATERML, "330110-8101.water_level", address=server.url(), private=True
        )
        running = asyncio.create_task(one.folder.run())
        async with asyncio.timeout(60):
            while not one.intake.kept:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert one.folder.books.told()["bind"] == server.url()

    with Server() as server:
        body = points(("2026-07-01T08:00:00", "<wml2:value>10</wml2:value>"))
        server.pages["/feed"] = body.encode()
        asyncio.run(scene(server))
