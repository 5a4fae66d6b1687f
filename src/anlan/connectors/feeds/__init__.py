"""Feeds of official warnings and of events: pages and folders, asked again and again."""

from anlan.connectors.feeds.brought import Heard, Poll
from anlan.connectors.feeds.fetch import Known, Page, Place, fetch
from anlan.connectors.feeds.poll import heard_in, poll
from anlan.connectors.feeds.settings import Feed, feeds_of

__all__ = [
    "Feed",
    "Heard",
    "Known",
    "Page",
    "Place",
    "Poll",
    "feeds_of",
    "fetch",
    "heard_in",
    "poll",
]
