"""A warning in the words of a page: headline, times and state in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anlan.apps.portal.press.picture import SIGNS
from anlan.apps.portal.queries.sent import CANCELLED, EXPIRED, Course, Sent
from anlan.desk.templatetags.desk import level_word

LANGUAGES = {"zh": "zh-hans", "en": "en"}
"""The languages of the public's pages: their folder, and Django's word for them."""


def moment(at: datetime | None, language: str) -> SafeString:
    """A time as people say it: 2026年7月21日 02:14, or 21 July 2026, 02:14; empty for None."""
    if at is None:
        return SafeString("")
    here = timezone.localtime(at)
    text = f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    if language == "en":
        text = f"{here.day} {here:%B %Y, %H:%M}"
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), text)


def zone(now: datetime) -> str:
    """The offset of this place's time: UTC+08:00."""
    offset = f"{timezone.localtime(now):%z}"
    return f"UTC{offset[:3]}:{offset[3:]}"


@dataclass(frozen=True, slots=True)
class Card:
    """A message of a course in one language, as lists and pages show it."""

    course: Course
    sent: Sent
    language: str
    at: datetime

    @property
    def href(self) -> str:
        """Where the course is told."""
        return f"/public/{self.language}/warning/{self.course.key}.html"

    @property
    def cap(self) -> str:
        """Where the message stands as it was sent."""
        return f"/public/cap/{self.sent.message.identifier}.xml"

    @property
    def sheet(self) -> str:
        """Where the sheet to print of the course stands; empty where it speaks another language."""
        spoken = (info.spoken[:2].lower() for info in self.course.last.message.info)
        page = f"/public/{self.language}/warning/{self.course.key}"
        return f"{page}.pdf" if self.language in spoken else ""

    @property
    def level(self) -> int:
        """As `terms.levels`."""
        return int(self.sent.level)

    @property
    def sign(self) -> SafeString:
        """The level as shape, colour and word."""
        return format_html('<span class="lv l-{}"><span aria-hidden="true">{}</span> {}</span>',
                           self.sent.level.word or "none", SIGNS[self.level],
                           level_word(self.level))  # fmt: skip

    @property
    def state(self) -> str:
        """in_force, cancelled or expired."""
        return self.course.state(self.at)

    @property
    def state_word(self) -> str:
        """The same in words."""
        return {CANCELLED: _("lifted"), EXPIRED: _("expired")}.get(self.state, _("in force"))

    @property
    def kind_word(self) -> str:
        """What this message did, before its time."""
        words = {"Update": _("updated on"), "Cancel": _("lifted on")}
        return words.get(self.sent.message.msg_type, _("issued on"))

    @property
    def said(self) -> dict[str, str]:
        """What it says in the reader's language, each part or an empty text."""
        info = self.sent.said(self.language)
        return {
            "language": info.spoken,
            "headline": info.headline or info.event,
            "event": info.event,
            "description": info.description or "",
            "instruction": info.instruction or "",
            "area": "、".join(one.area_desc for one in info.area),
            "sender": info.sender_name or "",
            "contact": info.contact or "",
        }

    @property
    def other(self) -> str:
        """The headline in English on a Chinese page, where it has one."""
        info = self.sent.said("en")
        is_english = self.language == "zh" and info.spoken.startswith("en")
        return (info.headline or info.event) if is_english else ""

    @property
    def sent_at(self) -> SafeString:
        """When it was sent."""
        return moment(self.sent.sent_at, self.language)

    @property
    def onset_at(self) -> SafeString:
        """When what it warns of is expected."""
        return moment(self.sent.onset_at, self.language)

    @property
    def expires_at(self) -> SafeString:
        """Until when it holds."""
        return moment(self.sent.expires_at, self.language)


def cards(courses: list[Course], language: str, at: datetime) -> list[Card]:
    """The last word of each course."""
    return [Card(one, one.last, language, at) for one in courses]
