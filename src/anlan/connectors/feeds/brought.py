"""What one look at a feed brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from anlan.cap.message import Alert
from anlan.connectors.feeds.fetch import Known

MOST_MESSAGES = 60
"""How many messages are taken in one look."""
MOST_TOLD, MOST_LETTERS = 8, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that was heard.

    key, stamp: what the feed calls it and in which state · link: where it stands · signature:
    absent, valid, invalid or unchecked · told: what is unusual or wrong in it.
    """

    key: str
    stamp: str
    link: str
    said: Alert
    data: bytes
    is_national: bool
    signature: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a look at a feed brought.

    state: of the feed, to ask with next time · heard: new messages, as the feed has them · faults:
    by the key of an entry its stamp and why it could not be read · keys: of all entries, None
    where the feed has not changed · is_whole: whether nothing was left for the next time.
    """

    state: Known
    heard: tuple[Heard, ...] = ()
    faults: Mapping[str, tuple[str, str]]
    keys: frozenset[str] | None = None
    is_whole: bool = True
