"""Words of the templates that need the packs: the drawing of a kind of objects."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.apps.atlas.meaning import icon_path
from anlan.packs.source.icons import SIDE

register = template.Library()


@register.simple_tag
def icon(pack: str, kind: str = "") -> SafeString | str:
    """The drawing of a kind of objects, or of a hazard, beside the words that name it.

    It is hidden from screen readers: the words say the same. Empty where nothing is drawn.
    """
    path = icon_path(pack, kind)
    if not path:
        return ""
    return format_html(
        '<svg class="icon" viewBox="0 0 {} {}" aria-hidden="true"><path d="{}"/></svg>',
        SIDE, SIDE, path,
    )  # fmt: skip
