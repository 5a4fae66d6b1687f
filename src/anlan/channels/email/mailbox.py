"""What is a mailbox: `name@domain`, the domain also in Chinese."""

import re

KIND = "this channel writes to mailboxes only"
SHAPE = "this is not a mailbox: write name@domain"
LOCAL = "the name before @ may have only Latin letters, digits and . _ + - and the like"

REASONS = (KIND, SHAPE, LOCAL)
"""Every sentence that the check of an address can give."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9][A-Za-z0-9-]*")
_MOST = 254


def reason_against(value: str) -> str | None:
    """Why this is no mailbox, or None."""
    local, at, domain = value.rpartition("@")
    if not at or not local or len(value) > _MOST or re.search(r"[\s\x00-\x1f\x7f]", value):
        return SHAPE
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        return LOCAL
    return None if _DOMAIN.fullmatch(_ascii(domain)) else SHAPE


def on_the_wire(value: str) -> str:
    """The mailbox as SMTP writes it: a Chinese domain in its Latin form."""
    local, _, domain = value.rpartition("@")
    return f"{local}@{_ascii(domain)}"


def _ascii(domain: str) -> str:
    """The Latin form of a domain, empty where there is none."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""
