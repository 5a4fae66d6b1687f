"""A schematic of the basin: rivers, objects by shape and colour of their level."""

from anlan.sandtable.places import FACILITIES, Place, River
from anlan.site.page.markup import Markup, el
from anlan.site.page.meaning import level_word
from anlan.site.page.views.parts import Look
from anlan.terms.levels import Level

WIDTH, HEIGHT = 100, 62
_SIZE = 2.05
"""Of a letter, as in the style sheet."""

Box = tuple[float, float, float, float]
_LABELLED = {"reservoir", "facility", "landslide"}
_FORMS = {
    Level.YELLOW: "M-1.15-1.15h2.3v2.3h-2.3z",
    Level.ORANGE: "M0-1.5 1.55 1.25h-3.1z",
    Level.RED: "M0-1.75 1.75 0 0 1.75-1.75 0z",
}


def _river(river: River, name: str) -> Markup:
    points = " ".join(f"{x},{y}" for x, y in river.line)
    x, y = river.line[1 if river.line[1][0] < WIDTH / 2 else 0]
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


class _Labels:
    """Names beside symbols, each where it covers neither a symbol nor another name."""

    def __init__(self, places: list[Place]) -> None:
        self._taken = [(p.x - 1.3, p.y - 1.3, p.x + 1.3, p.y + 1.3) for p in places]

    def put(self, place: Place, name: str, *, must: bool) -> Markup | None:
        """The name at the first free side; nowhere where none is free and it need not be."""
        width = sum(_SIZE if ord(letter) > 0x2E7F else 0.56 * _SIZE for letter in name)
        sides = [
            (2.0, 0.75, "start", 0.0),
            (-2.0, 0.75, "end", -width),
            (0.0, 3.5, "middle", -width / 2),
            (0.0, -2.0, "middle", -width / 2),
        ]
        for x, y, anchor, shift in sides:
            left, low = place.x + x + shift, place.y + y
            box = (left, low - 0.8 * _SIZE, left + width, low + 0.3 * _SIZE)
            if box[0] > 0 and box[2] < WIDTH and not any(_overlap(box, t) for t in self._taken):
                self._taken.append(box)
                return el("text", name, x=x, y=y, cls="name", text_anchor=anchor)
        return el("text", name, x=2.0, y=0.75, cls="name") if must else None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _place(look: Look, place: Place, labels: _Labels) -> Markup:
    board, words = look.board, look.words
    level = board.level_at(place.key)
    is_silent = any(s.key in board.silent for s in board.sensors_at(place.key))
    name = look.meaning.place_name(board, place.key, words)
    short = name.partition("·")[2] or name if words.is_chinese else name.rpartition(" at ")[2]
    is_always = place.kind in _LABELLED
    is_named = is_always or level >= Level.YELLOW
    said = f"{name}: {level_word(level, words)}" + (f", {words('silent')}" if is_silent else "")
    return el(
        "a",
        el("title", said),
        el("circle", r=2.4, cls="touch"),
        _symbol(level, is_silent=is_silent),
        labels.put(place, short, must=is_always) if is_named else None,
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
    # The worst is named first, so that its name finds room, and drawn last, on top.
    drawn.sort(key=lambda place: (place.kind not in _LABELLED, -look.board.level_at(place.key)))
    labels = _Labels(drawn)
    marks = [_place(look, place, labels) for place in drawn][::-1]
    picture = el(
        "svg",
        *(_river(river, words.pick(river.zh, river.en)) for river in basin.rivers),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=words("schematic of the Lan basin (fictional)"),
    )
    legend = el(
        "p",
        words("○ normal  ● blue  ■ yellow  ▲ orange  ◆ red  ◌ silent · schematic, not to scale"),
        cls="legend",
    )
    return el("section", el("h2", words("Where")), picture, legend, id="scene", cls="panel scene")
