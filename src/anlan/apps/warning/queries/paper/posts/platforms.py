"""Where a warning is told besides, and how long a text may be there: one row for each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""The signs that count once where others count twice, as X publishes them."""


def signs(text: str) -> int:
    """As people count: one for each."""
    return len(text)


def units(text: str) -> int:
    """As phones count: rare signs take two places."""
    return len(text.encode("utf-16-le")) // 2


def weight(text: str) -> int:
    """As X counts: Chinese signs twice."""
    return sum(1 if any(a <= ord(one) <= b for a, b in _LIGHT) else 2 for one in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """most: the longest text, as `count` counts · has_link: whether an address in it can be
    opened; else it is given beside · link: what an address counts for, None: as it is written ·
    source: where the figures stand · unverified: what is not known of them, or empty."""

    key: str
    name: str | Promise
    most: int
    count: Callable[[str], int] = signs
    has_link: bool = True
    link: int | None = None
    source: str | Promise = ""
    unverified: str | Promise = ""


_PAGE = _("the length is that of its editor as commonly known; it was not tried against it")

PLATFORMS = (
    Platform(key="weibo", name=_("Weibo"), most=2_000, unverified=_PAGE),
    Platform(key="wechat", name=_("WeChat article, summary"), most=120, has_link=False,
             unverified=_PAGE),
    Platform(key="douyin", name=_("Douyin, caption"), most=1_000, has_link=False,
             unverified=_PAGE),
    Platform(key="toutiao", name=_("Toutiao, short post"), most=2_000, unverified=_PAGE),
    Platform(key="x", name="X", most=280, count=weight, link=23,
             source=_("X counts Chinese signs twice and an address as 23")),
    Platform(key="sms", name=_("Text message"), most=335, count=units,
             source=_("five parts of 67 signs, 3GPP TS 23.040")),
)  # fmt: skip
