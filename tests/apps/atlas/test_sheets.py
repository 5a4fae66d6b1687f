"""Every sheet of the atlas passes the common tests."""

from pathlib import Path
from typing import ClassVar

import pytest
from django.test import Client

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Region, Target
from anlan.apps.atlas.pages import ENTERPRISES, FACILITIES, OBJECTS, REGIONS, SENSORS, TARGETS
from anlan.desk.sheet import Sheet
from tests.apps.atlas.places import OURS, THEIRS, point, put, two_counties
from tests.apps.desk.sheet_tests import EditableSheetTests


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


class TestSensors(EditableSheetTests):
    sheet: ClassVar[Sheet] = SENSORS
    own, other = "990101-s1", "990102-s1"
    fresh: ClassVar[dict[str, str]] = {
        "key": "990101-s2", "name": "液位", "object_key": "990101-tank",
        "quantity": "flood.water_level", "interval_s": "60",
    }  # fmt: skip

    @pytest.fixture(autouse=True)
    def _own_store(self, tmp_path: Path, settings: object) -> None:
        from anlan.site.options import Place

        (tmp_path / "desk").mkdir()
        Place(tmp_path).ready_file.touch()
        settings.PLACE = Place(tmp_path)  # type: ignore[attr-defined]  # pytest-django's own

    def stand(self) -> None:
        two_counties()

    @pytest.fixture(autouse=True)
    def _registered(self, _own_store: None, _stand: None) -> None:
        self.register([(self.own, "990101-tank"), (self.other, "990102-tank")])

    def register(self, sensors: list[tuple[str, str]]) -> None:
        from datetime import UTC, datetime

        from django.conf import settings

        from anlan.apps.atlas.actions.registry import follow_to
        from anlan.apps.atlas.actions.sensors import enter

        enter([{"type": "sensor", "key": key, "object": thing, "quantity": "flood.water_level"}
               for key, thing in sensors])  # fmt: skip
        follow_to(settings.PLACE.data, datetime(2026, 7, 21, tzinfo=UTC))

    def more(self, count: int) -> None:
        self.register([(f"990101-more{n}", "990101-tank") for n in range(count)])

    def elsewhere(self) -> dict[str, str]:
        return {"object_key": "990102-tank"}

    def is_ended(self, browser: Client) -> None:
        assert "True" in str(self.sheet.model.objects.get(key=self.own).retired)
