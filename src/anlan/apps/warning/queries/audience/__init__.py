"""Whom a message is for: who answers for the places warned, subscribers, systems, sandboxes."""

from anlan.apps.warning.queries.audience.people import answering
from anlan.apps.warning.queries.audience.sinks import Sink, end_of, route, told_before
from anlan.apps.warning.queries.audience.subscribers import (
    Audience,
    subscribers,
    subscribers_of,
)
from anlan.apps.warning.queries.audience.systems import lacking, systems, telephones

__all__ = [
    "Audience",
    "Sink",
    "answering",
    "end_of",
    "lacking",
    "route",
    "subscribers",
    "subscribers_of",
    "systems",
    "telephones",
    "told_before",
]
