"""A change log, objects of two counties, and alarms that follow, for the tests of the watch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.watch.actions import follow_changes
from anlan.apps.watch.models import Alarm
from anlan.history.codec import encode_changes
from anlan.history.log import Log, Record, RecordKind
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level

NONE, BLUE, YELLOW, ORANGE, RED = Level
RULE = "chemical.flammable_gas.level"
_OBJECTS = (
    ("tank", "储罐 T-1", "990101001001", "org-plant"),
    ("reach", "清河上段", "990101001", ""),
    ("pond", "石门尾矿库", "990102", ""),
)


def change(
    before: Level,
    after: Level,
    *,
    at: datetime,
    sensor: str | None = "",
    object_key: str = "tank",
    kind: Kind | None = None,
) -> Change:
    """A change of a level, with the kind that follows from it.

    sensor: the first one of the object unless named; None for a group's own change.
    """
    if sensor == "":
        sensor = "gas-1" if object_key == "tank" else f"{object_key}-1"
    if kind is None:
        up = Kind.RISEN if before else Kind.RAISED
        down = Kind.FALLEN if after else Kind.CLEARED
        kind = up if after > before else down
    evidence = Evidence(
        limit=25.0, value=31.5, n=3, min=2.0, max=31.5, unit="%LEL", rule_version="1"
    )
    ms = round(at.timestamp() * 1000)
    return Change(sensor=sensor, object=object_key, rule=RULE, kind=kind, before=before,
                  after=after, at=ms, evidence=evidence)  # fmt: skip


@dataclass
class Night:
    """A change log and the alarms that follow it; its clock begins ten minutes ago."""

    log: Log
    start: datetime = field(
        default_factory=lambda: timezone.now().replace(microsecond=0) - timedelta(minutes=10)
    )

    def at(self, minutes: float) -> datetime:
        """So many minutes after the start."""
        return self.start + timedelta(minutes=minutes)

    def write(self, *changes: Change) -> None:
        """Puts changes into the log, in one record."""
        body = encode_changes(changes)
        self.log.append([Record(kind=RecordKind.TICK, at=0, body=b"", changes=body)])

    def follow(self, now: datetime | None = None, *, limit: int = 2000) -> int:
        """Takes up all that is new; how many changes."""
        total = 0
        while taken := follow_changes(self.log, now or timezone.now(), limit=limit):
            total += taken
        return total

    def raised(
        self, level: Level = ORANGE, *, object_key: str = "tank", minutes: float = 0
    ) -> Alarm:
        """An alarm that was raised, and followed."""
        self.write(change(NONE, level, at=self.at(minutes), object_key=object_key))
        self.follow()
        return Alarm.objects.get(object_key=object_key, is_newest=True)


@pytest.fixture
def objects(db: None) -> list[ObservedObject]:
    """Two objects in the first county, one of an enterprise, and one in its neighbour."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        ObservedObject.objects.create(key=key, name=name, region=region, owner=owner,
                                      kind="tank", pack="chemical", since=since)
        for key, name, region, owner in _OBJECTS
    ]  # fmt: skip


@pytest.fixture
def night(tmp_path: Path, objects: list[ObservedObject]) -> Iterator[Night]:
    """An empty change log and the objects that it is about."""
    with Log.open(tmp_path / "history", write=True) as log:
        yield Night(log)
