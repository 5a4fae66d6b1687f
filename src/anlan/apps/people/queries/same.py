"""Whether two accounts are one person."""

import unicodedata

from anlan.apps.people.models import User


def same_person(one: User, other: User) -> bool:
    """Whether they share the account, the unified identity, a telephone or a mailbox."""
    return bool(_marks(one) & _marks(other))


def _marks(user: User) -> set[tuple[str, str]]:
    """What tells a person, each only where it is there."""
    marks = {
        "key": user.key,
        "subject": user.subject.strip(),
        "phone": _digits(user.phone),
        "mailbox": unicodedata.normalize("NFKC", user.email).strip().casefold(),
    }
    return {(name, value) for name, value in marks.items() if value}


def _digits(phone: str) -> str:
    """The digits of a telephone number, without the country's 86 before a whole mobile number."""
    plain = unicodedata.normalize("NFKC", phone)
    digits = "".join(sign for sign in plain if sign.isdecimal()).lstrip("0")
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
