"""The channel `chat`: one message to one group, by the robot that sits in it."""

import threading
import time
from collections import deque
from dataclasses import replace
from http.client import HTTPException, HTTPResponse

from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.chat.robot import asked, meant
from anlan.channels.chat.room import KIND, UNKNOWN, Room, room_of
from anlan.channels.chat.settings import Settings
from anlan.channels.web.answer import Answer, read_answer, receipt_of
from anlan.channels.web.exchange import Exchange, context_of, failing
from anlan.channels.web.target import Target, target_of
from anlan.terms.errors import Refused

_MINUTE_S, _MOST_BYTES = 60.0, 16_384


class Chat:
    """Posts to the robots of the settings; an address is the label of a group. Thread-safe.

    Raises Malformed when the authorities' file cannot be read.
    """

    name = "chat"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        rooms = filter(None, map(room_of, settings.rooms))
        self._rooms = {room.label: room for room in rooms}
        self._sent: dict[str, deque[float]] = {label: deque() for label in self._rooms}
        self._lock = threading.Lock()
        self._exchange = Exchange(
            context=context_of(settings.ca_file), allows_private=settings.allows_private,
            timeout_s=settings.timeout_s,
        )  # fmt: skip

    def check(self, address: Address) -> str | None:
        """Why nothing can be posted there, or None."""
        if address.kind != self.name:
            return KIND
        room = self._rooms.get(address.value)
        if room is None:
            return UNKNOWN
        target = target_of(room.url, allows_private=self.settings.allows_private)
        return target if isinstance(target, str) else None

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the robot answered; accepted means that it stands in the group."""
        if reason := self.check(address):
            return Receipt.refused(now_ms, Fault.ADDRESS, reason)
        room = self._rooms[address.value]
        wait_s = self._wait_s(room.label)
        if wait_s:
            return Receipt.failed(now_ms, Fault.BUSY, "the group has had its share of this minute",
                                  wait_s=round(wait_s) + 1)  # fmt: skip
        try:
            answer, words = self._posted(room, message, now_ms)
        except Refused as error:
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *failing(error))
        if answer.status != 200:
            # Without where it leads to or its words: they may repeat the key.
            return receipt_of(replace(answer, location="", words=""), now_ms=now_ms)
        return meant(room, words, now_ms=now_ms)

    def _posted(self, room: Room, message: Message, now_ms: int) -> tuple[Answer, bytes]:
        """The answer and its first bytes."""
        one = asked(room, message, at_all=self.settings.at_all, now_ms=now_ms)
        url = room.url + ("&" if "?" in room.url else "?") + one.query if one.query else room.url
        target = target_of(url, allows_private=self.settings.allows_private)
        if isinstance(target, str):
            raise Refused(target)
        return self._exchange.post(target, _request(target, one.body), _read)

    def _wait_s(self, label: str) -> float:
        """Seconds until the group may get one more; 0 where it may now, which is then counted."""
        now_s = time.monotonic()
        with self._lock:
            sent = self._sent[label]
            while sent and now_s - sent[0] >= _MINUTE_S:
                sent.popleft()
            if len(sent) >= self.settings.rate:
                return _MINUTE_S - (now_s - sent[0])
            sent.append(now_s)
        return 0.0


def _request(target: Target, body: bytes) -> bytes:
    head = (
        f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\nUser-Agent: Anlan\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _read(response: HTTPResponse) -> tuple[Answer, bytes]:
    words = response.read(_MOST_BYTES) if response.status == 200 else b""
    return read_answer(response), words
