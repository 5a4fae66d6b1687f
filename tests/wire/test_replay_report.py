"""The report: one file that needs nothing else, says what happened, and judges by EVENTS."""

import re
from html.parser import HTMLParser

import pytest

from anlan.live.replay.measures import Episode, episodes_of, load_of, silences_of
from anlan.live.replay.reading.registers import Event
from anlan.live.replay.report.truth import MARGIN_MS, scores
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level
from tests.wire.conftest import Basin

HOUR = 3_600_000
EVENTS = """object,start,end,level
upper reach,2026-07-01T04:00:00Z,2026-07-01T05:00:00Z,orange
旧坝,2026-07-03T04:00:00Z,2026-07-03T05:00:00Z,red
"""


class Tags(HTMLParser):
    """The tags of a page with their attributes, and what is left open at its end."""

    VOID = frozenset({"meta", "br", "path", "link", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def report(basin: Basin, *options: str) -> str:
    path = basin.folder / "report.html"
    assert basin.run("--report", str(path), *options).status == 0
    return path.read_text(encoding="utf-8")


def test_the_page_is_whole_and_fetches_nothing(basin: Basin) -> None:
    page = report(basin)
    found = Tags(page)
    assert found.open == []
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in found.tags}
    assert not [a for _, a in found.tags if {"src", "href", "onclick"} & a.keys()]
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page


def test_the_page_tells_each_episode_with_unit_level_and_source(basin: Basin) -> None:
    page = report(basin)
    assert page.count('<article class="card episode">') == 2
    assert "Stone Bridge" in page
    assert "旧坝水尺" in page
    assert "最高 5\u00a0m，达到橙色限值 5\u00a0m" in page
    assert "最低 2\u00a0m，低于红色限值 2\u00a0m" in page
    assert "notice 12" in page
    assert "▲ 橙色 Ⅱ" in page
    assert "◆ 红色 Ⅰ" in page
    assert "2026年7月1日 11:40" in page  # Beijing time of 03:40 UTC


def test_names_cannot_break_out_of_the_page(basin: Basin) -> None:
    key = "<script>alert(1)</script> & \"'"
    basin.write("sensors.csv", f'sensor,quantity,object,name\n"{_quoted(key)}",water_level,<b>,\n')
    basin.write("limits.csv", f'sensor,level,value,direction\n"{_quoted(key)}",red,1,high\n')
    basin.readings(f'"{_quoted(key)}",2026-07-01T00:00:00Z,2', "<u>,2026-07-01T00:00:00Z,2")
    page = report(basin)
    assert Tags(page).open == []
    assert not {"script", "b>", "u"} & {tag for tag, _ in Tags(page).tags}
    assert "&lt;script&gt;" in page


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def test_refused_rows_are_shown_by_code_with_examples(basin: Basin) -> None:
    basin.readings("bridge,2026-07-01T00:00:00Z,2", "nobody,2026-07-01T00:00:00Z,2", "bridge,x,2")
    page = report(basin)
    assert "<code>unknown_sensor</code>" in page
    assert "2: nobody, 2026-07-01T00:00:00Z, 2" in page
    assert "3: bridge, x, 2" in page


def test_a_quiet_file_says_so(basin: Basin) -> None:
    basin.readings("bridge,2026-07-01T00:00:00Z,2")
    assert "没有测点达到限值" in report(basin)
    basin.readings()
    assert "没有可用的监测数据" in report(basin)


def test_many_episodes_are_bounded_and_the_page_says_so(basin: Basin) -> None:
    rows = []
    for i in range(400):
        value = 4.5 if i % 2 else 3.0
        rows.append(f"bridge,{1_782_000_000_000 + i * 600_000},{value}")
    basin.readings(*rows)
    page = report(basin, "--gate", "accept")
    assert page.count('<article class="card episode">') == 48
    assert "48 of 200 are drawn" in page
    assert len(page) < 1_000_000


def test_events_are_judged_by_object_and_level(basin: Basin) -> None:
    basin.write("events.csv", EVENTS)
    page = report(basin, "--events", str(basin.folder / "events.csv"))
    table = page.split("与实际事件对照")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table)[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]
    told = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]
    # level, events, hits, misses, false, mean lead, least lead; red first
    assert told[0] == ["◆红色", "1", "0", "1", "1", "–", "–"]
    assert told[1] == ["▲橙色及以上", "2", "1", "1", "1", "-20 min", "-20 min"]


def change(at: int, kind: Kind, levels: tuple[Level, Level], sensor: str = "s") -> Change:
    before, after = levels
    return Change(
        sensor=sensor,
        object="o",
        rule="p.q.level",
        kind=kind,
        before=before,
        after=after,
        at=at,
        evidence=Evidence(
            limit=1.0, value=float(after), max=float(after) + 0.5, formula="value >= 1"
        ),
    )


NONE, YELLOW, RED = Level.NONE, Level.YELLOW, Level.RED


def test_an_episode_runs_from_none_to_none() -> None:
    found = episodes_of(
        [
            change(1, Kind.RAISED, (NONE, YELLOW)),
            change(2, Kind.RISEN, (YELLOW, RED)),
            change(3, Kind.STALE, (RED, RED)),
            change(4, Kind.CLEARED, (RED, NONE)),
            change(6, Kind.CORRECTED, (NONE, YELLOW)),
        ]
    )
    assert [(e.start, e.end, e.peak) for e in found] == [(1, 4, RED), (6, None, YELLOW)]
    assert found[0].steps == [(1, YELLOW), (2, RED)]
    assert found[0].extreme == 4.5


def test_silences_last_from_stale_to_fresh() -> None:
    told = [
        change(1, Kind.STALE, (NONE, NONE)),
        change(5, Kind.FRESH, (NONE, NONE)),
        change(9, Kind.STALE, (RED, RED), sensor="t"),
    ]
    assert [(s.start, s.end) for s in silences_of(told)] == [(1, 5), (9, None)]


def test_floods_and_chattering_are_counted() -> None:
    calm = [change(i * 24 * HOUR, Kind.RAISED, (NONE, YELLOW)) for i in range(5)]
    load = load_of(calm)
    assert (load.total, load.floods, dict(load.chattering)) == (5, [], {})
    rush = [change(i * 1000, Kind.RAISED, (NONE, RED), sensor=f"s{i}") for i in range(11)]
    assert load_of(rush).floods == [(0, 11)]
    noisy = [change(i * 600_000, Kind.RAISED, (NONE, RED)) for i in range(4)]
    assert load_of(noisy).chattering[("s", "o", "p.q.level")] == 2


def episode(start: int, end: int | None, level: Level, name: str = "o") -> Episode:
    steps = [(start, level)]
    return Episode(sensor="s", object=name, rule="r", unit="", steps=steps, end=end)


@pytest.mark.parametrize(
    ("alarm", "hits", "false"),
    [
        ((9 * HOUR, 11 * HOUR), 1, 0),  # before and into the event
        ((12 * HOUR, 13 * HOUR), 1, 0),  # begins as the event ends
        ((12 * HOUR + 1, 13 * HOUR), 0, 1),  # after it
        ((0, 10 * HOUR - MARGIN_MS), 1, 0),  # ends just within the margin
        ((0, 10 * HOUR - MARGIN_MS - 1), 0, 1),
        ((11 * HOUR, None), 1, 0),  # still stands
    ],
)
def test_a_hit_meets_its_event(alarm: tuple[int, int | None], hits: int, false: int) -> None:
    event = Event(object="o", start=10 * HOUR, end=12 * HOUR, level=RED)
    (score,) = scores([event], [episode(*alarm, RED)], last=20 * HOUR)
    assert (len(score.leads), len(score.missed), len(score.false)) == (hits, 1 - hits, false)
    if hits:
        assert score.leads[0][1] == 10 * HOUR - alarm[0]


def test_another_object_and_a_lower_level_are_no_hit() -> None:
    event = Event(object="o", start=10 * HOUR, end=12 * HOUR, level=RED)
    alarms = [episode(10 * HOUR, 11 * HOUR, YELLOW), episode(10 * HOUR, 11 * HOUR, RED, "other")]
    yellow, red = scores([event], alarms, last=20 * HOUR)
    assert (yellow.level, len(yellow.leads), len(yellow.false)) == (YELLOW, 1, 1)
    assert (red.level, len(red.leads), len(red.missed), len(red.false)) == (RED, 0, 1, 1)
