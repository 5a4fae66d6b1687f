"""The parts of the page, in the order in which a person asks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from anlan.live.replay import measures
from anlan.live.replay.measures import Episode
from anlan.live.replay.report import words
from anlan.live.replay.report.chart import Frame, bars, chart, time_axis
from anlan.live.replay.report.story import Picture, Story
from anlan.live.replay.report.words import both
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.times import NEVER

MOST_LANES = 30
MOST_ROWS = 10
_BARS_A_LANE = 200
_HIGH_FIRST = tuple(reversed(RAISED_LEVELS))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: int = 99) -> str:
    """A table; columns from `numeric` on stand at the right."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if i >= numeric else ''}>{cell}</{tag}>"
            for i, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', heads)}</tr></thead>"
    return f'<div class="table scroll"><table>{head}<tbody>{body}</tbody></table></div>'


def header(story: Story) -> str:
    """What this is, what came of it in one sentence, and four figures."""
    zh, en = story.title
    span = "没有可用的监测数据 · no usable reading"
    if story.replayed.first != NEVER:
        first, last = words.moment(story.replayed.first), words.moment(story.replayed.last)
        span = f"{first} – {last}（北京时间 UTC+8）"
    return (
        f"<header><h1>{both(f'{escape(zh)}回放报告', f'Replay report · {escape(en)}')}</h1>"
        f'<p class="note">{span}</p><p class="lead">{_sentence(story)}</p>{_figures(story)}'
        "</header>"
    )


def _sentence(story: Story) -> str:
    if not story.episodes:
        return both("没有测点达到限值。", "No sensor reached a limit.")
    peaks = Counter(e.peak for e in story.episodes)
    highest = max(peaks)
    worst = next(e for e in story.episodes if e.peak == highest)
    longest = max(story.episodes, key=lambda e: e.lasting_ms(story.replayed.last))
    return (
        f"共 {len(story.episodes):,} 次报警过程，最高为{words.level_text(highest)}"
        f"（{peaks[highest]:,} 次，最早 {escape(worst.object)}，{words.moment(worst.start)}）；"
        f"最长的一次持续 {words.lasting(longest.lasting_ms(story.replayed.last))}"
        f"（{escape(longest.object)}）。"
        f'<br><span class="en">{len(story.episodes):,} alarm episodes; the highest level is '
        f"{words.word(highest)} ({peaks[highest]:,}).</span>"
    )


def _figures(story: Story) -> str:
    summary = story.summary
    refused = sum(summary["refused"].values())
    peaks = Counter(e.peak for e in story.episodes)
    chips = "".join(
        f"<span>{words.level_text(level)} {peaks[level]:,}</span>"
        for level in _HIGH_FIRST
        if peaks[level]
    )
    heard = int((story.replayed.heard > 0).sum())
    cards = [
        (f"{summary['readings']:,}", "监测数据", "readings taken", ""),
        (f"{heard:,} / {summary['sensors']:,}", "有数据的测点", "sensors heard of", ""),
        (f"{len(story.episodes):,}", "报警过程", "alarm episodes", chips),
        (f"{refused:,}", "未采用的数据行", "rows refused", ""),
    ]
    shown = "".join(
        f'<div class="card"><b>{value}</b><span>{both(zh, en)}</span>'
        f'<div class="chips">{more}</div></div>'
        for value, zh, en, more in cards
    )
    return f'<div class="figures">{shown}</div>'


def timeline(story: Story) -> str:
    """All episodes on one axis of time, one lane an object."""
    lanes: dict[str, list[Episode]] = defaultdict(list)
    for episode in story.episodes:
        lanes[episode.object].append(episode)
    if not lanes:
        return ""
    ranked = sorted(lanes.items(), key=lambda item: (-max(e.peak for e in item[1]), item[0]))
    frame = Frame(story.replayed.first, max(story.replayed.last, story.replayed.first + 1), 0, 1)
    rows = "".join(_lane(frame, name, found) for name, found in ranked[:MOST_LANES])
    more = ""
    if len(ranked) > MOST_LANES:
        left = len(ranked) - MOST_LANES
        more = (
            f'<p class="note">另有 {left:,} 个监测对象未画出 · {left:,} more objects not drawn</p>'
        )
    axis = time_axis(frame.start, frame.end, count=4)
    return (
        f"<h2>{both('全程一览', 'The whole time at a glance')}</h2>{_legend()}"
        f'<div class="card lanes">{rows}<div></div>{axis}</div>{more}'
    )


def _legend() -> str:
    levels = "".join(f"<span>{words.level_text(level)}</span>" for level in _HIGH_FIRST)
    return f'<div class="chips">{levels}</div>'


def _lane(frame: Frame, name: str, episodes: Sequence[Episode]) -> str:
    peak = max(e.peak for e in episodes)
    graver = sorted(episodes, key=lambda e: -e.peak)[:_BARS_A_LANE]
    drawn = "".join(bars(frame, e) for e in sorted(graver, key=lambda e: e.peak))
    label = f'<span class="level {words.word(peak)}"><i>{words.shape(peak)}</i>'
    return (
        f'<div class="lane-name" title="{escape(name)}">{label}{escape(name)}</span></div>'
        f'<div class="lane">{drawn}</div>'
    )


def episodes(story: Story) -> str:
    """A chart of each episode, the gravest first."""
    if not story.episodes:
        return ""
    shown = len(story.pictures)
    note = "从最高级别起排列 · the gravest first"
    if shown < len(story.episodes):
        note += (
            f"；共 {len(story.episodes):,} 次，画出 {shown} 次，其余见变化文件 · "
            f"{shown} of {len(story.episodes):,} are drawn, the others are in the change file"
        )
    cards = "".join(_episode(story, picture) for picture in story.pictures)
    return (
        f"<h2>{both('报警过程', 'Episodes')}</h2>"
        f'<p class="note">{note}</p><div class="episodes">{cards}</div>'
    )


def _episode(story: Story, picture: Picture) -> str:
    episode = picture.episode
    name = escape(story.name_of(episode.sensor, episode.object))
    is_short = episode.lasting_ms(story.replayed.last) < 600_000
    until = "至今未解除 · still stands"
    if episode.end is not None:
        until = words.moment(episode.end, seconds=is_short)
    lasting = words.lasting(episode.lasting_ms(story.replayed.last))
    drawn = chart(episode, picture.curve, picture.lines, gap_ms=picture.gap_ms)
    thinned = ""
    if picture.curve.thinned:
        thinned = f"；{picture.curve.thinned:,} 条数据，图中取各段最高与最低"
    return (
        f'<article class="card episode"><div class="head"><h3>{name}</h3>'
        f"{words.level_tag(episode.peak)}</div>"
        f'<p>{_crossing(episode)}<br><span class="note">'
        f"{words.moment(episode.start, seconds=is_short)} – {until}"
        f"，持续 {lasting}{thinned}</span></p>{drawn}</article>"
    )


def _crossing(episode: Episode) -> str:
    """最高 8.31 m，超过橙色限值 7.00 m 1.31 m."""
    is_low = measures.direction_of(episode) == "low"
    extreme = words.quantity(episode.extreme, episode.unit)
    text = f"{'最低' if is_low else '最高'} {extreme}"
    if episode.limit is None:
        return text
    limit = words.quantity(episode.limit, episode.unit)
    text += f"，{'低于' if is_low else '达到'}{episode.peak.chinese}限值 {limit}"
    if episode.extreme is not None and episode.extreme != episode.limit:
        beyond = abs(episode.extreme - episode.limit)
        text += f"，{'低' if is_low else '超'} {words.quantity(beyond, episode.unit)}"
    if episode.limit_source:
        text += f'<br><span class="note">限值来源 {escape(episode.limit_source)}</span>'
    return text


def noisiest(story: Story) -> str:
    """Who raises most, and who chatters."""
    if not story.raises:
        return ""
    total = sum(story.raises.values())
    rows = []
    for place, count in story.raises.most_common(MOST_ROWS):
        mine = [e for e in story.episodes if (e.sensor, e.object, e.rule) == place]
        lasting = sorted(e.lasting_ms(story.replayed.last) for e in mine)
        rows.append(
            (
                escape(story.name_of(place[0], place[1])),
                escape(place[2]),
                f"{count:,}",
                f"{100 * count / total:.0f} %",
                words.lasting(lasting[len(lasting) // 2]) if lasting else "–",
                f"{story.load.chattering[place]:,}" if story.load.chattering[place] else "–",
            )
        )
    heads = (
        both("测点", "sensor"),
        both("规则", "rule"),
        both("报警次数", "raises"),
        both("占全部", "share"),
        both("持续时间中位数", "median duration"),
        both("抖动", f"chattering, ≥ {measures.CHATTER} in 1 h"),
    )
    return (
        f"<h2>{both('报警最多的测点', 'The noisiest sensors')}</h2>{table(heads, rows, numeric=2)}"
    )


def load(story: Story) -> str:
    """What it would ask of one person on duty."""
    found = story.load
    if not found.total:
        return ""
    days = max((story.replayed.last - story.replayed.first) / measures.DAY_MS, 1 / 144)
    rows = [
        (both("平均每天报警", "alarms a day"), words.number(found.total / days, 1), ""),
        (
            both("平均每 10 分钟报警", "alarms per 10 min"),
            words.number(found.total / days / 144, 3),
            both("一人值班宜在 1 次左右", "about 1 is what one person can handle"),
        ),
        _fullest_row(story),
        (
            both(f"10 分钟超过 {measures.FLOOD} 次", "floods"),
            f"{len(found.floods):,}",
            "、".join(f"{words.moment(t)}（{n}）" for t, n in found.floods[:3]),
        ),
        _lasting_row(story),
    ]
    rows += [_silence_row(story)] if story.silences else []
    heads = (both("指标", "measure"), both("数值", "value"), both("说明", "note"))
    return f"<h2>{both('值班负荷', 'Load on duty')}</h2>{table(heads, rows)}"


def _fullest_row(story: Story) -> tuple[str, str, str]:
    start, count = story.load.fullest or (0, 0)
    return (both("最忙的 10 分钟", "fullest 10 min"), f"{count:,}", words.moment(start))


def _lasting_row(story: Story) -> tuple[str, str, str]:
    last = story.replayed.last
    old = [e for e in story.episodes if e.lasting_ms(last) > measures.DAY_MS]
    longest = sorted(old, key=lambda e: -e.lasting_ms(last))[:3]
    names = "、".join(f"{escape(e.object)}（{words.lasting(e.lasting_ms(last))}）" for e in longest)
    return (both("持续超过 24 小时的报警", "alarms standing > 24 h"), f"{len(old):,}", names)


def _silence_row(story: Story) -> tuple[str, str, str]:
    last = story.replayed.last
    by_sensor: Counter[str] = Counter()
    for silence in story.silences:
        name = story.name_of(silence.sensor, silence.object)
        by_sensor[name] += (silence.end or last) - silence.start
    names = "、".join(
        f"{escape(n)}（共 {words.lasting(ms)}）" for n, ms in by_sensor.most_common(3)
    )
    return (both("数据中断", "silences of sensors"), f"{len(story.silences):,}", names)


_REASONS = {
    "unreadable": ("无法读取：缺列、时间无时区、数值不是数", "cannot be read"),
    "unknown_sensor": ("测点不在 SENSORS 中", "sensor not in SENSORS"),
    "duplicate": ("同一测点同一时间、同一数值重复", "the same reading again"),
    "conflict": ("同一测点同一时间、另一数值；以先到为准", "another value for the same time"),
    "bad_time": ("设备时钟不可能正确", "a clock that cannot be right"),
    "not_finite": ("数值为无穷大", "an infinite value"),
    "range": ("超出合理范围；存储但不参与判断", "outside the plausible range"),
}


def refused(story: Story) -> str:
    """What was not taken, by code, with examples."""
    counts = story.summary["refused"]
    if not counts:
        text = both("每一行都已采用。", "Every row was taken.")
        return f"<h2>{both('未采用的数据行', 'Rows refused')}</h2><p>{text}</p>"
    rows = []
    for code, count in sorted(counts.items(), key=lambda item: -item[1]):
        zh, en = _REASONS.get(code, (code, ""))
        examples = story.replayed.faults.examples.get(code, [])[:3]
        shown = "<br>".join(f"{row:,}: {escape(text)}" for row, text in examples if row)
        rows.append((f"<code>{code}</code>", f"{count:,}", both(zh, en), shown))
    heads = (
        both("代码", "code"),
        both("行数", "rows"),
        both("含义", "meaning"),
        both("例（行号：内容）", "examples, row: content"),
    )
    return f"<h2>{both('未采用的数据行', 'Rows refused')}</h2>{table(heads, rows)}"


def level_name(level: Level) -> str:
    """The level and those above it."""
    return f"{words.level_text(level)}{'' if level is Level.RED else '及以上'}"
