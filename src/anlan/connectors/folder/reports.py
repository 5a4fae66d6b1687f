"""Where the values of a message .B of SHEF stand: the library tells only where it ends."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def lines_of(found: Iterable[Any], message: Sequence[str], first: int) -> Iterator[tuple[Any, int]]:
    """Each value with the line of its station's report; the message's last where that is unclear.

    message: its lines, the header first · first: the number of its first line.
    """
    reports = list(_reports(message, first))
    last, at, seen = first + len(message) - 1, -1, set[str]()
    for one in found:
        if at < 0 or reports[at][0] != one.location or one.parameter_code in seen:
            later = range(at + 1, len(reports))
            next_at = next((n for n in later if reports[n][0] == one.location), None)
            if next_at is not None:
                at, seen = next_at, set()
        seen.add(one.parameter_code)
        is_there = at >= 0 and reports[at][0] == one.location
        yield one, reports[at][1] if is_there else last


def _reports(message: Sequence[str], first: int) -> Iterator[tuple[str, int]]:
    """Stations and their lines; several reports may share a line, parted by commas."""
    for number, line in enumerate(message, first):
        if not line.startswith("."):
            for words in map(str.split, line.split(",")):
                yield from ((word, number) for word in words[:1])
