"""Whether a warning says the same everywhere: level, event, numbers, times; in both languages."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from anlan.apps.warning.models import TEXTS, Warning
from anlan.apps.warning.queries.reading.remark import Remark
from anlan.terms.levels import Level

_ENGLISH_LEVEL = re.compile(r"\b(blue|yellow|orange|red)\b", re.IGNORECASE)
_CHINESE_LEVEL = re.compile("蓝色|黄色|橙色|红色")
_DRILL = re.compile(r"演练|【\s*测试|\[\s*(?:exercise|drill|test)|EXERCISE:|TEST:", re.IGNORECASE)
_DRILL_HEADLINE = re.compile(r"演习|测试|\b(?:exercise|drill|test)\b", re.IGNORECASE)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_ENGLISH_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})(?:\s+\d{{4}})?\b"
    rf"|\b(?:{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b|\b\d{{4}}-\d\d-\d\d\b"
)  # fmt: skip
_CHINESE_DATE = re.compile(r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日|\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})(?:[:：](\d{2})|[时点](?:(\d{1,2})分|(半)|整)?)(?!\d)")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:,\d{3})*(?:\.\d+)?")


def agreement(warning: Warning) -> Iterator[Remark]:
    """What does not agree."""
    yield from _level(warning)
    yield from _event(warning)
    yield from _drill(warning)
    for text in TEXTS:
        zh, en = getattr(warning, f"{text}_zh"), getattr(warning, f"{text}_en")
        if zh and en:
            yield from _languages(f"{text}_en", zh, en)


def _level(warning: Warning) -> Iterator[Remark]:
    """The headline names the level, and no other; the texts should name no other either."""
    level = Level(warning.level)
    own = {"zh": level.chinese, "en": level.word or ""}
    for language, find in (("zh", _CHINESE_LEVEL), ("en", _ENGLISH_LEVEL)):
        for text in TEXTS:
            said = getattr(warning, f"{text}_{language}")
            named = {word.lower() for word in find.findall(said)}
            field, told = f"{text}_{language}", {"level": own[language]}
            if text == "headline" and said and own[language] not in named:
                yield Remark(field, _("The headline does not name the level %(level)s.") % told)
            elif text == "headline" and named - {own[language]}:
                yield Remark(field, _("The headline names another level than %(level)s.") % told)
            elif named and own[language] not in named:
                yield Remark(field, _("The text names another level than %(level)s.") % told,
                             stops=language == "zh")  # fmt: skip


def _event(warning: Warning) -> Iterator[Remark]:
    for language, event in (("zh", warning.event_zh), ("en", warning.event_en)):
        headline = getattr(warning, f"headline_{language}")
        if headline and event and event.lower() not in headline.lower():
            told = {"event": event}
            text = _("The headline does not name the event %(event)s.") % told
            yield Remark(f"headline_{language}", text)


def _drill(warning: Warning) -> Iterator[Remark]:
    """Marks of drills are put there by the status alone."""
    for text in (*TEXTS, "area"):
        for language in ("zh", "en"):
            field = f"{text}_{language}"
            said = getattr(warning, field)
            is_marked = _DRILL.search(said) or (text == "headline" and _DRILL_HEADLINE.search(said))
            if not is_marked:
                continue
            if warning.status == Warning.Status.ACTUAL:
                yield Remark(field, _("An actual warning speaks of a drill or a test."))
            else:
                yield Remark(field, _("The mark of a drill or a test is put there by itself: "
                                      "take it out of the text."))  # fmt: skip


def _languages(field: str, zh: str, en: str) -> Iterator[Remark]:
    """Numbers and times that differ; what only one language has may be meant."""
    said = {"zh": _figures(zh), "en": _figures(en)}
    texts = (
        _("Times differ between the languages: %(what)s"),
        _("Numbers differ between the languages, or are not written as digits: %(what)s"),
    )
    for in_zh, in_en, text in zip(said["zh"], said["en"], texts, strict=True):
        if in_zh != in_en:
            is_contrary = bool(in_zh - in_en) and bool(in_en - in_zh)
            yield Remark(field, text % {"what": _listed(in_zh ^ in_en)}, stops=is_contrary)


def _figures(text: str) -> tuple[set[str], set[str]]:
    """The times of day and the other numbers of a text; dates are left out."""
    rest = _ENGLISH_DATE.sub(" ", _CHINESE_DATE.sub(" ", text))
    clock = set()
    for hour, minute, spelled, half in _CLOCK.findall(rest):
        clock.add(f"{int(hour):02}:{int(minute or spelled or (30 if half else 0)):02}")
    numbers = {f"{float(one.replace(',', '')):g}" for one in _NUMBER.findall(_CLOCK.sub(" ", rest))}
    return clock, numbers


def _listed(values: set[str]) -> str:
    return ", ".join(sorted(values))
