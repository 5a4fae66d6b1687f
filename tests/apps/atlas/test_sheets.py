"""Every sheet of the atlas passes the common tests."""

import io
from pathlib import Path
from typing import ClassVar

import pytest
from django.test import Client

from anlan.apps.atlas.actions.entering import enter
from anlan.apps.atlas.models import (
    Enterprise,
    Facility,
    LimitFile,
    ObservedObject,
    Region,
    Target,
)
from anlan.apps.atlas.pages import (
    ENTERPRISES,
    FACILITIES,
    LIMITS,
    OBJECTS,
    REGIONS,
    SENSORS,
    TARGETS,
)
from anlan.apps.people.models import AuditLine
from anlan.desk.sheet import Sheet
from tests.apps.atlas.places import OURS, THEIRS, point, put, two_counties
from tests.apps.desk.sheet_tests import ClientFor, EditableSheetTests, SheetTests
from tests.apps.limits.conftest import Standing


class TestEnterprises(EditableSheetTests):
    sheet: ClassVar[Sheet] = ENTERPRISES
    own, other = "990101-plant", "990102-plant"
    fresh: ClassVar[dict[str, str]] = {
        "key": "", "name": "新建化工有限公司", "region": OURS, "industry": "化工",
        "shape": "160.1, 30.1",
    }  # fmt: skip

    def stand(self) -> None:
        two_counties()

    def more(self, count: int) -> None:
        for number in range(count):
            put(Enterprise, f"990101-e{number}", OURS, f"企业{number}")


class TestObjects(EditableSheetTests):
    sheet: ClassVar[Sheet] = OBJECTS
    own, other = "990101-lake", "990102-lake"
    fresh: ClassVar[dict[str, str]] = {
        "key": "", "name": "石桥水库", "kind": "flood.reservoir", "region": OURS,
        "attributes": "{}", "more-capacity": "120", "capacity": "120", "shape": "160.1, 30.1",
    }  # fmt: skip

    def stand(self) -> None:
        for key, region in ((self.own, OURS), (self.other, THEIRS)):
            put(ObservedObject, key, region, "水库", kind="reservoir", pack="flood",
                attributes={"capacity": 5.0}, shape=point(160.1, 30.1))  # fmt: skip

    def more(self, count: int) -> None:
        for number in range(count):
            put(ObservedObject, f"990101-o{number}", OURS, f"水库{number}", kind="reservoir",
                pack="flood", attributes={"capacity": 1.0})  # fmt: skip


class TestTargets(EditableSheetTests):
    sheet: ClassVar[Sheet] = TARGETS
    own, other = "990101-school", "990102-school"
    fresh: ClassVar[dict[str, str]] = {
        "key": "", "name": "新建小学", "kind": "school", "region": OURS, "people_day": "300",
    }  # fmt: skip

    def stand(self) -> None:
        two_counties()

    def more(self, count: int) -> None:
        for number in range(count):
            put(Target, f"990101-t{number}", OURS, f"小学{number}", kind="school")


class TestFacilities(EditableSheetTests):
    sheet: ClassVar[Sheet] = FACILITIES
    own, other = "990101-bridge", "990102-bridge"
    fresh: ClassVar[dict[str, str]] = {
        "key": "", "name": "新桥", "kind": "bridge", "region": OURS, "size": "300",
    }  # fmt: skip

    def stand(self) -> None:
        put(Facility, self.own, OURS, "大桥", kind="bridge", size=100)
        put(Facility, self.other, THEIRS, "大桥", kind="bridge", size=100)

    def more(self, count: int) -> None:
        for number in range(count):
            put(Facility, f"990101-f{number}", OURS, f"桥{number}", kind="bridge")


class TestRegions(EditableSheetTests):
    sheet: ClassVar[Sheet] = REGIONS
    own, other = "990101001", "990102001"
    fresh: ClassVar[dict[str, str]] = {"key": "990101009", "name": "新镇"}

    def stand(self) -> None:
        two_counties()

    def more(self, count: int) -> None:
        for number in range(count):
            put(Region, f"9901011{number:02}", f"9901011{number:02}", f"镇{number}")

    def elsewhere(self) -> dict[str, str]:
        return {"key": "990102009"}

    def test_the_key_of_another_county_tells_nothing(self, client_for: object) -> None:
        pytest.skip("a region's code says where it lies")


class _Registered:
    """A store of its own with a sensor in each county."""

    @pytest.fixture(autouse=True)
    def _own_store(self, tmp_path: Path, settings: object) -> None:
        from anlan.site.options import Place

        (tmp_path / "desk").mkdir()
        Place(tmp_path).ready_file.touch()
        settings.PLACE = Place(tmp_path)  # type: ignore[attr-defined]  # pytest-django's own

    @pytest.fixture(autouse=True)
    def _registered(self, _own_store: None, _stand: None) -> None:
        self.register([("990101-s1", "990101-tank"), ("990102-s1", "990102-tank")])

    def stand(self) -> None:
        two_counties()

    def register(self, sensors: list[tuple[str, str]]) -> None:
        """Enters sensors, each with one limit."""
        from datetime import UTC, datetime

        from django.conf import settings

        from anlan.apps.atlas.actions.registry import follow_to

        limit = {"level": "yellow", "value": 3.2, "direction": "high"}
        enter([
            one for key, thing in sensors for one in (
                {"type": "sensor", "key": key, "object": thing, "quantity": "flood.water_level"},
                {"type": "limits_of", "sensor": key, "limits": [limit]},
            )
        ])  # fmt: skip
        follow_to(settings.PLACE.data, datetime(2026, 7, 21, tzinfo=UTC))


class TestSensors(_Registered, EditableSheetTests):
    sheet: ClassVar[Sheet] = SENSORS
    own, other = "990101-s1", "990102-s1"
    fresh: ClassVar[dict[str, str]] = {
        "key": "990101-s2", "name": "液位", "object_key": "990101-tank",
        "quantity": "flood.water_level", "interval_s": "60",
    }  # fmt: skip

    def more(self, count: int) -> None:
        self.register([(f"990101-more{n}", "990101-tank") for n in range(count)])

    def elsewhere(self) -> dict[str, str]:
        return {"object_key": "990102-tank"}

    def is_ended(self, browser: Client) -> None:
        assert "True" in str(self.sheet.model.objects.get(key=self.own).retired)

    def test_two_hundred_sensors_of_which_two_are_wrong(self, client_for: ClientFor) -> None:
        """The two are named by row, column and reason; the others are taken, through the log."""
        rows: list[list[object]] = [["测点*", "名称", "监测对象*", "监测量*", "上报间隔"]]
        rows += [[f"990101-n{n}", f"液位{n}", "990101-tank", "flood.water_level", 60]
                 for n in range(200)]  # fmt: skip
        rows[17][2], rows[120][4] = "990102-tank", "often"
        browser = client_for(self.editor)
        page = browser.post(self.at("import"), {"file": workbook(rows)})
        faults = page.context["report"].faults
        assert [(f.number, f.column, f.text) for f in faults] == [
            (18, "监测对象*", "990102-tank"),
            (121, "上报间隔", "often"),
        ]
        assert all(fault.reason.endswith("。") for fault in faults)
        assert self.sheet.model.objects.count() == 2
        done = browser.post(self.at("import", "confirm"), {"ticket": page.context["ticket"]})
        assert done.status_code == 302
        assert self.sheet.model.objects.count() == 200
        assert self.sheet.model.objects.get(key="990101-n0").owner == "990101-plant"

    def test_a_ticket_is_of_one_person_and_one_sheet(self, client_for: ClientFor) -> None:
        page = client_for(self.editor).post(self.at("import"), {"file": self.file([self.fresh])})
        told = {"ticket": page.context["ticket"]}
        assert client_for("admin").post(self.at("import", "confirm"), told).status_code == 422
        other = TARGETS.url("import", "confirm")
        assert client_for(self.editor).post(other, told).status_code == 422
        assert client_for(self.editor).post(self.at("import", "confirm"), {}).status_code == 422

    def test_what_changed_since_the_check_is_shown_again(self, client_for: ClientFor) -> None:
        browser = client_for(self.editor)
        page = browser.post(self.at("import"), {"file": self.file([self.fresh])})
        self.register([(self.fresh["key"], "990101-tank")])
        again = browser.post(self.at("import", "confirm"), {"ticket": page.context["ticket"]})
        assert again.status_code == 409
        assert again.context["report"].made == 0


class TestLimits(_Registered, SheetTests):
    sheet: ClassVar[Sheet] = LIMITS
    own, other = "990101-s1·yellow·high·", "990102-s1·yellow·high·"
    own_told, other_told = "990101-s1", "990102-s1"

    def more(self, count: int) -> None:
        self.register([(f"990101-more{n}", "990101-tank") for n in range(count)])

    def file(self, *lines: str) -> io.BytesIO:
        head = "sensor_key,level,direction,value,since,source"
        file = io.BytesIO("\n".join((head, *lines)).encode("gb18030"))
        file.name = "limits.csv"
        return file

    def proposed(self, browser: Client) -> LimitFile:
        file = self.file(
            "990101-s1,红色,high,9.5,2026-08-01 00:00,预案", "990101-s1,yellow,high,3.4,,"
        )
        page = browser.post(self.at("import"), {"file": file})
        report = page.context["report"]
        assert (report.faults, report.made, report.changed) == ([], 1, 1)
        done = browser.post(self.at("import", "confirm"), {"ticket": page.context["ticket"]})
        assert done.status_code == 302
        return LimitFile.objects.get()

    def stands(self) -> list[tuple[int, float, str]]:
        rows = self.sheet.model.objects.filter(sensor_key="990101-s1").order_by("level")
        return list(rows.values_list("level", "value", "source"))

    def decide(self, browser: Client, file: LimitFile, verb: str, **given: str) -> int:
        told = {"version": str(file.version), **given}
        return int(browser.post(f"/{file.target}/{verb}", told).status_code)

    def test_a_file_holds_when_another_approves_it(
        self, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anlan.apps.atlas.actions.deciding.running", Standing)
        file = self.proposed(client_for(self.editor))
        assert (file.region, self.stands()) == ("990101001001", [(2, 3.2, "")])
        assert self.decide(client_for(self.editor), file, "approve") == 422
        assert self.decide(client_for("county-b"), file, "approve") == 404
        assert self.stands() == [(2, 3.2, "")]
        chief = client_for("county-chief")
        assert f"/{file.target}" in chief.get("/limits/").content.decode()
        page = chief.get(f"/{file.target}").content.decode()
        assert "9.50" in page
        assert self.decide(chief, file, "approve") == 302
        assert self.stands() == [(2, 3.4, ""), (4, 9.5, "预案")]
        assert self.sheet.model.objects.get(sensor_key="990102-s1").value == 3.2
        assert self.decide(chief, file, "approve") == 422
        acts = list(AuditLine.objects.order_by("number").values_list("act", "who"))
        assert acts[-2:] == [("atlas.propose_limits", self.editor),
                             ("atlas.approve_limits", "county-chief")]  # fmt: skip

    def test_a_file_that_no_longer_fits_is_not_entered(
        self, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anlan.apps.atlas.actions.deciding.running", Standing)
        file = self.proposed(client_for(self.editor))
        limit = {"level": "yellow", "value": 2.0, "direction": "high"}
        enter([{"type": "limits_of", "sensor": "990101-s1", "limits": [limit]}])
        chief = client_for("county-chief")
        assert self.decide(chief, file, "approve") == 422
        assert [value for _level, value, _source in self.stands()] == [2.0]
        assert self.decide(chief, file, "refuse", reason="过期") == 302
        assert "过期" in client_for(self.editor).get(f"/{file.target}").content.decode()

    def test_who_proposed_a_file_takes_it_back(self, client_for: ClientFor) -> None:
        file = self.proposed(client_for(self.editor))
        assert self.decide(client_for("county-chief"), file, "withdraw") == 422
        assert self.decide(client_for(self.editor), file, "withdraw") == 302
        file.refresh_from_db()
        assert file.state == "withdrawn"

    def test_limits_of_other_counties_and_wrong_ones_are_named(self, client_for: ClientFor) -> None:
        browser = client_for(self.editor)
        file = self.file(
            "990102-s1,red,high,9,,", "990101-s1,4,high,9,,", "990101-s1,red,high,nan,,"
        )
        report = browser.post(self.at("import"), {"file": file}).context["report"]
        assert [(f.number, f.column) for f in report.faults] == [
            (2, "sensor_key"), (3, "level"), (4, "value")
        ]  # fmt: skip

    @pytest.mark.parametrize("who", ["county-chief", "admin", "county"])
    def test_only_managers_propose_a_file(self, client_for: ClientFor, who: str) -> None:
        assert client_for(who).get(self.at("import")).status_code == 403


def workbook(rows: list[list[object]]) -> io.BytesIO:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    out.seek(0)
    out.name = "sensors.xlsx"
    return out
