"""The platform over HTTP: one package there, one package back."""

from datetime import UTC, datetime
from http.client import HTTPResponse

from lxml import etree

from anlan.channels import Receipt
from anlan.channels.speaker.ebd.package import MOST_BYTES, Package, packed, unpacked
from anlan.channels.speaker.ebd.words import Audio, Head, Kind, number_of
from anlan.channels.speaker.settings import Settings
from anlan.channels.web.answer import read_answer, receipt_of
from anlan.channels.web.exchange import Exchange, context_of
from anlan.channels.web.target import Target, target_of
from anlan.terms.errors import Malformed, Refused

_LINE = "----anlan-ebd-27d1c4"


class Platform:
    """Where packages go; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._exchange = Exchange(
            context=context_of(settings.ca_file),
            allows_private=settings.allows_private,
            timeout_s=settings.timeout_s,
        )

    def ask(
        self, key: str, kind: Kind, body: etree._Element, *, now_ms: int, audio: Audio | None = None
    ) -> Package | Receipt:
        """The platform's package, or what its HTTP answer means where that is not 2xx.

        key: the same at every try, so that the platform can tell a repetition. Raises Refused,
        Malformed, OSError, HTTPException, ValueError.
        """
        settings, at = self._settings, datetime.fromtimestamp(now_ms / 1000, UTC)
        name = number_of(settings.source, "EBD", key)
        head = Head(id=name, source=settings.source, target=settings.target, at=at)
        tar = packed(head, kind, body, seal=settings.seal, audio=audio)
        if len(tar) > MOST_BYTES:
            raise Malformed("too long for a package")
        where = target_of(settings.platform, allows_private=settings.allows_private)
        if not isinstance(where, Target):
            raise Refused(where)

        def read(response: HTTPResponse) -> bytes | Receipt:
            if not 200 <= response.status < 300:
                return receipt_of(read_answer(response), now_ms=now_ms)
            return response.read(MOST_BYTES)

        answer = self._exchange.post(where, _request(where, name, tar), read, most=MOST_BYTES)
        return answer if isinstance(answer, Receipt) else self._opened(answer)

    def _opened(self, answer: bytes) -> Package:
        package = unpacked(answer, self._settings.public)
        if self._settings.public is not None and not package.is_trusted:
            raise Malformed("the platform's answer is not signed")
        return package


def _request(where: Target, name: str, tar: bytes) -> bytes:
    """The POST of a package as a file of a form."""
    part = (
        f'--{_LINE}\r\nContent-Disposition: form-data; name="file"; filename="EBDT_{name}.tar"\r\n'
        "Content-Type: application/x-tar\r\n\r\n"
    ).encode()
    body = part + tar + f"\r\n--{_LINE}--\r\n".encode()
    head = (
        f"POST {where.path} HTTP/1.1\r\nHost: {where.authority}\r\nUser-Agent: Anlan\r\n"
        f"Content-Type: multipart/form-data; boundary={_LINE}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
