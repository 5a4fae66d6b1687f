"""What stands round every page: the bar with clock and state, and the switches."""

from anlan import __version__
from anlan.site.page.clock import clock_time, full_time
from anlan.site.page.markup import Markup, el
from anlan.site.page.views.parts import Look

THEMES = ("auto", "light", "dark")


def state(look: Look) -> Markup:
    """Whether the page shows the present, and since when it does not."""
    words, tick = look.words, look.board.tick_at
    if not look.board.is_open or tick is None:
        return el("span", "◌ " + words("starting"), id="state", cls="state off", role="status")
    if look.board.is_cut_off(look.now):
        said = words("cut off since {at}: what you see is of then", at=clock_time(tick))
        return el("span", "✕ " + said, id="state", cls="state off", role="status")
    return el("span", "● " + words("live"), id="state", cls="state", role="status")


def bar(look: Look, theme: str) -> Markup:
    """The bar on top."""
    words = look.words
    other = "en" if words.is_chinese else "zh-hans"
    following = THEMES[(THEMES.index(theme) + 1) % len(THEMES)]
    shown = {"auto": "◐", "light": "○", "dark": "●"}[theme]
    label = words("theme: {theme}; switch", theme=words(theme))
    return el(
        "header",
        el(
            "a",
            el("b", words("Anlan")),
            el("span", words("Lan basin"), cls="where"),
            href="/",
            cls="brand",
        ),
        el("span", words("fictional demo"), cls="fiction"),
        state(look),
        el(
            "time",
            full_time(look.now, words),
            id="clock",
            data_now=look.now,
            title=words("Beijing time"),
        ),
        el(
            "nav",
            el(
                "a",
                "EN" if words.is_chinese else "中文",
                href=f"?lang={other}",
                lang=other,
                aria_label=words("switch language"),
            ),
            el("a", shown, href=f"?theme={following}", aria_label=label, title=label),
            aria_label=words("language and theme"),
        ),
        cls="bar",
    )


def page(look: Look, title: str, *parts: Markup, theme: str, kind: str) -> str:
    """A whole page. kind: which parts the stream sends to it."""
    words = look.words
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("link", rel="icon", href="/static/mark.svg", type="image/svg+xml"),
        el("link", rel="stylesheet", href=f"/static/page.css?v={__version__}"),
        el("script", src=f"/static/page.js?v={__version__}", defer=True),
    )
    note = words(
        "Everything on this page is invented: places, people and readings. "
        "One minute stands for one hour of a real storm. Read only."
    )
    body = el(
        "body",
        el("a", words("to the alarms"), href="#alarms", cls="skip"),
        bar(look, theme),
        el("main", *parts),
        el("footer", el("p", note), el("p", f"Anlan {__version__}")),
        data_kind=kind,
        data_lang=words.language,
        data_lost=words("✕ cut off since {at}: what you see is of then"),
        data_units="|".join(words(unit) for unit in ("{n} s", "{n} min", "{n} h", "{n} d")),
    )
    root = el("html", head, body, lang="zh-Hans" if words.is_chinese else "en", data_theme=theme)
    return f"<!doctype html>\n{root}"
