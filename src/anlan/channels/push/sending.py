"""The way `push`: each browser by its own push service (RFC 8030)."""

import hashlib
import json
import re
from collections.abc import Sequence

from anlan.channels import Fault, Message, Receipt, one_line
from anlan.channels.bulk import Said, Tell, To, now_ms
from anlan.channels.push.browser import Browser, browser_of, text_of
from anlan.channels.push.sealing import MOST_BYTES, sealed
from anlan.channels.push.settings import Settings
from anlan.channels.push.vapid import Vapid
from anlan.channels.web.answer import Answer, receipt_of
from anlan.channels.web.client import Client, Reach
from anlan.channels.web.crowd import Aim, Crowd, Make
from anlan.channels.web.target import Target

_ADDRESS = re.compile(r"(https?://[!-;=?-~]{1,900})\s*$")


class Push:
    """Sends to very many browsers over kept connections; for one loop.

    A message is named to the push service by its Topic: where it still lies there unread, the same
    message again takes its place. The browser finds the name in the text, as `key`.
    """

    name = "push"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._vapid = Vapid(settings)
        self._client = Client(Reach(
            allows_private=settings.allows_private, ca_file=settings.ca_file,
            timeout_s=settings.timeout_s, per_host=settings.per_host,
        ))  # fmt: skip

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each whether its push service has it; 404 and 410: the browser is gone."""
        browsers: dict[int, Browser] = {}
        texts = {language: text_for(message) for language, message in said.items()}
        lines = {language: _lines(message, self.settings) for language, message in said.items()}
        now_s = now_ms() // 1000

        def aim(one: To) -> Target | Receipt:
            browser = browser_of(one.address, allows_private=self.settings.allows_private)
            if isinstance(browser, str):
                return Receipt.refused(now_ms(), Fault.ADDRESS, browser)
            browsers[one.place] = browser
            return browser.target

        def make(one: To, target: Target) -> bytes:
            body = sealed(texts[one.language], browsers.pop(one.place))
            token = self._vapid.of(_origin(target), now_s)
            return (
                f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n"
                f"Authorization: {token}\r\n{lines[one.language]}"
                f"Content-Length: {len(body)}\r\n\r\n"
            ).encode("ascii") + body

        aiming: Aim = aim
        making: Make = make
        await Crowd(self._client, aim=aiming, make=making, judge=judge).send(to, tell)

    async def close(self) -> None:
        await self._client.close()


def text_for(message: Message) -> bytes:
    """What the browser is told, in JSON: cut where it is too long for a push service.

    page: where it is read whole, the web address at the end of its text; the body goes without.
    """
    page, body = _page_of(message.text)
    told = {
        "key": message.key, "kind": message.kind, "status": message.status.value,
        "title": message.subject, "body": body, "language": message.language,
        "cause": message.cause, "page": page,
    }  # fmt: skip
    text = _json(told)
    while len(text) > MOST_BYTES and body:
        # Of four octets a sign at most: never too much is cut at once.
        body = body[: -max(1, (len(text) - MOST_BYTES) // 4)]
        text = _json(told | {"body": body + "…"})
    return text


def _page_of(text: str) -> tuple[str, str]:
    """The address at the end of a text, and the text without it."""
    found = _ADDRESS.search(text)
    return (found[1], text[: found.start()].rstrip()) if found else ("", text)


def _json(told: dict[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(message: Message, settings: Settings) -> str:
    topic = text_of(hashlib.sha256(message.key.encode()).digest())[:32]
    return (
        f"User-Agent: Anlan\r\nContent-Encoding: aes128gcm\r\n"
        f"Content-Type: application/octet-stream\r\nTTL: {settings.ttl_s}\r\n"
        f"Urgency: high\r\nTopic: {topic}\r\n"
    )


def _origin(target: Target) -> str:
    return f"http{'s' * target.is_safe}://{target.authority}"


def judge(answer: Answer, at: int) -> Receipt:
    """404 and 410 are about the browser; 401 and 403 about ourselves, and pass when that is
    mended; the rest as everywhere in the web."""
    if answer.status in (401, 403):
        words = one_line(answer.words, 200)
        told = f"the push service does not know us: {answer.status} {words}"
        return Receipt.failed(at, Fault.SETTINGS, told)
    return receipt_of(answer, now_ms=at)
