"""What a warning must say: kind, level, start, area, cautions, measures, issuer and time.

These are the fields that the Emergency Response Law 突发事件应对法 (revised 2024) asks for; the
number of the article is unverified. The time is put in when it is issued.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import TEXTS, Warning
from anlan.apps.warning.queries.reading.remark import Remark

LONGEST = {"headline": 100, "description": 1500, "caution": 600, "measures": 2000}
"""Characters in one language; a headline still fits on a sign at the road."""
_LEFT_OPEN = re.compile(r"\{[^}]*\}|－|[×XxＸ]{2,}|_{2,}|＿{2,}|[?？]{2,}|待填|待定")


def wanted(warning: Warning) -> Iterator[Remark]:
    """What is missing, too long, or left open."""
    yield from _missing(warning)
    yield from _english(warning)
    for text in TEXTS:
        for language in ("zh", "en"):
            yield from _shape(f"{text}_{language}", getattr(warning, f"{text}_{language}"), text)


def _missing(warning: Warning) -> Iterator[Remark]:
    needed = {
        "event": (warning.event and warning.event_zh, _("Say what kind of event it is.")),
        "headline_zh": (warning.headline_zh, _("The headline is missing.")),
        "description_zh": (warning.description_zh, _("Say what is expected.")),
        "onset": (warning.onset, _("Say when it begins.")),
        "expires": (warning.expires, _("Say until when it holds.")),
        "area_zh": (warning.area_zh, _("Say in words where it holds.")),
    }
    if warning.kind != Warning.Kind.CANCEL:
        needed["caution_zh"] = (warning.caution_zh, _("Say what people are to beware of."))
        needed["measures_zh"] = (warning.measures_zh, _("Say what people are to do."))
    for field, (value, text) in needed.items():
        if not (value.strip() if isinstance(value, str) else value):
            yield Remark(field, text)
    if not Organisation.objects.filter(key=warning.owner).exists():
        yield Remark("owner", _("Say which department issues it."))


def _english(warning: Warning) -> Iterator[Remark]:
    """A message is in English too, or not at all."""
    names = ["headline", "description"]
    if warning.kind != Warning.Kind.CANCEL:
        names += ["caution", "measures"]
    empty = [name for name in names if not getattr(warning, f"{name}_en").strip()]
    if len(empty) == len(names):
        yield Remark("headline_en", _("There is no English text: it goes out in Chinese only."),
                     stops=False)  # fmt: skip
    elif empty:
        yield Remark(f"{empty[0]}_en", _("The English text is incomplete: complete it, or take "
                                         "it out altogether."))  # fmt: skip


def _shape(field: str, value: str, text: str) -> Iterator[Remark]:
    most = LONGEST[text]
    if len(value) > most * (1 if field.endswith("_zh") else 2):
        told = {"most": most if field.endswith("_zh") else most * 2, "have": len(value)}
        yield Remark(field, _("Too long: %(have)d characters, at most %(most)d.") % told)
    open_at = _LEFT_OPEN.search(value)
    if open_at:
        yield Remark(field, _("Something was left open: %(what)s") % {"what": open_at[0]})
