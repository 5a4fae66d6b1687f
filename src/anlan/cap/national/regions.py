"""Region codes in messages: 12 digits, from codes cut to their level and back."""

from anlan.terms.errors import Malformed
from anlan.terms.places import cut_region, is_region

source = "statistical division codes, 12 digits; alerts of the China Meteorological Administration"


def write_region(code: str) -> str:
    """A region of any level in 12 digits: 9901 → 990100000000; Malformed for no region."""
    if not is_region(code):
        raise Malformed(f"not a region code: {code!r} (2, 4, 6, 9 or 12 digits)")
    return code.ljust(12, "0")


def read_region(text: str) -> str:
    """A 12-digit code cut to its level, as `terms.places` keeps it; 6 digits are met too.

    Raises Malformed for another length, and for a code of no province.
    """
    code = text.strip()
    if len(code) not in (6, 12) or not is_region(code) or code.startswith("00"):
        raise Malformed(f"not a region code of 12 digits: {text[:40]!r}")
    return cut_region(code)
