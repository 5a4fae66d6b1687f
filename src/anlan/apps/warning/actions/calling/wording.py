"""What a letter of a call-down says: the frozen warning, for whom, and how to confirm."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.actions.notices.outbox import NoticeFields
from anlan.apps.warning.models import CallDown, CallLetter
from anlan.apps.warning.queries.calling.seats import Asked
from anlan.apps.warning.queries.calling.ways import EMAIL, SMS, VOICE
from anlan.apps.warning.queries.writing.wording import MARKS, marked
from anlan.cap.message import Alert, Info
from anlan.cap.read import read

_HASTE, _MOST_PLACES = 3, 5


class Wording:
    """The letters of one call-down."""

    def __init__(self, call_down: CallDown, now: datetime) -> None:
        self.call_down, self.message, self.now = call_down, call_down.message, now

    @cached_property
    def _frozen(self) -> Alert:
        return read(self.message.xml)

    def notices(
        self, letter: CallLetter, asked: Sequence[Asked], *, ends: Mapping[str, str], token: str
    ) -> list[NoticeFields]:
        """One notice for each way."""
        address, warning = settings.PLACE.options.address, self.message.warning
        link = f"{address}/warnings/answer/{token}" if address else ""
        info = self._info(letter.language)
        with override("en" if _spoken(info) == "en" else "zh-hans"):
            texts = {kind: self._text(kind, info, asked, link=link) for kind in ends}
            subject = self._said(_("Confirm: %(headline)s") % {"headline": self._bare(info)}, info)
        common: NoticeFields = {
            "person": letter.person[:64], "subject": subject, "cause": letter.cause,
            "region": warning.region, "owner": warning.owner, "status": self.message.status,
            "haste": _HASTE, "language": "en" if _spoken(info) == "en" else "zh-Hans",
        }  # fmt: skip
        return [
            {**common, "kind": kind, "address": end, "text": texts[kind],
             "key": hashlib.sha256(f"{letter.key}\n{kind}".encode()).hexdigest()}
            for kind, end in ends.items()
        ]  # fmt: skip

    def _info(self, language: str) -> Info:
        """The part that speaks the language, else the first."""
        wanted = "en" if language.startswith("en") else "zh"
        spoken = {_spoken(info): info for info in reversed(self._frozen.info)}
        return spoken.get(wanted, self._frozen.info[0])

    def _bare(self, info: Info) -> str:
        """The headline without its mark."""
        mark = MARKS[self.message.status][_spoken(info)]
        return (info.headline or info.event).removeprefix(mark)

    def _said(self, text: str, info: Info) -> str:
        return marked(text, self.message.status, _spoken(info))

    def _text(self, kind: str, info: Info, asked: Sequence[Asked], *, link: str) -> str:
        if kind == EMAIL:
            return self._letter(info, asked, link)
        how = {SMS: _("Reply 1 to confirm."), VOICE: _("Press 1 to confirm.")}.get(kind, "")
        parts = [
            self._bare(info),
            _("You answer for %(places)s.") % {"places": _places(asked)},
            how,
        ]
        if kind == SMS and link:
            parts.append(link)
        return self._said(" ".join(filter(None, parts)), info)

    def _letter(self, info: Info, asked: Sequence[Asked], link: str) -> str:
        due = self.now.timestamp() + self.call_down.answer_ms / 1000
        until = f"{timezone.localtime(datetime.fromtimestamp(due, tz=self.now.tzinfo)):%m-%d %H:%M}"
        lines = [
            info.headline, info.description, info.instruction,
            self._said(_("You answer for %(places)s. Confirm that you have this warning.")
                       % {"places": _places(asked)}, info),
            _("Open this page and press “Received”:\n%(link)s") % {"link": link} if link
            else _("Sign in and press “Received” on the page of the warning."),
            _("Without your answer the next person is called at %(time)s.") % {"time": until},
        ]  # fmt: skip
        return "\n\n".join(filter(None, lines))


def _places(asked: Sequence[Asked]) -> str:
    """What somebody answers for, some by name."""
    names = [one.post.thing_name or region_path(one.post.region) for one in asked]
    told = "、".join(names[:_MOST_PLACES])
    if len(names) <= _MOST_PLACES:
        return told
    return _("%(places)s and %(n)d more") % {"places": told, "n": len(names) - _MOST_PLACES}


def _spoken(info: Info) -> str:
    return "en" if info.spoken.casefold().startswith("en") else "zh"
