"""Texts that must be shorter: by whole sentences, from the end."""

import re
from collections.abc import Callable

_ENDS = re.compile(r"(?<=[。！？；!?;\n])|(?<=\. )")


def shortened(text: str, most: int, count: Callable[[str], int] = len) -> str:
    """As many whole sentences as fit; empty where not even the first does."""
    kept = ""
    for sentence in _ENDS.split(" ".join(text.split())):
        if count(kept + sentence) > most:
            break
        kept += sentence
    return kept.strip()
