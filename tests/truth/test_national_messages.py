"""Real national identifiers, a message of the national system, and event types seen at work."""

import json
from pathlib import Path
from typing import Any

import pytest

from anlan.cap.national.check import doubts_of
from anlan.cap.national.events import event_of
from anlan.cap.national.files import read_name
from anlan.cap.national.identifier import read_identifier
from anlan.cap.national.read import read
from anlan.cap.national.write import write

FILES = Path(__file__).resolve().parents[3] / "shared/data/protocols/cap_cn"


@pytest.fixture
def known(request: pytest.FixtureRequest) -> Any:
    """A file of the folder, JSON opened; skips the test where it is missing."""
    path = FILES / str(request.param)
    if not path.exists():
        pytest.skip(f"{request.param} is not here (../shared/data/protocols/cap_cn)")
    return json.loads(path.read_text()) if path.suffix == ".json" else path.read_bytes()


@pytest.mark.parametrize("known", ["index.json"], indirect=True)
def test_identifiers_of_issued_alerts_are_read(known: Any) -> None:
    assert len(known["vectors"]) == 7
    for vector in known["vectors"]:
        read_one, expect = read_identifier(vector["id"]), vector["expect"]
        assert read_one.text == vector["id"]
        assert (read_one.region, read_one.trade) == (expect["adcode"], expect["org_GB4657"])
        assert read_one.unit[9:] == expect["sub"] + expect["ext"]
        assert f"{read_one.entered_at:%Y%m%d%H%M%S}" == expect["time"]


@pytest.mark.parametrize("known", ["index.json"], indirect=True)
def test_names_of_files_are_read(known: Any) -> None:
    message = known["file_names"][0]
    attachment = known["file_names"][1].split()[1]
    assert read_name(message).text == message
    assert read_name(attachment).text == attachment


@pytest.mark.parametrize("known", ["event_types.json"], indirect=True)
def test_event_types_seen_at_work_are_in_the_table(known: Any) -> None:
    for code, name in known["codes"].items():
        event = event_of(code)
        assert event is not None
        assert event.name == name


@pytest.mark.parametrize("known", ["guotu_test_alert.xml"], indirect=True)
def test_a_message_of_the_national_system_is_read(known: Any) -> None:
    notice = read(known)
    assert notice.alert.identifier == "62102300000000_20180823162524"
    assert notice.alert.sent == "2018-08-23T16:25:24+08:00"
    assert notice.alert.info[0].severity == "Extreme"
    assert [way.name for way in notice.ways] == ["SMS", "SPEAKER", "BROADCAST"]
    assert len(notice.ways[0].groups) == 2
    assert read(write(notice)) == notice
    assert [doubt.split(":")[0] for doubt in doubts_of(notice)] == ["identifier", "geocode"]
