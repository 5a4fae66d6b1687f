"""Mappings: how a message, a row of a table or a block of registers becomes readings, as data.

One language for all ways in where what comes is not laid down by a standard: MQTT, webhooks, files
in a folder, registers. Pure: levels of a topic, content and time of arrival come in; readings,
faults and what was heard of devices come out, and nothing but Malformed is raised.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors import Fault, Reading


class Heard(NamedTuple):
    """That a device was heard. is_online: as it, or its broker, says; None where neither does ·
    spoken: what it measured, by its own name, and the sensor that it is."""

    device: str
    is_online: bool | None = None
    spoken: Mapping[str, str] = {}


class Message(NamedTuple):
    """What came. where: named before a fault · levels: texts that {1}, {2} … stand for · content:
    decoded · at: when it came in, ms UTC · is_kept: it may have come before, such as a retained
    message."""

    where: str
    levels: tuple[str, ...]
    content: Any
    at: int
    is_kept: bool = False


class Taken(NamedTuple):
    """What a message holds."""

    readings: list[Reading]
    faults: list[Fault]
    heard: list[Heard]
