"""The bytes of a mail, the same for every try."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from anlan.channels import Message, one_line
from anlan.channels.email.mailbox import on_the_wire
from anlan.channels.email.settings import Settings

MOST_BYTES = 1_000_000
"""More than this is no notice; nothing is sent."""

_STOP = {"zh": "退订：", "en": "To stop these mails: "}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def letter(message: Message, to: str, settings: Settings) -> bytes:
    """The mail: text, and html beside it where there is some; Chinese as base64.

    Message-ID is made of the message's key, so a mail that comes twice is recognised. Senders of
    holiday notes know from Auto-Submitted (RFC 3834) not to answer.
    """
    sender = on_the_wire(settings.sender)
    mail = EmailMessage(policy.SMTP)
    mail["From"] = Mailbox(_undecoded(one_line(settings.sender_name, 64)), addr_spec=sender)
    mail["To"] = Mailbox(addr_spec=on_the_wire(to))
    mail["Date"] = format_datetime(_EPOCH + timedelta(milliseconds=message.created_at))
    mail["Message-ID"] = message_id(message.key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(_text(message), cte="base64")
    if message.html is not None:
        mail.add_alternative(_page(message), subtype="html", cte="base64")
        mail.set_boundary("=_parts_of_one_=")  # cannot stand in base64; chance would change bytes
    return _subject(message.subject) + _ending(message.stop) + mail.as_bytes()


def message_id(key: str, sender: str) -> str:
    """`<key@domain>`; what an id may not hold is written as the number of the sign."""
    kept = "".join(c if c.isalnum() or c in "-_" else f"={ord(c):02x}" for c in key)
    return f"<{kept}@{sender.rpartition('@')[2]}>"


def _subject(text: str) -> bytes:
    """The line of the subject. EmailMessage would decode what looks encoded in it, line breaks
    too, and loses spaces where it folds; here everything is encoded once.
    """
    words = Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {words}\r\n".encode("ascii")


def _ending(page: str) -> bytes:
    """How a mail program ends such mails by one press of its own (RFC 8058); a page that is longer
    than a line EmailMessage would encode, and no program would read it.
    """
    if not page:
        return b""
    how = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    return f"List-Unsubscribe: <{page}>\r\n{how}\r\n".encode("ascii")


def _undecoded(text: str) -> str:
    """The text with `=?` set apart, so that EmailMessage does not take it for encoded."""
    return text.replace("=?", "= ?")


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
