"""Feeds of official warnings: pages of the web and folders of files, asked again and again."""

from anlan.connectors.feeds.fetch import Known, Page, Place, fetch
from anlan.connectors.feeds.poll import Heard, Poll, heard_in, poll
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
