"""Messages of a broker → what they hold, by the mapping. Pure; nothing but Malformed leaves it."""

from typing import NamedTuple

from anlan.connectors.mapping import Message, Taken
from anlan.connectors.mapping.coding import content_of
from anlan.connectors.mapping.read import fits, read
from anlan.connectors.mqtt.mapping import Mapping
from anlan.terms.errors import Malformed

_NAMED = 200


class Published(NamedTuple):
    """A message as it was published. at: when it came, ms UTC · is_kept: it was not new then, such
    as one that the broker retains."""

    topic: str
    payload: bytes
    at: int
    is_kept: bool = False


def read_message(mapping: Mapping, published: Published) -> Taken:
    """What a message holds; nothing where topics match it, and what they ask for is not in it.

    Raises Malformed where the message as a whole cannot be read.
    """
    topic, payload = published.topic, published.payload
    levels = tuple(topic.split("/"))
    topics = mapping.topics_of(levels)
    where = topic[:_NAMED]
    for one in topics:
        try:
            content = content_of(payload, one.form.payload)
        except Malformed as error:
            raise Malformed(error.message, where=where) from error
        if fits(one.form, content):
            message = Message(where, levels, content, published.at, published.is_kept)
            return read(one.form, message)
    return Taken([], [], [])
