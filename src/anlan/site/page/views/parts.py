"""The small pieces that the pages share: level chips, readings, alarms, the timeline."""

import math
from dataclasses import dataclass

from anlan.site.page.board import Board, Standing, Told
from anlan.site.page.clock import ago, clock_time, full_time
from anlan.site.page.markup import Markup, el
from anlan.site.page.meaning import Meaning, level_word, plainly, shown, source_words
from anlan.site.page.words import Words
from anlan.terms.changes import Kind
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Sensor

SHAPES = ("○", "●", "■", "▲", "◆")
"""By level: what stands for it beside colour and word."""


@dataclass(frozen=True)
class Look:
    """What a view is made from. now: ms UTC."""

    board: Board
    meaning: Meaning
    words: Words
    now: int


def chip(level: Level, words: Words, *, is_stale: bool = False) -> Markup:
    """A level as shape, colour and word."""
    if level is Level.NONE:
        shape, word = ("◌", words("silent")) if is_stale else ("○", words("normal"))
        return el("span", f"{shape} {word}", cls="chip stale" if is_stale else "chip lv0")
    text = f"{SHAPES[level]} {level_word(level, words)} {level.roman}"
    mark = el("span", " ◌ " + words("silent"), cls="still") if is_stale else None
    return el("span", el("span", text, cls=f"chip lv{int(level)}"), mark)


def counts(look: Look) -> Markup:
    """How many alarms stand at each level, and how many sensors are silent."""
    board, words = look.board, look.words
    alarms = board.alarms()
    cells = []
    for level in reversed(RAISED_LEVELS):
        n = sum(1 for alarm in alarms if alarm.level is level)
        cls = f"count lv{int(level)}" + ("" if n else " none")
        cells.append(
            el(
                "li",
                el("span", SHAPES[level], cls="shape"),
                el("b", n),
                el("span", f"{level_word(level, words)} {level.roman}"),
                cls=cls,
            )
        )
    silent = len(board.silent)
    cells.append(
        el(
            "li",
            el("span", "◌", cls="shape"),
            el("b", silent),
            el("span", words("silent sensors")),
            cls="count quiet" + ("" if silent else " none"),
        )
    )
    cells.append(
        el(
            "li",
            el("b", len(board.sensors)),
            el("span", words("sensors")),
            cls="count quiet",
        )
    )
    return el("ul", *cells, id="counts", cls="counts", aria_label=words("standing alarms by level"))


def value_of(look: Look, sensor: Sensor) -> Markup:
    """The newest value with its unit; doubt is told."""
    handle, words = look.board.handle[sensor.key], look.words
    latest = look.board.latest.get(handle)
    if latest is None:
        return el("span", "—", cls="muted")
    if math.isnan(latest.value):
        known = look.board.known.get(handle)
        if known is None:
            said = words("no value for a day")
        else:
            value = shown(known.value, look.meaning.unit(sensor))
            said = words("last {value} at {at}", value=value, at=clock_time(known.time))
        missing = el("small", words("missing"), cls="doubt", title=said)
        return el("span", "— ", missing, " ", el("small", said, cls="since"))
    value = el("span", shown(latest.value, look.meaning.unit(sensor)), cls="value")
    doubt = {Quality.UNCERTAIN: "uncertain", Quality.BAD: "bad", Quality.MISSING: "missing"}.get(
        Quality(latest.quality)
    )
    return el("span", value, el("small", look.words(doubt), cls="doubt") if doubt else None)


def age_of(look: Look, sensor: Sensor) -> Markup:
    latest = look.board.latest.get(look.board.handle[sensor.key])
    if latest is None:
        return el("span", look.words("never heard"), cls="muted")
    return ago(latest.time, look.now, look.words)


def heard(look: Look, sensor: Sensor) -> Markup:
    """How long ago the newest reading was, where no heading says so."""
    is_known = look.board.handle[sensor.key] in look.board.latest
    return el("span", age_of(look, sensor), look.words(" ago") if is_known else None)


def alarm_row(look: Look, standing: Standing) -> Markup:
    """One standing alarm."""
    change, words = standing.told.change, look.words
    place = look.meaning.place_name(look.board, change.object, words)
    target = f"/sensor/{change.sensor}" if change.sensor else f"/object/{change.object}"
    said = plainly(standing, look.board, look.meaning, words=words)
    since = el("time", "", data_for=standing.since, title=full_time(standing.since, words))
    return el(
        "li",
        chip(standing.level, words, is_stale=standing.is_stale),
        el(
            "div",
            el("a", place, href=target, cls="what"),
            el("p", said, words(", for "), since),
            el("small", _limit(look, standing), title=_limit(look, standing)),
            cls="said",
        ),
        el("div", _present(look, standing), cls="figures"),
        cls=f"alarm edge{int(standing.level)}",
        data_key=f"{change.sensor or change.object}|{change.rule}",
    )


def _present(look: Look, standing: Standing) -> Markup | None:
    """The newest value and its age; for sums and rates the value that decided."""
    change = standing.told.change
    if change.sensor is None:
        return None
    sensor = look.board.sensors[look.board.handle[change.sensor]]
    if look.meaning.is_measured(change.rule) and change.kind in (Kind.RAISED, Kind.RISEN):
        value = el("span", shown(change.evidence.value, change.evidence.unit), cls="value")
        age = ago(change.at, look.now, look.words)
        return el("span", value, " ", el("small", age, look.words(" ago")))
    return el("span", value_of(look, sensor), " ", el("small", heard(look, sensor)))


def _limit(look: Look, standing: Standing) -> str:
    change = standing.told.change
    title = look.meaning.rule_title(change.rule, look.words)
    source = change.evidence.limit_source
    return f"{title} · {source_words(source, look.words)}" if source else title


def alarms(look: Look) -> Markup:
    """Everything that stands, the worst first."""
    words, rows = look.words, look.board.alarms()
    if not look.board.is_open:
        body = el(
            "p",
            words("The loop is starting; this takes a few seconds, the first time up to a minute."),
            cls="empty",
        )
    elif not rows:
        silent = len(look.board.silent)
        known = (
            words("Of {n} silent sensors nothing is known; all others are within limits.", n=silent)
            if silent
            else words("Every value is within its limits.")
        )
        storm = words("The next storm of the demo comes within minutes.")
        body = el("p", el("b", words("No alarm stands.")), " ", known, " ", storm, cls="empty")
    else:
        body = el("ol", *(alarm_row(look, one) for one in rows), cls="alarms")
    return el("section", el("h2", words("What stands now")), body, id="alarms", cls="panel")


_SAID = {
    Kind.RAISED: "raised",
    Kind.RISEN: "risen",
    Kind.FALLEN: "fallen",
    Kind.CLEARED: "cleared",
    Kind.STALE: "fell silent",
    Kind.FRESH: "is heard again",
    Kind.CORRECTED: "corrected",
}


def change_row(look: Look, told: Told, *, with_place: bool = True) -> Markup:
    """One change: when, what, from which level to which."""
    change, words = told.change, look.words
    target = f"/sensor/{change.sensor}#r{told.seq}" if change.sensor else f"/object/{change.object}"
    name = look.meaning.place_name(look.board, change.object, words)
    if change.sensor and change.sensor in look.board.handle:
        sensor = look.board.sensors[look.board.handle[change.sensor]]
        measured = look.meaning.measured(sensor, words)
        name = f"{name} · {measured}" if with_place else measured
    elif change.sensor is None:
        name = f"{name} · {words('as a whole')}"
    if change.kind in (Kind.STALE, Kind.FRESH):
        to = el(
            "span",
            ("◌ " if change.kind is Kind.STALE else "") + words(_SAID[change.kind]),
            cls="muted",
        )
    else:
        arrow = words(_SAID[change.kind])
        to = el("span", el("span", arrow, cls="muted"), " ", chip(change.after, words))
    value = change.evidence.value
    figure = shown(value, change.evidence.unit) if value is not None else ""
    return el(
        "li",
        el("time", clock_time(change.at), title=full_time(change.at, words)),
        el("a", name, href=target),
        to,
        el("span", figure, cls="figure"),
        cls=f"edge{int(change.after)}",
    )


def timeline(look: Look, told: list[Told], *, title: str) -> Markup:
    """Recent changes, the newest first."""
    if told:
        body = el("ol", *(change_row(look, one) for one in told), cls="timeline")
    else:
        body = el("p", look.words("Nothing has changed yet."), cls="empty")
    return el("section", el("h2", title), body, id="timeline", cls="panel")


def sensor_row(look: Look, sensor: Sensor) -> Markup:
    """One line of the table of sensors."""
    words, board = look.words, look.board
    level = board.level_of(sensor.key)
    name = look.meaning.place_name(board, sensor.object, words)
    is_stale = sensor.key in board.silent
    measured = look.meaning.measured(sensor, words)
    return el(
        "tr",
        el("td", chip(level, words, is_stale=is_stale)),
        el("td", el("a", name, href=f"/object/{sensor.object}")),
        el("td", el("a", measured, href=f"/sensor/{sensor.key}")),
        el("td", value_of(look, sensor), cls="number"),
        el("td", age_of(look, sensor), cls="number muted"),
        el("td", sensor.key, cls="code"),
        id=f"row-{sensor.key}",
        cls="stale" if is_stale else None,
    )


def sensor_table(look: Look, sensors: list[Sensor], *, with_head: bool = True) -> Markup:
    """A table of sensors; its rows are sent again one by one."""
    words = look.words
    heads = [
        ("level", ""),
        ("object", ""),
        ("measures", ""),
        ("value", "number"),
        ("age", "number"),
        ("code", "code"),
    ]
    head = el(
        "thead", el("tr", *(el("th", words(h), scope="col", cls=c or None) for h, c in heads))
    )
    body = el("tbody", *(sensor_row(look, sensor) for sensor in sensors))
    return el("table", head if with_head else None, body, cls="sensors")
