"""Words of the templates: levels, ages, numbers with their units, assets."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.desk.assets import asset as _asset
from anlan.packs import Words
from anlan.packs.units import shown
from anlan.terms.levels import Level

register = template.Library()
_SHAPES = ("○", "●", "■", "▲", "◆")


@register.simple_tag
def asset(name: str) -> SafeString:
    """The tags that load an entry of the pages' scripts: `{% asset "desk.ts" %}`."""
    found = _asset(name)
    styles = format_html_join("", '<link rel="stylesheet" href="{}">', ((u,) for u in found.styles))
    script = format_html('<script type="module" src="{}"></script>', found.script)
    return styles + script


@register.filter
def level_word(number: int) -> str:
    """The word of a level: 红色."""
    return (_("normal"), _("blue"), _("yellow"), _("orange"), _("red"))[number]


@register.simple_tag
def level(number: int) -> SafeString:
    """A level as shape, colour and word: ◆ 红色."""
    one = Level(number)
    return format_html(
        '<span class="lv lv-{}"><span aria-hidden="true">{}</span> {}</span>',
        one.word or "none", _SHAPES[number], level_word(number),
    )  # fmt: skip


@register.filter
def age(moment: datetime | None) -> SafeString | str:
    """How long ago, short, with the absolute time to hover: 40 s, 5 min, 3 h, 2 d."""
    if moment is None:
        return "—"
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    for size, unit in ((86400, _("d")), (3600, _("h")), (60, _("min"))):
        if seconds >= 2 * size or (unit != _("d") and seconds >= size):
            return _timed(moment, f"{seconds // size} {unit}")
    return _timed(moment, f"{seconds} {_('s')}")


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """A moment in local time, `2026-07-21 02:14:05`."""
    if moment is None:
        return "—"
    return _timed(moment, f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}")


@register.filter
def hour(moment: datetime | None) -> SafeString | str:
    """A moment of today as `02:14`, of another day with its date: `07-21 02:14`."""
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return _timed(moment, f"{local:%H:%M}" if is_today else f"{local:%m-%d %H:%M}")


def _timed(moment: datetime, text: str) -> SafeString:
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M:%S}", text,
    )  # fmt: skip


@register.filter
def number(value: float | None, unit: str = "") -> SafeString | str:
    """A number with its unit and a thin space: 3.42 m."""
    if value is None:
        return "—"
    text = f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return format_html('<span class="num">{}</span>', f"{text}\u2009{unit}" if unit else text)


@register.filter
def amount(value: float | None, unit: str = "") -> str:
    """A measured value as people read it, with its unit: 85.24 °."""
    return shown(value, unit)


@register.filter
def many(value: float | None) -> str:
    """A count with its thousands apart: 13,400,000."""
    return "—" if value is None else f"{value:,.0f}"


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in its largest fitting unit: 45 s, 3.2 min, 1.5 h, 2.0 d."""
    if seconds is None:
        return "—"
    for size, unit in ((86400, _("d")), (3600, _("h")), (60, _("min"))):
        if seconds >= size:
            return f"{seconds / size:.1f}\u2009{unit}"
    return f"{seconds:.0f}\u2009{_('s')}"


@register.filter
def percent(share: float | None) -> str:
    """A share as per cent: 12.5 %."""
    return "—" if share is None else f"{100 * share:.1f}\u2009%"


@register.filter
def at(rows: dict[Any, Any], key: Any) -> Any:
    """What a table holds under a key; 0 where it holds nothing."""
    return rows.get(key, 0)


@register.filter
def named(thing: Any) -> str:
    """The name in the reader's language."""
    en = getattr(thing, "name_en", "")
    return en if en and _reads_english() else str(thing)


@register.filter
def told(words: Words | None, otherwise: str = "") -> str:
    """Words of a pack in the reader's language."""
    if words is None:
        return otherwise
    return words.en if _reads_english() else words.zh


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def geojson(shape: Any) -> str:
    """A shape as GeoJSON text."""
    import shapely

    return "" if shape is None else str(shapely.to_geojson(shape))


@register.filter
def kind_of(field: Any) -> str:
    """What a form's field is, in one word: shape, flag, choice …"""
    return type(field).__name__.removesuffix("Field").lower()
