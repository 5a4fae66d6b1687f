"""The process of the ears: listens, keeps what arrives, lets the city's people answer, and is the
weather office of their province."""

import signal
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from anlan.cap.message import Alert
from anlan.channels.screen.order import CLEAR
from anlan.channels.sms.cmpp.pdus import V3
from anlan.channels.speaker.ebd.words import Broadcast
from anlan.sandtable.province import Office, notices
from anlan.sandtable.sinks.mail import Mail, MailServer
from anlan.sandtable.sinks.screen import Display, Wall
from anlan.sandtable.sinks.sms.centre import Centre
from anlan.sandtable.sinks.sms.cmpp import CmppSpeech
from anlan.sandtable.sinks.sms.phones import Got, Phones
from anlan.sandtable.sinks.speaker import Door, Platform, Terminals
from anlan.site.demo.ears.ends import (
    OURS,
    PLATFORM,
    SCREEN_KEY,
    SCREENS,
    SMS_SENDER,
    SMS_USER,
    THEIRS,
    Ends,
    secret,
)
from anlan.site.demo.ears.kept import Heard, Kept
from anlan.site.demo.script import city_of, storms_of

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


class _Loudspeakers(Terminals):
    """The city's loudspeakers: what each is given is kept."""

    def __init__(self, kept: Kept, codes: Iterable[str]) -> None:
        super().__init__(codes)
        self._kept = kept

    def take(self, said: Broadcast) -> None:
        before = len(self.played())
        super().take(said)
        for one in self.played()[before:]:
            now_ms = time.time_ns() // 1_000_000
            self._kept.hear(Heard(kind="speaker", to=one.terminal, at_ms=now_ms,
                                  subject=said.title, text=said.text))  # fmt: skip


class Sign(Display):
    """A screen of the city: what it shows, or takes away, is kept."""

    def __init__(self, kept: Kept, key: str) -> None:
        super().__init__(SCREEN_KEY.encode())
        self._kept, self._name = kept, key

    def take(self, order: dict[str, Any]) -> None:
        texts: dict[str, dict[str, str]] = order.get("text") or {}
        said = texts.get("zh-CN") or next(iter(texts.values()), {})
        is_over, now_ms = order["kind"] == CLEAR, time.time_ns() // 1_000_000
        self._kept.hear(Heard(
            kind="screen", to=self._name, at_ms=now_ms, text=said.get("text", ""),
            subject=said.get("headline", ""), level="none" if is_over else order["level"] or "none",
        ))  # fmt: skip


def _signs(data: Path, kept: Kept) -> dict[str, Display]:
    """The city's screens by their paths."""
    screens = city_of(data).of_kind("screen")
    return {f"{SCREENS}{one.key}": Sign(kept, one.key) for one in screens}


def _codes(data: Path) -> list[str]:
    """The resource codes of the city's loudspeakers."""
    speakers = city_of(data).of_kind("loudspeaker")
    return [str(one.attributes["device"]) for one in speakers]


def _warned(data: Path) -> list[Alert]:
    """What the fictional province's weather office has said by now."""
    return notices(storms_of(data), time.time_ns() // 1_000_000)


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
        terminals = _Loudspeakers(kept, _codes(data))
        platform = Platform(terminals, public=OURS.public, seal=THEIRS, code=PLATFORM)
        open_ends.enter_context(Door(platform, port=ends.speaker))
        open_ends.enter_context(Wall(_signs(data, kept).get, port=ends.screens))
        open_ends.enter_context(Office(lambda: _warned(data), port=ends.feed))
        while not ending.wait(_LOOK_S):
            for answer in kept.answers():
                centre.reply(answer.number, answer.text, to=SMS_SENDER)
