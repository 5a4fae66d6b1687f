"""Reads of official warnings that came in, limited to what concerns the asker's jurisdiction."""

from anlan.apps.warning.queries.incoming.listing import (
    Sought,
    counted,
    incoming,
    incoming_for,
    messages_of,
    sought,
    standing,
)
from anlan.apps.warning.queries.incoming.mapping import Suggested, suggested
from anlan.apps.warning.queries.incoming.silence import feeds, silent

__all__ = [
    "Sought",
    "Suggested",
    "counted",
    "feeds",
    "incoming",
    "incoming_for",
    "messages_of",
    "silent",
    "sought",
    "standing",
    "suggested",
]
