"""Fenced blocks of a Markdown page."""

import re
from typing import NamedTuple

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One fenced block: its language and its text."""

    language: str
    body: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(*match.groups()) for match in _BLOCK.finditer(page)]


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return _BLOCK.sub("", page)
