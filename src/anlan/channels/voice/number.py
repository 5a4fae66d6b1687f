"""What can be dialled: digits with or without + and spaces, and no emergency number."""

import re

KIND = "this channel speaks by telephone only"
SHAPE = "this is not a telephone number: write 13800138000, 0571-88001234 or +85291234567"
EMERGENCY = "a machine does not dial an emergency number"

REASONS = (KIND, SHAPE, EMERGENCY)
"""Every sentence that the check of a number can give."""

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_BETWEEN = re.compile(r"[ \u00a0().-]")
_NEVER = frozenset({"110", "119", "120", "122", "12110", "112", "911", "999"})
"""Lines that other people's lives hang on."""


def dialled(value: str) -> str:
    """The number as it is dialled; empty for what is none."""
    bare = _BETWEEN.sub("", value.strip()) if len(value) < 64 else ""
    bare = "+" + bare[2:] if bare.startswith("00") and len(bare) > 8 else bare
    bare = bare.removeprefix("+86") if re.fullmatch(r"\+861[3-9][0-9]{9}", bare) else bare
    return bare if _NUMBER.fullmatch(bare) and bare.isascii() else ""


def reason_against(value: str) -> str | None:
    """Why this is never dialled, one of REASONS, or None."""
    number = dialled(value)
    if not number:
        return SHAPE
    return EMERGENCY if number in _NEVER else None
