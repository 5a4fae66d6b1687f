"""Whether one message may change what another said: both must come from the same hands.

A warning is bound to the feed that brought it, and to the key of its signature where that holds.
What sender and identifier a message names is only what it says of itself.
"""

from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from anlan.apps.warning.models.incoming import Feed, Incoming, IncomingMessage, IncomingRefusal
from anlan.apps.warning.queries.incoming.listing import incoming, messages_of
from anlan.cap import sign
from anlan.desk.asker import Asker

_VALID, _RECENT, _MOST = "valid", timedelta(hours=24), 50


class Hands:
    """Whose a message is. signature: what was found of it."""

    def __init__(self, feed: Feed, signature: str, data: bytes) -> None:
        self.feed, self._is_signed, self._data = feed, signature == _VALID, data

    @classmethod
    def of(cls, message: IncomingMessage) -> "Hands":
        """Those of a message that is kept."""
        return cls(message.feed, message.signature, message.xml)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The fingerprints of the keys that signed it, none where the signature does not hold."""
        return sign.signers_of(self._data) if self._is_signed else frozenset()


def why_not_of(first: Hands, later: Hands) -> str:
    """Why a later message may not change what a first one said; empty where it may."""
    if first.keys & later.keys:
        return ""
    if first.feed != later.feed:
        return IncomingRefusal.Why.FEED
    return IncomingRefusal.Why.KEY if first.keys else ""


class Refused(NamedTuple):
    """A refusal as a page tells it. other: the warning at its other end, None where the asker does
    not see it."""

    refusal: IncomingRefusal
    other: Incoming | None


def refused_here(asker: Asker, one: Incoming) -> tuple[list[Refused], list[Refused]]:
    """What others tried to change of a warning, and what its own messages tried elsewhere."""
    courses = {message.first_id for message in messages_of(one)} | {one.pk}
    near = IncomingRefusal.objects.select_related("message__feed", "message__first", "course")
    tried = near.filter(course__in=courses)[:_MOST]
    own = near.filter(message__first__in=courses)[:_MOST]
    return (
        [Refused(row, _seen(asker, row.message.first)) for row in tried],
        [Refused(row, _seen(asker, row.course)) for row in own],
    )


def _seen(asker: Asker, one: Incoming) -> Incoming | None:
    while one.joined is not None:
        one = one.joined
    found: Incoming | None = incoming(asker).filter(pk=one.pk).first()
    return found


def refused_lately(asker: Asker) -> list[Incoming]:
    """The warnings that the asker sees and others tried to change within a day."""
    rows = IncomingRefusal.objects.filter(at__gt=asker.now - _RECENT)
    mine = incoming(asker).filter(pk__in=rows.values("course"))
    return list(mine[:_MOST])
