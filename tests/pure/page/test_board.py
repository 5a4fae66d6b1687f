"""The board folds what the log tells; its words, ages and drawings say it plainly."""

import math
import re
from pathlib import Path

import pytest

import anlan.site.page
from anlan.packs import load_packs
from anlan.sandtable import basin
from anlan.site.page.board import Board, Latest, News, Told
from anlan.site.page.clock import age, clock_time, full_time
from anlan.site.page.follow import Point
from anlan.site.page.markup import el
from anlan.site.page.meaning import Meaning, plainly, shown, source_words
from anlan.site.page.serving import OVERLAY
from anlan.site.page.views.chart import Course, chart
from anlan.site.page.views.parts import Look, alarms, value_of
from anlan.site.page.words import words_of
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit

ZH, EN = words_of("zh-hans"), words_of("en")
RIVER, RULE = "990104-Z1", "flood.water_level.level"
NOW = 1_785_000_000_000
MINUTE = 60_000


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(load_packs(OVERLAY), basin())


@pytest.fixture
def board() -> Board:
    """A board that knows the basin."""
    board, there = Board(), basin()
    limits: dict[str, list[Limit]] = {}
    for limit in there.limits:
        limits.setdefault(limit.sensor, []).append(limit)
    groups = {group.key: group for group in there.groups}
    board.take(News(sensors=list(there.sensors), limits=limits, groups=groups, tick_at=NOW))
    return board


def told(
    kind: Kind, after: Level, *, at: int = NOW, limit: float = 0.0, sensor: str = RIVER
) -> Told:
    """A change of a sensor."""
    proof = Evidence(value=4.9, limit=limit, unit="m")
    place = sensor.partition("-")[0]
    return _told(
        Change(
            sensor=sensor,
            object=place,
            rule=RULE,
            kind=kind,
            before=Level.NONE,
            after=after,
            at=at,
            evidence=proof,
        )
    )


def of_yard(kind: Kind, after: Level) -> Told:
    """A change of the whole tank yard."""
    return _told(
        Change(
            sensor=None,
            object="990500",
            rule="chemical.promotion.site",
            kind=kind,
            before=Level.NONE,
            after=after,
            at=NOW,
            evidence=Evidence(),
        )
    )


def _told(change: Change) -> Told:
    return Told(7, change)


def test_an_alarm_stands_from_its_raise_until_it_is_cleared(board: Board) -> None:
    board.take(News(told=[told(Kind.RAISED, Level.YELLOW, at=NOW - MINUTE)]))
    board.take(News(told=[told(Kind.RISEN, Level.RED)]))
    (standing,) = board.alarms()
    assert (standing.level, standing.since) == (Level.RED, NOW - MINUTE)
    assert board.level_at("990104") is Level.RED
    board.take(News(told=[told(Kind.CLEARED, Level.NONE)]))
    assert not board.alarms()
    assert [one.change.kind for one in board.recent] == [Kind.CLEARED, Kind.RISEN, Kind.RAISED]


def test_silence_keeps_an_alarm_and_is_told(board: Board) -> None:
    board.take(News(told=[told(Kind.RAISED, Level.BLUE), told(Kind.STALE, Level.BLUE)]))
    (standing,) = board.alarms()
    assert standing.is_stale
    assert board.silent == {RIVER}
    board.take(News(told=[told(Kind.FRESH, Level.BLUE)]))
    assert not board.alarms()[0].is_stale
    assert not board.silent


def test_a_group_is_listed_only_where_it_says_more_than_its_members(board: Board) -> None:
    gas = "990503-LEL1"
    both = [told(Kind.RAISED, Level.YELLOW, sensor=gas), of_yard(Kind.RAISED, Level.YELLOW)]
    board.take(News(told=both))
    assert [one.told.change.sensor for one in board.alarms()] == [gas]
    board.take(News(told=[of_yard(Kind.RISEN, Level.RED)]))
    assert [one.told.change.sensor for one in board.alarms()] == [None, gas]


def test_the_newest_reading_by_its_own_time_counts(board: Board) -> None:
    board.take(News(latest=[(0, Latest(NOW, 2.0, 0)), (0, Latest(NOW - MINUTE, 9.0, 0))]))
    assert board.latest[0].value == 2.0


def test_another_store_begins_anew(board: Board) -> None:
    board.take(News(told=[told(Kind.RAISED, Level.RED)]))
    board.take(News(is_new_store=True))
    assert not board.alarms()
    assert not board.sensors


def test_without_ticks_it_is_cut_off(board: Board) -> None:
    assert not board.is_cut_off(NOW + 4000)
    assert board.is_cut_off(NOW + 6000)


def test_an_alarm_in_plain_words(board: Board, meaning: Meaning) -> None:
    board.take(News(latest=[(board.handle[RIVER], Latest(NOW, 4.93, 0))]))
    board.take(News(told=[told(Kind.RAISED, Level.YELLOW, limit=4.8)]))
    (standing,) = board.alarms()
    assert plainly(standing, board, meaning, words=ZH).replace("\u00a0", " ") == (
        "水位 4.93 m，超过警戒水位 4.80 m"
    )
    board.take(News(told=[told(Kind.RISEN, Level.RED, limit=6.2)]))
    board.take(News(told=[told(Kind.FALLEN, Level.ORANGE, limit=6.2)]))
    # A fall tells the limit of the level that was left; the words tell that of the one that stands.
    (standing,) = board.alarms()
    assert plainly(standing, board, meaning, words=EN).replace("\u00a0", " ") == (
        "Water level 4.93 m, not yet clear of guarantee mark 5.60 m"
    )


def test_numbers_carry_their_unit() -> None:
    assert shown(1234.5, "mm").replace("\u00a0", " ") == "1\u2009234.5 mm"
    assert shown(-0.5, "m").replace("\u00a0", " ") == "−0.50 m"
    assert shown(math.nan, "m") == "—"


def test_ages_and_times() -> None:
    assert age(NOW - 59_000, NOW, ZH) == "59 秒"
    assert age(NOW - 90 * MINUTE, NOW, EN) == "1 h"
    assert full_time(1_784_571_277_000, ZH) == "2026年7月21日 02:14:37"
    assert full_time(1_784_571_277_000, EN) == "21 Jul 2026 02:14:37"


def test_text_is_escaped() -> None:
    assert el("a", "<b>&", title='"x"', data_no=None) == (
        '<a title="&quot;x&quot;">&lt;b&gt;&amp;</a>'
    )


def test_gaps_stay_gaps_and_limits_are_drawn(board: Board, meaning: Meaning) -> None:
    times = [NOW - 300_000, NOW - 295_000, NOW - 60_000, NOW - 55_000]
    course = Course(
        points=[Point(at, 4.0 + n, 4.0 + n, 4.0 + n) for n, at in enumerate(times)],
        limits=board.limits[RIVER],
        told=[told(Kind.RAISED, Level.ORANGE, at=NOW - 60_000)],
        unit="m",
        low=NOW - 360_000,
        high=NOW,
        gap_ms=15_000,
    )
    drawn = chart(Look(board, meaning, ZH, NOW), course).partition("</svg>")[0]
    (path,) = re.findall(r'<path d="([^"]+)" class="course"', drawn)
    assert [path.count(pen) for pen in "ML"] == [2, 2]
    assert 'class="limit ln3"' in drawn
    assert 'class="fill lv3"' in drawn
    assert "style=" not in drawn


def test_an_empty_time_says_so(board: Board, meaning: Meaning) -> None:
    course = Course(points=(), limits=(), told=(), unit="m", low=0, high=1, gap_ms=1)
    assert "没有有效测值" in chart(Look(board, meaning, ZH, NOW), course)


def test_every_message_is_in_the_chinese_catalogue() -> None:
    folder = Path(anlan.site.page.__file__).parent
    sources = [path.read_text() for path in sorted(folder.rglob("*.py"))]
    asked = {m for s in sources for m in re.findall(r'words\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]', s)}
    assert len(asked) > 60
    assert not {message for message in asked if message not in ZH.catalogue}
    fields = re.compile(r"\{\w+\}")
    assert not [
        k for k, v in ZH.catalogue.items() if set(fields.findall(k)) != set(fields.findall(v))
    ]


def test_a_missing_value_tells_the_last_known_one(board: Board, meaning: Meaning) -> None:
    handle = board.handle[RIVER]
    sensor, at = board.sensors[handle], NOW - 12 * MINUTE
    look = Look(board, meaning, ZH, NOW)
    board.take(News(latest=[(handle, Latest(NOW, math.nan, 3))]))
    assert "一天内无有效测值" in value_of(look, sensor)
    board.take(News(latest=[(handle, Latest(at, 4.31, 0))]))
    shown_now = value_of(look, sensor)
    assert "—" in shown_now
    assert f"末次有效 4.31\u00a0m（{clock_time(at)}）" in shown_now
    board.take(News(latest=[(handle, Latest(NOW + 1, 4.4, 0))]))
    assert "4.40" in value_of(look, sensor)


def test_without_alarms_silent_sensors_are_not_called_well(board: Board, meaning: Meaning) -> None:
    look = Look(board, meaning, ZH, NOW)
    assert "所有测值都在限值以内" in alarms(look)
    board.take(News(told=[told(Kind.STALE, Level.NONE)]))
    assert "1 个测点无数据，情况不明" in alarms(look)


def test_an_alarm_just_at_its_limit_is_not_called_above_it(board: Board, meaning: Meaning) -> None:
    handle = board.handle[RIVER]
    board.take(News(told=[told(Kind.RAISED, Level.ORANGE, limit=5.6)]))
    (standing,) = board.alarms()
    board.take(News(latest=[(handle, Latest(NOW, 5.6, 0))]))
    assert "达到保证水位 5.60" in plainly(standing, board, meaning, words=ZH)
    board.take(News(latest=[(handle, Latest(NOW + 1, 5.7, 0))]))
    assert "超过保证水位 5.60" in plainly(standing, board, meaning, words=ZH)


def test_who_approved_a_limit_is_said_in_the_readers_language() -> None:
    source = "city plan 3, approved by flood office"
    assert source_words(source, ZH) == "city plan 3，flood office批准"
    assert source_words(source, EN) == source
    assert source_words("notice 12", ZH) == "notice 12"
