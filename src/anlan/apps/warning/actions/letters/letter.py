"""What a notice of a message says, all of it from the frozen bytes: to people in their language, to
systems the whole message."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.people.actions.notices.outbox import NoticeFields
from anlan.apps.warning.actions.letters.brief import Brief
from anlan.apps.warning.models import Addressee, Message
from anlan.apps.warning.queries.audience import Sink
from anlan.apps.warning.queries.paper.posts import public_page
from anlan.cap.message import Alert, Info, moment_of
from anlan.cap.read import read
from anlan.cap.write import plain

_ENGLISH, _CHINESE = "en", "zh-hans"
_XML, _JSON = "application/cap+xml; charset=utf-8", "application/json; charset=utf-8"


@dataclass
class Letters:
    """The letters and documents of one message, each made once.

    is_public: they go to people without an account here.
    """

    message: Message
    is_public: bool = False
    _made: dict[str, NoticeFields] = field(default_factory=dict)

    @cached_property
    def frozen(self) -> Alert:
        """The message as it was frozen."""
        return read(self.message.xml)

    def for_sink(self, sink: Sink) -> NoticeFields:
        """What a notice to this end says."""
        if sink.kind == Addressee.By.WEBHOOK:
            return self._known("document", self._document)
        info = self._info(sink.language)
        if sink.kind in (Addressee.By.SPEAKER, Addressee.By.SCREEN):
            return self._known("device", lambda: self._whole(info))
        if sink.kind == Addressee.By.SMS:
            return self._known(f"brief {_language(info)}", lambda: self._brief(info))
        return self._known(_language(info), lambda: self._letter(info))

    def _known(self, name: str, make: Callable[[], NoticeFields]) -> NoticeFields:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _info(self, language: str) -> Info:
        """The part that speaks the language, else the first."""
        wanted = _ENGLISH if language.startswith(_ENGLISH) else _CHINESE
        spoken = {_language(info): info for info in reversed(self.frozen.info)}
        return spoken.get(wanted, self.frozen.info[0])

    def _letter(self, info: Info) -> NoticeFields:
        language = _language(info)
        with override(language):
            lines = [info.headline, info.description, info.instruction, *_facts(info)]
            lines.append(self._link(language))
        return {
            "subject": info.headline or info.event,
            "text": "\n\n".join(line for line in lines if line),
            "language": "en" if language == _ENGLISH else "zh-Hans",
        }

    def _brief(self, info: Info) -> NoticeFields:
        """The short text for a phone."""
        with override(_language(info)):
            text = Brief(info, self.message.status, self._link(_language(info))).text()
        return {**self._known(_language(info), lambda: self._letter(info)), "text": text}

    def _whole(self, info: Info) -> NoticeFields:
        """What is read aloud, and the frozen message for what a device needs to know besides."""
        instruction = info.instruction or ""
        said = [info.headline or info.event, info.description or "", instruction]
        text = "\n".join(line for line in said if line)
        body = self.message.xml.decode()
        return {**self._letter(info), "text": text, "body": body, "media_type": _XML}

    def _link(self, language: str) -> str:
        """Where the warning is read whole; empty where the site has no address."""
        address, warning = settings.PLACE.options.address, self.message.warning
        if self.is_public:
            return public_page(warning, "en" if language == _ENGLISH else "zh")
        return f"{address}/warnings/{warning.key}" if address else ""

    def _document(self) -> NoticeFields:
        told = self._letter(self.frozen.info[0])
        if settings.PLACE.options.warning_webhook_form == "xml":
            return {**told, "body": self.message.xml.decode(), "media_type": _XML}
        body = json.dumps({"alert": plain(self.frozen)}, ensure_ascii=False, separators=(",", ":"))
        return {**told, "body": body, "media_type": _JSON}


def _language(info: Info) -> str:
    return _ENGLISH if info.spoken.casefold().startswith(_ENGLISH) else _CHINESE


def _facts(info: Info) -> list[str]:
    """Where, when and from whom."""
    told = {
        _("Area warned"): "、".join(one.area_desc for one in info.area),
        _("Expected from"): _clock(info.onset),
        _("Holds from"): _clock(info.effective),
        _("Holds until"): _clock(info.expires),
        _("Issued by"): info.sender_name,
        _("Questions"): info.contact,
    }
    lines = (_("%(name)s: %(value)s") % {"name": name, "value": value}
             for name, value in told.items() if value)  # fmt: skip
    return ["\n".join(lines)]


def _clock(text: str | None) -> str:
    moment = moment_of(text)
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
