"""The text for one platform: level, area, measures and the mark of a drill whole, or no text."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.paper.posts.cutting import shortened
from anlan.apps.warning.queries.paper.posts.link import public_page
from anlan.apps.warning.queries.paper.posts.platforms import PLATFORMS, Platform
from anlan.apps.warning.queries.writing.wording import MARKS
from anlan.cap.message import Info, moment_of
from anlan.cap.read import read

_TONGUES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Post:
    """text: empty where what may not be cut is too long · size: of the text, or of what may not
    be cut, as the platform counts · is_cut: whether something of the description was left out."""

    platform: Platform
    text: str
    size: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Posts:
    """Of one language; link: empty where there is none."""

    language: str
    link: str
    posts: list[Post]


def posts_of(message: Message) -> list[Posts]:
    """The texts of a message for each platform, in each language that it speaks."""
    found = []
    for info in read(message.xml).info:
        language = "en" if info.spoken.lower().startswith("en") else "zh"
        link = public_page(message.warning, language)
        with override(_TONGUES[language]):
            parts = _Parts.of(message, info, language)
            rows = [_post(parts, one, link if one.has_link else "") for one in PLATFORMS]
        found.append(Posts(language, link, rows))
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """head, measures: never cut · rest: the description, as much as fits."""

    head: str
    rest: str
    measures: str

    @classmethod
    def of(cls, message: Message, info: Info, language: str) -> "_Parts":
        mark = MARKS[message.status][language]

        def bare(text: str | None) -> str:
            return " ".join((text or "").removeprefix(mark).split())

        signed = f"【{info.sender_name}】" if info.sender_name else ""
        places = "、".join(one.area_desc for one in info.area)
        until = moment_of(info.expires)
        facts = [
            MARKS[message.status]["zh"] + signed + bare(info.headline or info.event),
            _("Where: %(places)s.") % {"places": places} if places else "",
            _("Until %(time)s.") % {"time": f"{timezone.localtime(until):%m-%d %H:%M}"}
            if until and message.kind != "Cancel" else "",
        ]  # fmt: skip
        # What people are to do, without the cautions where the two are known apart.
        told = message.content.get(f"measures_{language}") or bare(info.instruction)
        return cls(_line(facts), bare(info.description), bare(told))


def _post(parts: _Parts, platform: Platform, link: str) -> Post:
    """The text for a platform; its description is cut, nothing else."""
    count, tail = platform.count, f"\n{link}" if link else ""
    told = platform.link if link and platform.link is not None else count(link)
    after = told + bool(link)
    whole = _line([parts.head, parts.measures])
    needed = count(whole) + after
    if needed > platform.most:
        return Post(platform, "", needed, is_cut=True)
    rest = shortened(parts.rest, platform.most - needed - 1, count)
    text = _line([parts.head, rest, parts.measures])
    return Post(platform, text + tail, count(text) + after, is_cut=rest != parts.rest)


def _line(parts: list[str]) -> str:
    return " ".join(filter(None, parts))
