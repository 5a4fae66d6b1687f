"""A schematic of the basin: rivers, objects by shape and colour of their level."""

from anlan.sandtable.places import FACILITIES, Place, River
from anlan.site.page.markup import Markup, el
from anlan.site.page.meaning import level_word
from anlan.site.page.views.parts import Look
from anlan.terms.levels import Level

WIDTH, HEIGHT = 100, 62
_LABELLED = {"reservoir", "facility", "landslide"}
_FORMS = {
    Level.YELLOW: "M-1.15-1.15h2.3v2.3h-2.3z",
    Level.ORANGE: "M0-1.5 1.55 1.25h-3.1z",
    Level.RED: "M0-1.75 1.75 0 0 1.75-1.75 0z",
}


def _river(river: River, name: str) -> Markup:
    points = " ".join(f"{x},{y}" for x, y in river.line)
    x, y = river.line[1]
    return Markup.joined(
        [
            el("polyline", points=points, cls="river", stroke_width=river.width),
            el("text", name, x=x + 1.2, y=y - 1.4, cls="name water"),
        ]
    )


def _symbol(level: Level, *, is_silent: bool) -> Markup:
    if level in _FORMS:
        return el("path", d=_FORMS[level], cls=f"mark lv{int(level)}")
    cls = f"mark lv{int(level)}" + (" silent" if is_silent else "")
    return el("circle", r=1.2 if level else 0.75, cls=cls)


def _label(look: Look, place: Place, level: Level) -> Markup | None:
    if place.kind not in _LABELLED and level < Level.ORANGE:
        return None
    name = look.meaning.place_name(look.board, place.key, look.words)
    short = name.partition("·")[2] or name if look.words.is_chinese else name.rpartition(" at ")[2]
    end = place.x > WIDTH * 0.82
    return el(
        "text", short, x=-2.1 if end else 2.1, y=0.7, cls="name", text_anchor="end" if end else None
    )


def _place(look: Look, place: Place) -> Markup:
    board, words = look.board, look.words
    level = board.level_at(place.key)
    is_silent = any(s.key in board.silent for s in board.sensors_at(place.key))
    name = look.meaning.place_name(board, place.key, words)
    said = f"{name}: {level_word(level, words)}" + (f", {words('silent')}" if is_silent else "")
    return el(
        "a",
        el("title", said),
        el("circle", r=2.4, cls="touch"),
        _symbol(level, is_silent=is_silent),
        _label(look, place, level),
        href=f"/object/{place.key}",
        transform=f"translate({place.x} {place.y})",
        aria_label=said,
    )


def scene(look: Look) -> Markup:
    """The schematic as a panel; empty without a basin."""
    basin, words = look.meaning.basin, look.words
    if basin is None:
        return Markup("")
    parents = {place.parent for place in basin.places.values()}
    drawn = [p for p in basin.places.values() if p.key not in parents or p in FACILITIES]
    drawn.sort(key=lambda place: look.board.level_at(place.key))
    picture = el(
        "svg",
        *(_river(river, words.pick(river.zh, river.en)) for river in basin.rivers),
        *(_place(look, place) for place in drawn),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=words("schematic of the Lan basin (fictional)"),
    )
    legend = el(
        "p",
        words(
            "○ normal  ● blue Ⅳ  ■ yellow Ⅲ  ▲ orange Ⅱ  ◆ red Ⅰ  ◌ silent · schematic, not to scale"
        ),
        cls="legend",
    )
    return el("section", el("h2", words("Where")), picture, legend, id="scene", cls="panel scene")
