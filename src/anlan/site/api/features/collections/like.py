"""Patterns with % and _, matched with case, and in no more time than a text is long."""

import re

_SIGNS = re.compile(r"\\(.)|(%)|(_)|(.)", re.DOTALL)


def python_pattern(text: str) -> str:
    """The pattern as Python and SQLite take it: what follows a % is found once, and never sought
    anew."""
    pieces = _pieces(text)
    first, *rest = pieces
    if not rest:
        return rf"(?s)\A{first}\Z"
    middle = "".join(f"(?>.*?{one})" for one in rest[:-1])
    return rf"(?s)\A{first}{middle}.*{rest[-1]}\Z"


def posix_pattern(text: str) -> str:
    """The pattern as PostgreSQL takes it, whose automaton needs no such help."""
    return "^" + ".*".join(_pieces(text)) + "$"


def _pieces(text: str) -> list[str]:
    """What stands between the % signs, as regular expressions."""
    pieces = [""]
    for escaped, many, one, sign in _SIGNS.findall(text):
        if many:
            pieces.append("")
        else:
            pieces[-1] += "." if one else re.escape(escaped or sign)
    return pieces
