"""What a text message says of a warning: who, what, where, until when, what to do, and a link."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.warning.queries.paper.posts import shortened
from anlan.apps.warning.queries.writing.wording import MARKS
from anlan.cap.message import Info, moment_of

_MOST = {"zh": 268, "en": 268}
"""Signs: four parts of 67, since a name in Chinese makes every part one of those."""
_MOST_PLACES = 60


@dataclass(frozen=True, slots=True)
class Brief:
    """The parts of the text. link: empty where the site has no address of its own."""

    info: Info
    status: str
    link: str = ""

    def text(self) -> str:
        """The text in the language of the part, led by its mark and who sends it.

        What to do is cut at the end of a sentence where it is too long; nothing else is.
        """
        facts = " ".join(filter(None, [self._headline(), *self._facts()]))
        tail = f" {self.link}" if self.link else ""
        left = _MOST[self._language] - len(facts) - len(tail) - 1
        advice = shortened(self._bare(self.info.instruction or ""), left)
        return facts + (f" {advice}" if advice else "") + tail

    @property
    def _language(self) -> str:
        return "en" if self.info.spoken.casefold().startswith("en") else "zh"

    def _bare(self, text: str) -> str:
        """A text without its mark: the whole has one, in front."""
        return text.removeprefix(MARKS[self.status][self._language]).strip()

    def _headline(self) -> str:
        sender = self.info.sender_name or ""
        signed = f"【{sender}】" if sender else ""
        return MARKS[self.status]["zh"] + signed + self._bare(self.info.headline or self.info.event)

    def _facts(self) -> list[str]:
        places = _places([one.area_desc for one in self.info.area])
        moment = moment_of(self.info.expires)
        until = f"{timezone.localtime(moment):%m-%d %H:%M}" if moment else ""
        return [
            _("Where: %(places)s.") % {"places": places} if places else "",
            _("Until %(time)s.") % {"time": until} if until else "",
        ]


def _places(names: list[str]) -> str:
    """The places by name, as many as fit, and that there are more."""
    kept = list[str]()
    for name in names:
        if kept and sum(map(len, kept)) + len(name) > _MOST_PLACES:
            return _("%(places)s and others") % {"places": "、".join(kept)}
        kept.append(name)
    return "、".join(kept)
