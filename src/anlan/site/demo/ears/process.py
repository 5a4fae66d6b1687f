"""The process of the ears: listens, keeps what arrives, and lets the city's people answer."""

import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from anlan.channels.sms.cmpp.pdus import V3
from anlan.sandtable.sinks.mail import Mail, MailServer
from anlan.sandtable.sinks.sms.centre import Centre
from anlan.sandtable.sinks.sms.cmpp import CmppSpeech
from anlan.sandtable.sinks.sms.phones import Got, Phones
from anlan.site.demo.ears.ends import SMS_SENDER, SMS_USER, Ends, secret
from anlan.site.demo.ears.kept import Heard, Kept

_LOOK_S = 0.2


class Telephones(Phones):
    """The city's telephones: what is whole on one of them is kept, and nothing else."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._kept = kept
        self._piles: dict[tuple[str, int, int], dict[int, str]] = {}

    def take(self, got: Got) -> None:
        name = (got.to, got.mark, got.total)
        pile = self._piles.setdefault(name, {})
        pile[got.number] = got.text
        if len(pile) == got.total:
            del self._piles[name]
            text = "".join(pile[number] for number in sorted(pile))
            self._kept.hear(Heard(kind="sms", to=got.to, at_ms=got.at_ms, text=text))


def hear(data: Path, ends: Ends) -> None:
    """Listens until it is told to stop."""
    ending, kept = threading.Event(), Kept(data)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())

    def mail(one: Mail) -> None:
        kept.hear(
            Heard(kind="email", to=one.to, at_ms=one.at_ms, text=one.text, subject=one.subject)
        )

    with ExitStack() as open_ends:
        open_ends.enter_context(MailServer(mail, port=ends.mail))
        speech = CmppSpeech(SMS_USER, secret(), V3)
        centre = open_ends.enter_context(Centre(speech, Telephones(kept), port=ends.sms))
        while not ending.wait(_LOOK_S):
            for answer in kept.answers():
                centre.reply(answer.number, answer.text, to=SMS_SENDER)
