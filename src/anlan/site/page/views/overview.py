"""The first page: what stands, where, what changed, and every sensor."""

from itertools import groupby

from anlan.site.page.markup import Markup, el
from anlan.site.page.views.frame import page, state
from anlan.site.page.views.parts import Look, alarms, counts, sensor_row, sensor_table, timeline
from anlan.site.page.views.scene import scene
from anlan.terms.sensors import Sensor

_SHOWN = 40


def _pack_of(look: Look, sensor: Sensor) -> str:
    spec = look.meaning.spec(sensor)
    return spec[0] if spec else ""


def _recent(look: Look) -> Markup:
    told = list(look.board.recent)[:_SHOWN]
    return timeline(look, told, title=look.words("What changed"))


def tables(look: Look) -> Markup:
    """Every sensor, by hazard."""
    sensors = sorted(look.board.sensors, key=lambda sensor: _pack_of(look, sensor))
    parts: list[Markup] = []
    for pack, found in groupby(sensors, key=lambda sensor: _pack_of(look, sensor)):
        group = sorted(found, key=lambda sensor: sensor.key)
        title = look.meaning.pack_title(pack, look.words) or look.words("others")
        count = el("span", look.words("{n} sensors", n=len(group)), cls="muted")
        parts.append(
            el(
                "details",
                el("summary", el("h3", title), " ", count),
                sensor_table(look, group),
                open=True,
            )
        )
    empty = el("p", look.words("No sensor is registered yet."), cls="empty")
    return el(
        "section",
        el("h2", look.words("Every sensor")),
        *(parts or [empty]),
        id="sensors",
        cls="panel",
    )


def parts(look: Look) -> dict[str, Markup]:
    """What the stream sends again, by id of the element."""
    found = {
        "state": state(look),
        "counts": counts(look),
        "alarms": alarms(look),
        "timeline": _recent(look),
    }
    if look.meaning.basin:
        found["scene"] = scene(look)
    if look.board.sensors:
        found |= {f"row-{s.key}": sensor_row(look, s) for s in look.board.sensors}
    return found


def overview(look: Look, theme: str) -> str:
    """The whole first page."""
    side = [scene(look)] if look.meaning.basin else []
    return page(
        look,
        look.words("Lan basin (fictional) · Anlan"),
        el("h1", look.words("Standing alarms of the Lan basin (fictional)"), cls="hidden"),
        counts(look),
        el("div", alarms(look), el("div", *side, _recent(look), cls="side"), cls="desk"),
        tables(look),
        theme=theme,
        kind="overview" if look.board.sensors else "starting",
    )
