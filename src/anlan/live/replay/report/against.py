"""The part of the page that sets alarms against what happened."""

from html import escape

from anlan.live.replay.report import words
from anlan.live.replay.report.parts import MOST_ROWS, level_name, table
from anlan.live.replay.report.story import Story
from anlan.live.replay.report.truth import MARGIN_MS, Score
from anlan.live.replay.report.words import both


def against_events(story: Story) -> str:
    """Hits, misses, false alarms and lead times by level; nothing without EVENTS."""
    if story.scores is None or story.events is None:
        return ""
    heads = (
        both("级别", "level"),
        both("事件", "events"),
        both("命中", "hits"),
        both("漏报", "misses"),
        both("空报", "false alarms"),
        both("平均提前", "mean lead"),
        both("最短提前", "least lead"),
    )
    rows = [_row(score) for score in reversed(story.scores)]
    margin = words.lasting(MARGIN_MS)
    rule = (
        f"规则：按监测对象比较。事件开始前 {margin} 至结束之间，"
        "该对象任一规则处于该级别及以上即为命中；与任何事件都不相遇的报警为空报；"
        "EVENTS 未列出的对象视为没有事件。"
        "提前时间为事件开始减报警开始，负数表示报警晚于事件。"
    )
    english = (
        f"An event is a hit when its object stands at the level or above at any moment from "
        f"{margin} before its start to its end. Lead = event start − alarm start."
    )
    return (
        f"<h2>{both('与实际事件对照', 'Against what happened')}</h2>"
        f'<p class="note">{rule} <span class="en">{english}</span></p>'
        f"{table(heads, rows, numeric=1)}{_lists(story.scores)}"
    )


def _row(score: Score) -> tuple[str, ...]:
    hits, misses = len(score.leads), len(score.missed)
    least = min((lead for _, lead in score.leads), default=None)
    mean = score.mean_lead_ms
    return (
        level_name(score.level),
        f"{hits + misses:,}",
        f"{hits:,}",
        f"{misses:,}",
        f"{len(score.false):,}",
        "–" if mean is None else words.lasting(mean),
        "–" if least is None else words.lasting(least),
    )


def _lists(scores: list[Score]) -> str:
    """Each missed event at its own level; false alarms at the lowest level compared."""
    missed = [
        (words.level_text(e.level), escape(e.object), words.moment(e.start), words.moment(e.end))
        for s in reversed(scores)
        for e in s.missed
        if e.level == s.level
    ]
    false = [
        (level_name(s.level), escape(name), words.moment(start), words.moment(end))
        for s in scores[:1]
        for name, start, end in s.false
    ]
    heads = (
        both("级别", "level"),
        both("对象", "object"),
        both("开始", "start"),
        both("结束", "end"),
    )
    shown = ""
    for title, rows in ((both("漏报", "Missed"), missed), (both("空报", "False alarms"), false)):
        if rows:
            more = f"（前 {MOST_ROWS} 条，共 {len(rows):,}）" if len(rows) > MOST_ROWS else ""
            shown += f"<h3>{title}{more}</h3>{table(heads, rows[:MOST_ROWS])}"
    return shown
