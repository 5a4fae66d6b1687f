"""Delivery curves drawn: the share handed over or answered, on a scale from seconds to days."""

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anlan.apps.warning.queries.evaluation.delivery.curves import Curve, Steps
from anlan.desk.templatetags.desk import span

WIDE, HIGH = 280, 92
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 10, 8, 18
_TICKS = (1, 10, 60, 600, 3600, 21600, 86400, 604800)
_STROKES = (("handed", ""), ("delivered", "5 3"), ("confirmed", "1.5 3"))
"""Told apart without colours: whole, dashed and dotted."""


def picture(curve: Curve) -> SafeString:
    """The curve of one channel as SVG; the numbers stand beside it. Empty where nothing has a
    time."""
    lines = [(getattr(curve, name), dash) for name, dash in _STROKES]
    drawn = [(steps, dash) for steps, dash in lines if steps.n]
    if not drawn:
        return SafeString("")
    most = max(second for steps, _dash in drawn for second in steps.at)
    longest = next((one for one in _TICKS if one >= max(most, 10)), max(most, 10))
    paths = format_html_join("", '<path d="{}" fill="none" stroke="currentColor" stroke-width="1.8"'
                             ' stroke-dasharray="{}"/>',
                             ((_path(steps, curve.many, longest), dash or "none")
                              for steps, dash in drawn))  # fmt: skip
    label = (_("Share answered over time; the numbers stand beside it.") if curve.group == "answer"
             else _("Share handed over, over time; the numbers stand beside it."))  # fmt: skip
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}{}</svg>',
        WIDE, HIGH, WIDE, HIGH, label,
        _frame(longest), paths,
    )  # fmt: skip


def _x(second: float, longest: float) -> float:
    """On a scale of logarithms, so that seconds and hours are both seen."""
    share = math.log10(1 + max(0.0, second)) / math.log10(1 + longest)
    return _LEFT + share * (WIDE - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _TOP + (1 - share) * (HIGH - _TOP - _BOTTOM)


def _path(steps: Steps, many: int, longest: int) -> str:
    """Stairs: nothing counts before the second in which it was."""
    points = [f"M{_LEFT} {_y(0):.1f}"]
    for second, n in _thinned(steps.sums()):
        points.append(f"H{_x(second, longest):.1f}V{_y(min(1.0, n / max(1, many))):.1f}")
    return "".join(points) + f"H{WIDE - _RIGHT}"


def _thinned(sums: Sequence[tuple[int, int]], most: int = 120) -> Sequence[tuple[int, int]]:
    """As many stairs as can be seen; the last is always there."""
    every = max(1, len(sums) // most)
    return [one for n, one in enumerate(sums) if n % every == 0 or n == len(sums) - 1]


def _frame(longest: int) -> SafeString:
    rules = format_html_join(
        "", '<path d="M{} {}H{}" stroke="currentColor" stroke-opacity=".25"/>'
        '<text x="{}" y="{}" font-size="10" text-anchor="end" fill="currentColor">{}</text>',
        ((_LEFT, f"{_y(share):.1f}", WIDE - _RIGHT, _LEFT - 4, f"{_y(share) + 3:.1f}",
          f"{share:.0%}") for share in (0.0, 0.5, 1.0)),
    )  # fmt: skip
    shown = [one for one in _TICKS if one <= longest]
    ticks = format_html_join(
        "", '<text x="{}" y="{}" font-size="10" text-anchor="{}" fill="currentColor">{}</text>',
        ((f"{_x(one, longest):.1f}", HIGH - 4, "end" if one == longest else "middle", _tick(one))
         for one in shown),
    )  # fmt: skip
    return SafeString(rules + ticks)


def _tick(seconds: int) -> str:
    """Whole numbers: 10 s, 1 min, 6 h."""
    return span(seconds).replace(".0", "")
