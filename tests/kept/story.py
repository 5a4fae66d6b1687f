"""What a kept site has lived through: three days of a fictional county in July 2025.

A river rises over its marks and falls again while its alarm is handled to the end; a tank leaks
and its alarm still stands. Nobody and nothing in it is real; region codes begin with 99.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from PIL import Image

from anlan.apps.atlas.actions import follow_registry
from anlan.apps.atlas.actions.limits import Wanted, propose
from anlan.apps.atlas.models import Enterprise, ObservedObject, Region
from anlan.apps.atlas.words import words_for
from anlan.apps.people.actions import note_head
from anlan.apps.people.actions.duty import Answers, OnDuty, plan_duty, set_responsible
from anlan.apps.people.asker import Machine, Person
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.people.queries import person_of
from anlan.apps.watch import actions as watch
from anlan.apps.watch.models import Alarm
from anlan.history.log import Log, store_in
from anlan.history.registry import limits_entry, new_key, sensor_entry
from anlan.history.store import compact
from anlan.live.loop.heart import Heart
from anlan.live.loop.snapshot import save
from anlan.live.shelved import pack_entries
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import NEVER

PASSWORD = "kept-Anlan-2025"
COUNTY, TOWN = "990101", "990101001"
ZONE = ZoneInfo("Asia/Shanghai")
STEP = timedelta(minutes=15)
_PEOPLE = (("zhou", "周岸", "duty"), ("chen", "陈川", "chief"), ("he", "何源", "manager"))
_SENSORS = (
    Sensor(key="RV1-Z1", object="RV1", quantity="flood.water_level", name="石桥水位",
           interval_ms=900_000),
    Sensor(key="RV1-Z0", object="RV1", quantity="flood.water_level", name="石桥旧水尺",
           interval_ms=900_000),
    Sensor(key="T1-G1", object="T1", quantity="chemical.flammable_gas", name="一号罐可燃气体",
           interval_ms=900_000),
)  # fmt: skip
_MARKS = ((Level.YELLOW, 3.2), (Level.ORANGE, 4.0))


def moment(day: int, clock: str) -> datetime:
    """A time of July 2025, in the county."""
    return datetime.fromisoformat(f"2025-07-{day:02} {clock}").replace(tzinfo=ZONE)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass
class Site:
    """The only writer of a new site, with a clock of its own."""

    data: Path
    heart: Heart
    now: datetime

    def enter(self, entries: Sequence[Mapping[str, Any]]) -> int:
        """Entries of the registry, and notes, at this moment."""
        self.heart.enter(entries, at=_ms(self.now))
        self.heart.commit()
        return self.heart.seq

    def live_to(self, end: datetime) -> None:
        """Measures and ticks to a moment; the records follow, and who is late is told."""
        handle = {s.key: self.heart.registry.handle[s.key] for s in _SENSORS}
        while self.now < end:
            self.now += STEP
            rows = [(handle[key], _ms(self.now), value) for key, value in measured(self.now)]
            sensor, time, value = (list(column) for column in zip(*rows, strict=True))
            n = len(rows)
            batch = Batch(np.array(sensor, np.int32), np.array(time, np.int64), np.array(value),
                          np.zeros(n, np.uint8), np.full(n, NEVER, np.int64))  # fmt: skip
            self.heart.take(batch, at=_ms(self.now))
            self.heart.tick(_ms(self.now))
            self.heart.commit()
        self.follow()
        watch.escalate(self.now)

    def follow(self) -> None:
        with Log.open(store_in(self.data)) as log:
            while follow_registry(log, self.now):
                pass
            while watch.follow_changes(log, self.now):
                pass

    def act(self, who: str, verb: Callable[..., Any], key: str, **words: Any) -> None:
        """Somebody acts on an alarm, having seen it as it is."""
        seen = Alarm.objects.get(key=key)
        version = {} if verb is watch.comment else {"version": seen.version}
        verb(person(who, self.now), key, **version, **words)
        self.now += timedelta(seconds=40)


def person(key: str, now: datetime) -> Person:
    """Somebody of the county at a moment."""
    return person_of(User.objects.get(key=key), now)


def measured(at: datetime) -> list[tuple[str, float]]:
    """What the sensors measure: the old gauge falls silent, the river crests, the tank leaks."""
    hours = (at - moment(20, "18:00")) / timedelta(hours=1)
    crest = math.sin(math.pi * hours / 12) if 0 <= hours <= 12 else 0.0
    rows = [("RV1-Z1", round(2.4 + 1.9 * crest, 2))]
    if at <= moment(20, "03:00"):
        rows.append(("RV1-Z0", 2.41))
    rows.append(("T1-G1", 31.5 if at > moment(22, "05:00") else 2.0))
    return rows


def fill(data: Path) -> None:
    """Lives through it all in an empty data folder, whose records are ready."""
    site = Site(data, Heart(data), moment(20, "00:00"))
    try:
        _found(site)
        site.live_to(moment(21, "00:00"))
        _handle_the_river(site)
        site.live_to(moment(21, "16:00"))
        _change_a_limit(site)
        site.live_to(moment(22, "00:00"))
        _seal(site)
        site.live_to(moment(22, "06:00"))
        _see_the_leak(site)
        note_head(site)
        site.follow()
        save(site.heart.folder, site.heart.snapshot())
    finally:
        site.heart.close()


def _seal(site: Site) -> None:
    """Seals the days that are over; the writer lets go meanwhile."""
    site.heart.close()
    compact(store_in(site.data))
    site.heart = Heart(site.data)


def _found(site: Site) -> None:
    office = Organisation.objects.create(
        key="org-county", name="安澜县应急管理局", kind="government", region=COUNTY
    )
    Organisation.objects.create(
        key="org-plant", name="南岗化工有限公司", kind="enterprise", region=TOWN
    )
    for key, name, role in _PEOPLE:
        user = User(key=key, name=name, created_at=site.now)
        user.set_password(PASSWORD)
        user.save()
        Post.objects.create(user=user, role=role, organisation=office, region=COUNTY,
                            since=site.now)  # fmt: skip
    _place(site.now)
    _register(site)
    chief = person("chen", site.now)
    plan_duty(chief, office, who=OnDuty(person="周岸", phone="000-0001", user_key="zhou"),
              start=moment(20, "08:00"), end=moment(21, "08:00"))  # fmt: skip
    for rank, key, name in ((1, "zhou", "周岸"), (2, "chen", "陈川")):
        set_responsible(chief, None, answers=Answers(
            organisation=office, region=COUNTY, rank=rank, person=name, user_key=key,
            email=f"{key}@county.invalid"))  # fmt: skip


def _place(since: datetime) -> None:
    county, town = shapely.box(160.0, 30.0, 160.5, 30.5), shapely.box(160.0, 30.0, 160.3, 30.3)
    rows = (
        Region(key=COUNTY, region=COUNTY, name="安澜县", shape=county),
        Region(key=TOWN, region=TOWN, name="石桥镇", shape=town),
        Enterprise(key="PLANT", region=TOWN, name="南岗化工有限公司", owner="org-plant",
                   industry="化工", shape=shapely.Point(160.2, 30.2)),
        ObservedObject(key="RV1", region=TOWN, name="石桥断面", kind="river_section", pack="flood",
                       shape=shapely.Point(160.1, 30.1)),
        ObservedObject(key="T1", region=TOWN, name="一号储罐", kind="tank", pack="chemical",
                       owner="org-plant", enterprise="PLANT", shape=shapely.Point(160.2, 30.2)),
    )  # fmt: skip
    for row in rows:
        row.since, row.words = since, words_for(row)
        row.save()


def _register(site: Site) -> None:
    key, key_entry = new_key("gauges", ["RV1-*", "T1-*"], at=_ms(site.now))
    del key  # nobody needs it: what is kept only tells that there was one
    gas = [Limit(sensor="T1-G1", level=Level.YELLOW, value=25.0, source="装置规程")]
    site.enter(
        [*pack_entries(site.heart.registry, None), *map(sensor_entry, _SENSORS), key_entry,
         limits_entry("RV1-Z1", _marks("防汛预案2024")), limits_entry("T1-G1", gas)]
    )  # fmt: skip
    site.now += STEP
    site.follow()


def _marks(source: str) -> list[Limit]:
    return [
        Limit(sensor="RV1-Z1", level=level, value=value, deadband=0.05, source=source)
        for level, value in _MARKS
    ]


def _handle_the_river(site: Site) -> None:
    """From the acknowledgement to the end, with a picture."""
    key = Alarm.objects.get(object_key="RV1").key
    site.act("zhou", watch.acknowledge, key)
    site.act("zhou", watch.comment, key, text="已通知沿线责任人", pictures=[_picture()])
    site.act("zhou", watch.start, key)
    site.live_to(moment(21, "07:00"))
    site.act("zhou", watch.explain, key, cause="短时强降雨", measure="加密观测，水位已回落")
    site.act("chen", watch.close, key, reason="恢复正常")


def _picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (40, 90, 140)).save(out, "JPEG")
    out.seek(0)
    return out


def _change_a_limit(site: Site) -> None:
    """A lower mark holds from the afternoon on, a higher one is proposed; a gauge is retired."""
    begin = _ms(site.now)
    old = _marks("防汛预案2024")
    ended = Limit(sensor="RV1-Z1", level=Level.YELLOW, value=3.2, deadband=0.05, valid_to=begin,
                  source="防汛预案2024")  # fmt: skip
    fresh = Limit(sensor="RV1-Z1", level=Level.YELLOW, value=3.0, deadband=0.05, valid_from=begin,
                  source="汛〔2025〕7号")  # fmt: skip
    site.enter([limits_entry("RV1-Z1", [ended, fresh, *old[1:]]),
                {"type": "retire", "sensor": "RV1-Z0"}])  # fmt: skip
    site.follow()
    propose(person("he", site.now), "RV1-Z1", Wanted(
        level=Level.ORANGE, value=4.2, direction="high", deadband=0.05,
        since=moment(25, "00:00"), source="汛〔2025〕8号"))  # fmt: skip
    watch.plan_window(
        Machine("kept", site.now), target="RV1", starts_at=moment(22, "00:00"),
        ends_at=moment(22, "02:00"), reason="水位计校准",
    )  # fmt: skip


def _see_the_leak(site: Site) -> None:
    key = Alarm.objects.get(object_key="T1", rule="chemical.flammable_gas.level").key
    site.act("zhou", watch.acknowledge, key)
    site.act("chen", watch.comment, key, text="请企业关闭上游阀门并复测")
