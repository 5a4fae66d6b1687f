"""Loudspeakers and screens in the area: what goes there, what plays, what a drill may reach."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from shapely.geometry import Point

from anlan.apps.atlas.models import Facility
from anlan.apps.people.actions.notices.hearing import ask_on, hear
from anlan.apps.people.actions.notices.outbox import send_due
from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Addressee
from anlan.channels import Channel
from anlan.channels.speaker import Speaker
from anlan.channels.speaker.ebd.signature import Seal
from anlan.sandtable.sinks.screen import Board
from anlan.sandtable.sinks.speaker import Door, Platform, Terminals
from anlan.site.crew.ways import ways_out
from tests.apps.conftest import TOWN
from tests.apps.warning.conftest import SINCE, Office
from tests.apps.warning.reaching import set_options, went_on
from tests.wire.channels.speaker.conftest import OURS, SEAL, SECRET, THEIRS, eventually

pytestmark = pytest.mark.django_db
HERE, DRILL, FAR = "33109910120131401001", "33109910120131401009", "33109910220231401001"
KEY = "a key of more than 16 bytes"


class Street:
    """A platform and a screen, devices in the records, and the ways to them."""

    def __init__(self, office: Office, settings: Any, door: Door, board: Board) -> None:
        self.office, self.door, self.board = office, door, board
        options = set_options(
            settings, speaker_platform=door.url, speaker_source=OURS, speaker_target=THEIRS,
            speaker_serial="0102030405ff", speaker_secret=SECRET,
            speaker_platform_key=SEAL.public.hex(), screen_secret=KEY, device_private=True,
        )  # fmt: skip
        self.ways: list[Channel] = ways_out(options)
        for key, kind, at, device, takes in (
            ("ls-1", "loudspeaker", (118.15, 30.15), HERE, "Actual"),
            ("ls-2", "loudspeaker", (118.9, 30.9), FAR, "Actual"),
            ("ls-3", "loudspeaker", (118.15, 30.15), DRILL, "Exercise"),
            ("ls-4", "loudspeaker", (118.15, 30.15), "", "Actual"),
            ("sc-1", "screen", (118.15, 30.15), board.url, "Actual"),
        ):
            Facility.objects.create(key=key, name=f"设备{key}", kind=kind, region=TOWN,
                                    shape=Point(at), device=device, takes=takes,
                                    since=office.now - SINCE)  # fmt: skip

    def send(self) -> None:
        """Hands over, sends, and hears until all is told."""
        hand_over(self.office.now)
        while send_due(self.ways, self.office.now):
            pass
        speaker = next(way for way in self.ways if isinstance(way, Speaker))
        assert eventually(lambda: not speaker.is_waiting(), 15.0)
        hear(self.ways, self.office.now)

    def states(self, kind: str) -> list[str]:
        return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))

    def heard_by(self) -> list[str]:
        return [one.terminal for one in self.door.platform.terminals.played()]


@pytest.fixture
def street(office: Office, settings: Any) -> Iterator[Street]:
    public = Seal("0102030405ff", int(SECRET, 16)).public
    platform = Platform(Terminals((HERE, DRILL, FAR)), public=public, seal=SEAL, code=THEIRS)
    with Door(platform) as door, Board(KEY.encode()) as board:
        yield Street(office, settings, door, board)


def test_what_stands_in_the_area_plays_and_shows_and_says_so(street: Street) -> None:
    one = street.office.issued()
    street.send()
    assert street.heard_by() == [HERE]
    (order,) = street.board.shown()
    assert order["id"] == one.messages.get().identifier
    assert (street.states("speaker"), street.states("screen")) == (["delivered"], ["delivered"])
    said = street.door.platform.terminals.played()[0].said
    assert one.measures_zh in said.text
    names = Addressee.objects.filter(kind__in=("speaker", "screen")).values_list("name", flat=True)
    assert sorted(names) == ["设备ls-1", "设备sc-1"]


def test_the_end_clears_and_stops_where_it_was_told(street: Street) -> None:
    one = street.office.issued()
    street.send()
    Facility.objects.filter(key="ls-1").update(shape=Point(118.9, 30.9))
    went_on(street.office, one, "cancel")
    street.send()
    assert street.heard_by() == [HERE, HERE]
    assert [one.said.is_cancel for one in street.door.platform.terminals.played()] == [False, True]
    assert street.board.shown() == []


def test_a_drill_reaches_devices_for_drills_alone(street: Street) -> None:
    street.office.issued(status="Exercise")
    street.send()
    assert street.heard_by() == [DRILL]
    assert street.door.platform.terminals.played()[0].said.is_drill
    assert street.board.shown() == []


def test_another_process_asks_on(street: Street, settings: Any) -> None:
    street.office.issued()
    hand_over(street.office.now)
    street.door.platform.faults = replace(street.door.platform.faults, silent=(HERE,))
    while send_due(street.ways, street.office.now):
        pass
    assert street.states("speaker") == ["sent"]
    street.door.platform.faults = replace(street.door.platform.faults, silent=())
    street.ways = ways_out(settings.PLACE.options)
    ask_on(street.ways, street.office.now)
    street.send()
    assert street.states("speaker") == ["delivered"]
    assert street.heard_by() == [HERE]


def test_without_a_platform_no_device_is_written_to(office: Office, settings: Any) -> None:
    set_options(settings)
    Facility.objects.create(key="ls-1", name="喇叭", kind="loudspeaker", region=TOWN, device=HERE,
                            shape=Point(118.15, 30.15), since=office.now - SINCE)  # fmt: skip
    office.issued()
    hand_over(office.now)
    assert not Notice.objects.filter(kind="speaker").exists()


def test_the_page_tells_which_devices_it_reached(
    street: Street, client_for: Callable[[str], Client]
) -> None:
    one = street.office.issued()
    street.send()
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "设备ls-1" in page
    assert "GY/T 384" in page
