"""The page of one sensor, with the evidence of its changes; and the page of one object."""

from anlan.site.page.board import Told
from anlan.site.page.clock import clock_time, full_time
from anlan.site.page.follow import Raw
from anlan.site.page.hints.advice import gate_of, limits_at
from anlan.site.page.hints.adviser import SHOWN_MS, Adviser
from anlan.site.page.markup import Content, Markup, el
from anlan.site.page.meaning import shown, source_words
from anlan.site.page.views.chart import Course, chart
from anlan.site.page.views.frame import page, state
from anlan.site.page.views.hint import hints
from anlan.site.page.views.parts import (
    Look,
    alarm_row,
    change_row,
    chip,
    heard,
    sensor_row,
    sensor_table,
    timeline,
    value_of,
)
from anlan.terms.levels import Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Limit, Sensor

SHORTEST_MS = 3 * 60_000
"""How far a chart reaches back at least; at most, see hints.adviser."""
_CHANGES, _READINGS = 12, 8
_BEFORE_MS = 90_000


def _heading(look: Look, sensor: Sensor) -> Markup:
    words, board = look.words, look.board
    level = board.level_of(sensor.key)
    return el(
        "div",
        chip(level, words, is_stale=sensor.key in board.silent),
        el("span", value_of(look, sensor), cls="big"),
        el("span", heard(look, sensor), cls="muted"),
        id="now",
        cls="now",
    )


def _in_force(look: Look, sensor: Sensor) -> list[Limit]:
    board = look.board
    return limits_at(sensor, board.limits.get(sensor.key, ()), board.rule_sets, at=look.now)


def _course(look: Look, adviser: Adviser, sensor: Sensor) -> Markup:
    handle = look.board.handle[sensor.key]
    low, high = look.now - SHOWN_MS, look.now
    points = adviser.door.course(handle, low, high)
    if points:
        low = max(low, min(points[0].time, high - SHORTEST_MS))
    interval = sensor.interval_ms or gate_of(sensor, look.board.rule_sets).interval_ms
    advice = adviser.advice(look.board, sensor, now=look.now)
    course = Course(
        points=points,
        limits=_in_force(look, sensor),
        shifts=advice.shifts if advice else (),
        told=tuple(look.board.of_scope.get(sensor.key, ())),
        unit=look.meaning.unit(sensor),
        low=low,
        high=high,
        gap_ms=3 * interval,
        is_amount=sensor.quantity.rpartition(".")[2] == "rain",
    )
    return chart(look, course)


def _facts(pairs: list[tuple[str, Content]]) -> Markup:
    cells = [one for name, fact in pairs for one in (el("dt", name), el("dd", fact))]
    return el("dl", *cells)


def evidence(look: Look, told: Told, readings: list[Raw], *, is_open: bool) -> Markup:
    """One change and everything that it rests on, down to the stored readings."""
    words, change = look.words, told.change
    proof, unit = change.evidence, change.evidence.unit
    title = look.meaning.rule_title(change.rule, words)
    span = f"{shown(proof.min, unit)} … {shown(proof.max, unit)}"
    first = "—" if proof.first_at is None else full_time(proof.first_at, words)
    source = source_words(proof.limit_source, words) or "—"
    coverage = "—" if proof.coverage is None else f"{proof.coverage:.0%}"
    facts = _facts(
        [
            (
                words("rule"),
                f"{title} ({change.rule}, {words('version')} {proof.rule_version})",
            ),
            (words("formula"), el("code", proof.formula or "value")),
            (words("limit"), f"{shown(proof.limit, unit)} · {source}"),
            (words("deciding value"), f"{shown(proof.value, unit)} ({words(proof.quality)})"),
            (words("first crossing"), first),
            (
                words("readings since"),
                f"{proof.n} · {span} · {words('coverage')} {coverage}",
            ),
            (words("place in the log"), words("record {seq}", seq=told.seq)),
        ]
    )
    return el(
        "details",
        el("summary", el("ol", change_row(look, told, with_place=False), cls="timeline one")),
        facts,
        _stored(look, change.at, readings, sensor=change.sensor),
        id=f"r{told.seq}",
        cls="evidence",
        open=is_open,
    )


def _stored(look: Look, at: int, readings: list[Raw], *, sensor: str | None) -> Markup | None:
    """The stored readings up to the change."""
    if not readings or sensor is None:
        return None
    words = look.words
    unit = look.meaning.unit(look.board.sensors[look.board.handle[sensor]])
    rows = [
        el(
            "tr",
            el("td", clock_time(r.time), title=full_time(r.time, words)),
            el("td", shown(r.value, unit), cls="number"),
            el("td", words(Quality(r.quality).word)),
            el("td", clock_time(r.received), cls="number"),
            el("td", r.seq, cls="number"),
            cls="deciding" if r.time == at else None,
        )
        for r in readings
    ]
    heads = ("time", "value", "quality", "received", "record")
    return el(
        "table",
        el("caption", words("stored readings up to this change")),
        el("thead", el("tr", *(el("th", words(h), scope="col") for h in heads))),
        el("tbody", *rows),
        cls="stored",
    )


def _proofs(look: Look, adviser: Adviser, sensor: Sensor) -> Markup:
    told = list(look.board.of_scope.get(sensor.key, ()))[-_CHANGES:][::-1]
    handle = look.board.handle[sensor.key]
    parts: list[Markup] = []
    for one in told:
        found = adviser.door.readings(handle, one.change.at - _BEFORE_MS, one.change.at + 1)
        parts.append(evidence(look, one, found[-_READINGS:], is_open=not parts))
    empty = el("p", look.words("This sensor has changed no level yet."), cls="empty")
    return el(
        "section",
        el("h2", look.words("Why: its last changes")),
        *(parts or [empty]),
        id="proofs",
        cls="panel",
    )


def _limits(look: Look, sensor: Sensor) -> Markup:
    words, unit = look.words, look.meaning.unit(sensor)
    limits = _in_force(look, sensor)
    if not limits:
        note = el(
            "p",
            words("No limit compares its value; rules of the pack on sums or rates may hold."),
            cls="empty",
        )
        return el("section", el("h2", words("Limits in force")), note, cls="panel")
    signs = {"high": "≥", "low": "≤"}
    rows = [
        el(
            "tr",
            el("td", chip(Level(limit.level), words)),
            el("td", f"{signs[limit.direction]} {shown(limit.value, unit)}", cls="number"),
            el("td", shown(limit.deadband, unit), cls="number"),
            el("td", source_words(limit.source, words)),
        )
        for limit in sorted(limits, key=lambda limit: -limit.level)
    ]
    heads = (("level", None), ("limit", "number"), ("deadband", "number"), ("source", None))
    table = el(
        "table",
        el("thead", el("tr", *(el("th", words(h), scope="col", cls=c) for h, c in heads))),
        el("tbody", *rows),
        cls="limits",
    )
    return el("section", el("h2", words("Limits in force")), table, cls="panel")


def sensor_title(look: Look, sensor: Sensor) -> str:
    name = look.meaning.place_name(look.board, sensor.object, look.words)
    return f"{name} · {look.meaning.measured(sensor, look.words)}"


def sensor_parts(look: Look, adviser: Adviser, sensor: Sensor) -> dict[str, Markup]:
    """What the stream sends again to a sensor's page."""
    return {
        "state": state(look),
        "now": _heading(look, sensor),
        "chart": _course(look, adviser, sensor),
        "hints": hints(look, adviser, sensor),
    }


def sensor_page(look: Look, adviser: Adviser, sensor: Sensor, *, theme: str) -> str:
    """One sensor: now, its course, its limits, and why its level changed."""
    words = look.words
    title = sensor_title(look, sensor)
    name = look.meaning.place_name(look.board, sensor.object, words)
    crumbs = el(
        "nav",
        el("a", words("overview"), href="/"),
        " › ",
        el("a", name, href=f"/object/{sensor.object}"),
        cls="crumbs",
        aria_label=words("path"),
    )
    head = el(
        "div",
        crumbs,
        el("h1", title),
        el("p", sensor.key, cls="code"),
        _heading(look, sensor),
        cls="head",
        id="alarms",
    )
    return page(
        look,
        f"{title} · {words('Anlan')}",
        head,
        _course(look, adviser, sensor),
        el(
            "div",
            _proofs(look, adviser, sensor),
            el("div", hints(look, adviser, sensor), _limits(look, sensor), cls="side"),
            cls="desk",
        ),
        theme=theme,
        kind=f"sensor/{sensor.key}",
    )


def object_parts(look: Look, key: str) -> dict[str, Markup]:
    """What the stream sends again to an object's page."""
    board, words = look.board, look.words
    sensors = board.sensors_at(key)
    below = {key} | {sensor.object for sensor in sensors}
    rows = [alarm_row(look, one) for one in board.alarms() if one.told.change.object in below]
    empty = el("p", words("No alarm stands here."), cls="empty")
    body = el("ol", *rows, cls="alarms") if rows else empty
    told = [one for one in board.recent if one.change.object in below][:20]
    found = {
        "state": state(look),
        "alarms": el("section", el("h2", words("What stands now")), body, id="alarms", cls="panel"),
        "timeline": timeline(look, told, title=words("What changed")),
    }
    return found | {f"row-{sensor.key}": sensor_row(look, sensor) for sensor in sensors}


def object_page(look: Look, key: str, *, theme: str) -> str:
    """One object or group: what stands there, its sensors, what changed."""
    words = look.words
    name = look.meaning.place_name(look.board, key, words)
    parts = object_parts(look, key)
    crumbs = el("nav", el("a", words("overview"), href="/"), cls="crumbs", aria_label=words("path"))
    table = sensor_table(look, look.board.sensors_at(key))
    return page(
        look,
        f"{name} · {words('Anlan')}",
        el("div", crumbs, el("h1", name), el("p", key, cls="code"), cls="head"),
        el(
            "div",
            el(
                "div",
                parts["alarms"],
                el("section", el("h2", words("Its sensors")), table, cls="panel"),
                cls="side",
            ),
            parts["timeline"],
            cls="desk",
        ),
        theme=theme,
        kind=f"object/{key}",
    )


def missing_page(look: Look, *, theme: str) -> str:
    """Nothing is here: what happened and where to go."""
    words = look.words
    note = words(
        "There is nothing at this address: no sensor and no object of this site has this code."
    )
    return page(
        look,
        words("not here"),
        el(
            "section",
            el("h1", words("Not here")),
            el("p", note),
            el("p", el("a", words("to the overview"), href="/")),
            cls="panel missing",
        ),
        theme=theme,
        kind="none",
    )
