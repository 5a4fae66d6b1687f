"""The alarms follow the change log: one per object and cause, each change exactly once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.apps.atlas.models import Limit, ObservedObject
from anlan.apps.watch.actions import acknowledge, close, escalate, follow, mark_false, start_over
from anlan.apps.watch.models import Alarm, Part, Source, Step
from anlan.apps.watch.queries import alarms, revision, timeline, unplaced
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, Record, RecordKind
from anlan.terms.changes import Change, Kind
from anlan.terms.errors import Malformed
from tests.apps.watch.conftest import (
    BLUE,
    NONE,
    ORANGE,
    RED,
    YELLOW,
    Night,
    change,
)


def test_an_alarm_tells_what_where_and_how_bad(night: Night) -> None:
    alarm = night.raised(ORANGE)
    assert (alarm.object_name, alarm.region, alarm.owner) == (
        "储罐 T-1", "990101001001", "org-plant")  # fmt: skip
    assert (alarm.level, alarm.value, alarm.limit, alarm.unit) == (ORANGE, 31.5, 25.0, "%LEL")
    assert (alarm.state, alarm.status, alarm.sensor_key) == ("raised", "Actual", "gas-1")
    assert alarm.raised_at == night.at(0)


def test_all_sensors_of_an_object_under_one_rule_are_one_alarm_at_the_worst_level(
    night: Night,
) -> None:
    night.raised(YELLOW)
    night.write(
        change(NONE, RED, at=night.at(1), sensor="gas-2"),
        change(RED, BLUE, at=night.at(2), sensor="gas-2"),
    )
    night.follow()
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.peak, alarm.sensor_key) == (YELLOW, RED, "gas-1")
    assert alarm.parts.count() == 2


def test_a_group_and_its_members_have_their_own_alarms(night: Night) -> None:
    night.raised(YELLOW)
    night.write(change(NONE, ORANGE, at=night.at(1), sensor=None, object_key="reach"))
    night.follow()
    assert Alarm.objects.count() == 2


def test_a_flood_of_a_thousand_changes_is_one_line_and_a_short_timeline(night: Night) -> None:
    levels = [NONE, ORANGE] * 501
    night.write(*(change(levels[i], levels[i + 1], at=night.at(i / 1000)) for i in range(1000)))
    night.follow()
    alarm = Alarm.objects.get()
    assert alarm.repeats == 500
    told = timeline(alarm)
    assert [entry.many for entry in told] == [1, 998, 1]


def test_figures_are_of_the_level_that_is_and_of_the_worst_once_it_is_over(night: Night) -> None:
    Limit.objects.create(sensor_key="gas-1", level=ORANGE, value=25.0, direction="high")
    Limit.objects.create(sensor_key="gas-1", level=YELLOW, value=20.0, direction="high",
                         until=night.at(-1))  # fmt: skip
    Limit.objects.create(sensor_key="gas-1", level=YELLOW, value=21.0, direction="high",
                         since=night.at(-1))  # fmt: skip
    night.raised(RED)
    figures = []
    for before, after in ((RED, ORANGE), (ORANGE, YELLOW), (YELLOW, BLUE), (BLUE, NONE)):
        fallen = change(before, after, at=night.at(5 - after))
        night.write(replace(fallen, evidence=replace(fallen.evidence, value=1.0, limit=99.0)))
        night.follow()
        alarm = Alarm.objects.get()
        figures.append((alarm.value, alarm.limit))
    assert figures == [(1.0, 25.0), (1.0, 21.0), (1.0, None), (31.5, 25.0)]


def test_it_recovers_when_its_last_sensor_does(night: Night) -> None:
    night.raised(YELLOW)
    night.write(
        change(NONE, YELLOW, at=night.at(1), sensor="gas-2"),
        change(YELLOW, NONE, at=night.at(2)),
    )
    night.follow()
    assert Alarm.objects.get().recovered_at is None
    night.write(change(YELLOW, NONE, at=night.at(3), sensor="gas-2"))
    night.follow()
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.recovered_at, alarm.state) == (NONE, night.at(3), "raised")


@pytest.mark.parametrize(("minutes", "alarms", "repeats"), [(29, 1, 2), (31, 2, 1)])
def test_what_comes_back_soon_is_the_same_alarm(
    night: Night, minutes: int, alarms: int, repeats: int
) -> None:
    night.raised(YELLOW)
    night.write(
        change(YELLOW, NONE, at=night.at(1)),
        change(NONE, YELLOW, at=night.at(1 + minutes)),
    )
    night.follow()
    newest = Alarm.objects.get(is_newest=True)
    assert (Alarm.objects.count(), newest.repeats, newest.recovered_at) == (alarms, repeats, None)


@pytest.mark.parametrize("at_once", [2000, 1])
def test_what_comes_back_later_stands_on_the_desk_at_once(night: Night, at_once: int) -> None:
    night.raised(YELLOW)
    night.write(change(YELLOW, NONE, at=night.at(1)), change(NONE, YELLOW, at=night.at(60)))
    night.follow(limit=at_once)
    first, second = Alarm.objects.order_by("raised_at")
    for name in ("object_name", "kind", "pack", "region", "owner"):
        assert getattr(second, name) == getattr(first, name) != "", name


def test_silence_is_a_fact_of_the_alarm_and_never_ends_it(night: Night) -> None:
    night.raised(RED)
    night.write(change(RED, RED, at=night.at(2), kind=Kind.STALE))
    night.follow()
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.is_stale) == (RED, True)
    night.write(change(RED, RED, at=night.at(3), kind=Kind.FRESH))
    night.follow()
    assert not Alarm.objects.get().is_stale
    assert [step.kind for step in alarm.steps.all()] == ["raised", "stale", "fresh"]


def test_late_data_corrects_the_level_and_says_so(night: Night) -> None:
    night.raised(ORANGE)
    night.write(change(ORANGE, YELLOW, at=night.at(2), kind=Kind.CORRECTED))
    night.follow()
    alarm = Alarm.objects.get()
    assert alarm.level == YELLOW
    step = alarm.steps.get(kind="corrected")
    assert (step.detail["from"], step.detail["to"]) == (ORANGE, YELLOW)


def test_an_object_that_nobody_knows_is_a_fault_for_the_administrator(
    night: Night, asker_for: Any
) -> None:
    night.raised(RED, object_key="who knows")
    assert [a.object_key for a in unplaced(asker_for("admin"))] == ["who knows"]
    assert not unplaced(asker_for("county"))


def test_an_alarm_finds_its_place_once_the_atlas_knows_the_object(
    night: Night, asker_for: Any
) -> None:
    night.raised(RED, object_key="new tank")
    assert not alarms(asker_for("county"))
    ObservedObject.objects.create(key="new tank", name="新罐", region="990101", kind="tank",
                                  pack="chemical", since=night.at(0))  # fmt: skip
    escalate(night.at(10))
    assert [a.object_name for a in alarms(asker_for("county"))] == ["新罐"]
    assert not unplaced(asker_for("admin"))


def test_alarms_without_a_place_keep_none_waiting_behind_them(night: Night, asker_for: Any) -> None:
    """Six hundred objects that the atlas will never know, and one that it comes to know."""
    first = night.raised(RED, object_key="nowhere")
    for number in range(600):
        first.pk, first.key, first.object_key = None, f"lost-{number}", f"nowhere-{number}"
        first.save(force_insert=True)
    night.raised(RED, object_key="new tank")
    ObservedObject.objects.create(key="new tank", name="新罐", region="990101", kind="tank",
                                  pack="chemical", since=night.at(0))  # fmt: skip
    escalate(night.at(10))
    assert [a.object_name for a in alarms(asker_for("county"))] == ["新罐"]


def test_what_became_worse_is_to_be_acknowledged_again(night: Night, asker_for: Any) -> None:
    alarm = night.raised(YELLOW)
    acknowledge(asker_for("county"), alarm.key, version=alarm.version)
    night.write(change(YELLOW, RED, at=night.at(2)))
    night.follow()
    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_at is not None) == ("raised", True)


def test_after_its_closure_a_new_alarm_begins(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(YELLOW), asker_for("county")
    mark_false(county, alarm.key, version=1, reason="标定气体")
    close(county, alarm.key, version=2)
    night.write(change(YELLOW, ORANGE, at=night.at(20)))
    night.follow()
    old, new = Alarm.objects.order_by("pk")
    assert (old.state, new.state, new.level) == ("closed", "raised", ORANGE)
    night.write(change(ORANGE, NONE, at=night.at(21)))
    night.follow()
    new.refresh_from_db()
    assert new.recovered_at == night.at(21)


def test_the_revision_grows_with_every_change(night: Night) -> None:
    night.raised(YELLOW)
    before = revision()
    night.write(change(YELLOW, ORANGE, at=night.at(1)))
    night.follow()
    assert revision() > before
    assert Alarm.objects.get().revision == revision()


def test_nothing_of_an_interrupted_batch_stays(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.write(change(NONE, RED, at=night.at(0)))
    with monkeypatch.context() as patch:
        patch.setattr(Source, "save", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            night.follow()
    assert (Alarm.objects.count(), Step.objects.count(), revision()) == (0, 0, 0)
    assert night.follow() == 1
    assert (Alarm.objects.count(), Step.objects.count()) == (1, 1)


def test_hours_of_readings_without_a_change_are_not_read_again(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.raised(YELLOW)
    night.log.append([Record(kind=RecordKind.TICK, at=0, body=b"") for _ in range(100)])
    begun: list[Cursor] = []

    def watched(log: Log, cursor: Cursor, limit: int) -> Any:
        begun.append(cursor)
        return changes_since(log, cursor, limit)

    monkeypatch.setattr(follow, "changes_since", watched)
    for _ in range(2):
        night.follow()
    assert [cursor.seq for cursor in begun] == [1, 101]
    night.write(change(YELLOW, RED, at=night.at(1)))
    assert night.follow() == 1


def _rows() -> list[Any]:
    """All that the alarms say, without row ids."""
    alarms = [
        (a.key, a.level, a.peak, a.state, a.raised_at, a.first_at, a.changed_at, a.recovered_at,
         a.is_stale, a.sensor_key, a.value, a.repeats, a.urgency, a.is_newest, a.revision)
        for a in Alarm.objects.order_by("key")
    ]  # fmt: skip
    parts = Part.objects.order_by("alarm__key", "sensor_key").values_list(
        "alarm__key", "sensor_key", "level", "is_stale", "at", "cursor"
    )
    steps = Step.objects.order_by("alarm__key", "at", "id").values_list(
        "alarm__key", "at", "kind", "sensor_key", "level", "state", "cause"
    )
    return [alarms, list(parts), list(steps)]


_MOVES = st.lists(
    st.tuples(
        st.sampled_from(["tank", "reach"]), st.sampled_from(["s1", "s2"]),
        st.sampled_from([NONE, YELLOW, RED, "stale", "fresh"]), st.integers(0, 40),
    ),
    max_size=25,
)  # fmt: skip


def _course(night: Night, moves: list[Any]) -> list[Change]:
    """Changes as an engine may tell them: from = what the sensor stood at."""
    stood: dict[Any, Any] = {}
    told, minute = [], 0
    for object_key, sensor, to, wait in moves:
        minute += wait
        before = stood.get((object_key, sensor), NONE)
        more: dict[str, Any] = {"sensor": f"{object_key}-{sensor}", "object_key": object_key}
        if isinstance(to, str):
            told.append(change(before, before, at=night.at(minute), kind=Kind[to.upper()], **more))
        elif to != before:
            told.append(change(before, to, at=night.at(minute), **more))
            stood[object_key, sensor] = to
    return told


@settings(max_examples=25)
@given(moves=_MOVES, sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_however_the_changes_are_cut_the_alarms_are_the_same(
    tmp_path: Path, night: Night, moves: list[Any], sizes: list[int]
) -> None:
    now, seen = night.at(2000), []
    course = _course(night, moves)
    for number, cuts in enumerate(([2000], sizes)):
        Alarm.objects.all().delete()
        Source.objects.all().delete()
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}-{number}"
        with Log.open(folder, write=True) as log:
            one = Night(log, night.start)
            for piece in course:
                one.write(piece)
            step = 0
            while one.follow(now, limit=cuts[step % len(cuts)]):
                step += 1
            rows = _rows()
        seen.append([[tuple(_without_epoch(v) for v in row) for row in part] for part in rows])
    assert seen[0] == seen[1]


def _without_epoch(value: Any) -> Any:
    return value.partition(":")[2] if isinstance(value, str) and ":" in value else value


def test_a_store_of_another_epoch_is_told_and_reading_anew_keeps_what_people_did(
    night: Night, tmp_path: Path, asker_for: Any
) -> None:
    county, kept = asker_for("county"), night.raised(ORANGE)
    night.write(change(ORANGE, RED, at=night.at(1)))
    night.follow()
    acknowledge(county, kept.key, version=1)
    forgotten = night.raised(YELLOW, object_key="reach", minutes=2)
    acknowledge(county, forgotten.key, version=1)
    night.raised(YELLOW, object_key="pond", minutes=2)
    with Log.open(tmp_path / "restored", write=True) as log:
        restored = Night(log, night.start)
        restored.write(change(NONE, ORANGE, at=night.at(0)), change(ORANGE, RED, at=night.at(1)))
        with pytest.raises(Malformed, match="epoch"):
            restored.follow()
        start_over(night.at(5))
        restored.follow(night.at(5))
    kept.refresh_from_db()
    assert (kept.level, kept.state, kept.is_newest, kept.version) == (RED, "acknowledged", True, 2)
    assert [s.kind for s in kept.steps.order_by("at", "id")] == ["raised", "risen", "acknowledge"]
    forgotten.refresh_from_db()
    assert (forgotten.level, forgotten.state, forgotten.is_kept) == (NONE, "acknowledged", False)
    assert forgotten.steps.filter(kind="forgotten").exists()
    assert not Alarm.objects.filter(object_key="pond").exists()


def test_a_cursor_ahead_of_the_log_is_told(night: Night) -> None:
    night.raised(RED)
    Source.objects.update(cursor=str(Cursor(night.log.epoch, 99, 1)))
    with pytest.raises(Malformed, match="ahead"):
        night.follow()


def test_an_alarm_that_was_closed_stays_closed_when_the_log_is_read_anew(
    night: Night, asker_for: Any
) -> None:
    county, alarm = asker_for("county"), night.raised(YELLOW)
    mark_false(county, alarm.key, version=1, reason="误报")
    close(county, alarm.key, version=2)
    night.write(change(YELLOW, ORANGE, at=county.now + timedelta(minutes=1)))
    night.follow()
    before = [(a.key, a.level, a.state, a.is_newest) for a in Alarm.objects.order_by("key")]
    start_over(night.at(60))
    night.follow()
    assert before == [(a.key, a.level, a.state, a.is_newest) for a in Alarm.objects.order_by("key")]
    assert len(changes_since(night.log, Cursor(night.log.epoch))) == 2
