"""Official warnings that come in 外来预警: feeds, courses, and the messages as they came."""

from anlan.apps.warning.models.incoming.course import Incoming, IncomingPlace
from anlan.apps.warning.models.incoming.feed import Feed, FeedEntry
from anlan.apps.warning.models.incoming.message import IncomingMessage, IncomingReference
from anlan.apps.warning.models.incoming.refusal import IncomingRefusal

__all__ = [
    "Feed",
    "FeedEntry",
    "Incoming",
    "IncomingMessage",
    "IncomingPlace",
    "IncomingReference",
    "IncomingRefusal",
]
