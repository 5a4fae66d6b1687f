"""Properties that have few values, such as a level or a flag: which of them a comparison means."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from anlan.site.api.features.collections import Field
from anlan.site.api.features.collections.like import python_pattern
from anlan.terms.errors import Malformed

_FLAGS: Final = {False: False, True: True}
_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def chosen(field: Field, op: str, args: Sequence[Any]) -> list[Any]:
    """What the column holds where a comparison is true. Words are in the order in which they are
    listed, levels from blue to red; a word that there is not equals none, and has no place among
    them. Malformed where a value is none of its kind."""
    words: dict[Any, Any] = dict(field.words) or _FLAGS
    listed = args[0] if op == "in" and len(args) == 1 else args
    if not isinstance(listed, (list, tuple)) or not listed:
        raise Malformed("A comparison needs a value, IN a list of them.", where=field.name)
    kind = str if field.words else bool
    if not all(isinstance(one, kind) for one in listed):
        told = ", ".join(words) if field.words else "true, false"
        raise Malformed(f"It is one of {told}.", where=field.name)
    is_it = _judge(field, op, list(listed), list(words))
    return [value for word, value in words.items() if is_it(word)]


def _judge(field: Field, op: str, asked: list[Any], words: list[Any]) -> Callable[[Any], bool]:
    first = asked[0]
    if op == "in":
        return lambda word: word in asked
    if op == "between" and len(asked) == 2 and field.words:
        ends = [words.index(one) for one in asked if one in words]
        return lambda word: len(ends) == 2 and ends[0] <= words.index(word) <= ends[1]
    if len(asked) == 1:
        if op in ("=", "<>"):
            return lambda word: (word == first) == (op == "=")
        if op in _ORDERS:
            place = words.index(first) if first in words else None
            return lambda word: place is not None and _ORDERS[op](words.index(word), place)
        if op == "like" and field.words:
            return lambda word: re.match(python_pattern(first), word) is not None
    raise Malformed(f"{op[:40]!r} does not go with this property.", where=field.name)
