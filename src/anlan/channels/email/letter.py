"""The bytes of a mail, the same for every try."""

from base64 import encodebytes
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from anlan.channels import Message, one_line
from anlan.channels.email.mailbox import on_the_wire
from anlan.channels.email.settings import Settings

MOST_BYTES = 1_000_000
"""More than this is no notice; nothing is sent."""

_STOP = {"zh": "退订：", "en": "To stop these mails: "}
_LINE = "=_parts_of_one_="
"""Between parts; it cannot stand in base64, and is the same at every try."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def letter(message: Message, to: str, settings: Settings) -> bytes:
    """The mail: text, and html beside it where there is some; both as base64.

    Written by hand: EmailMessage takes as long for a mail as everything else about it. Message-ID
    is made of the message's key, so a mail that comes twice is recognised. Senders of holiday notes
    know from Auto-Submitted (RFC 3834) not to answer.
    """
    sender = on_the_wire(settings.sender)
    at = _EPOCH + timedelta(milliseconds=message.created_at)
    head = {
        "Subject": _words("Subject", message.subject),
        **_ending(message.stop),
        "From": _named(settings.sender_name, sender),
        "To": on_the_wire(to),
        "Date": format_datetime(at),
        "Message-ID": message_id(message.key, sender),
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
        "MIME-Version": "1.0",
    }
    return _lines(head) + _body(message)


def _body(message: Message) -> bytes:
    """The part, or both of them with the text first."""
    plain = _part("plain", _text(message))
    if message.html is None:
        return plain
    parts = (plain, _part("html", _page(message)))
    head = {"Content-Type": f'multipart/alternative; boundary="{_LINE}"'}
    between = f"--{_LINE}\r\n".encode()
    return _lines(head) + b"\r\n" + between + between.join(parts) + f"--{_LINE}--\r\n".encode()


def _part(kind: str, text: str) -> bytes:
    head = {"Content-Type": f'text/{kind}; charset="utf-8"', "Content-Transfer-Encoding": "base64"}
    body = encodebytes(text.encode()).replace(b"\n", b"\r\n")
    return _lines(head) + b"\r\n" + body


def _lines(head: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode("ascii")


@lru_cache(16)
def _named(name: str, mailbox: str) -> str:
    """A mailbox with the name of whose it is; encoded, so that no sign of it means anything."""
    name = one_line(name, 64)
    return f"{_words('From', name)} <{mailbox}>" if name else mailbox


def message_id(key: str, sender: str) -> str:
    """`<key@domain>`; what an id may not hold is written as the number of the sign."""
    kept = "".join(c if c.isalnum() or c in "-_" else f"={ord(c):02x}" for c in key)
    return f"<{kept}@{sender.rpartition('@')[2]}>"


def _words(name: str, text: str) -> str:
    """A text in a head line, all of it encoded: what looks encoded in it is what somebody wrote."""
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _ending(page: str) -> dict[str, str]:
    """How a mail program ends such mails by one press of its own (RFC 8058); the page stands in one
    line however long it is, or no program would read it."""
    if not page:
        return {}
    how = "List-Unsubscribe=One-Click"
    return {"List-Unsubscribe": f"<{page}>", "List-Unsubscribe-Post": how}


def _text(message: Message) -> str:
    """The text, with the page that ends such mails below where there is one."""
    words = _STOP["en" if message.language.startswith("en") else "zh"]
    return f"{message.text}\n\n-- \n{words}{message.stop}\n" if message.stop else message.text


def _page(message: Message) -> str:
    head = f'<meta charset="utf-8"><title>{escape(message.subject)}</title>'
    language = escape(message.language)
    return (
        f'<!doctype html><html lang="{language}"><head>{head}</head>'
        f"<body>{message.html}</body></html>"
    )
