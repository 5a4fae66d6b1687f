"""What can be asked of a vehicle, as data: which message, and what stands in it unless told."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.frames import Ask
from anlan.connectors.jt808.tables import write_message
from anlan.connectors.jt808.tables.parameters import NUMBERS
from anlan.terms.errors import Malformed
from anlan.terms.gcj02 import from_wgs84

Words = dict[str, Any]


class Question(NamedTuple):
    """id: of our message · answered: by which message, 0 for the general answer."""

    id: int
    answered: int = 0
    words: Mapping[str, Any] = {}


_PICTURE = {
    "channel": 1, "command": 1, "interval_s": 0, "keep": 0, "resolution": 2, "quality": 5,
    "brightness": 128, "contrast": 64, "saturation": 64, "chroma": 128,
}  # fmt: skip
_LIVE = {"udp_port": 0, "channel": 1, "media": 0, "stream": 0}
_ANY = {"media": 0, "stream": 0, "storage": 0}
"""Sound and pictures, of either quality, from either store."""

_PLAYBACK = {"udp_port": 0, "channel": 1, "way": 0, "speed": 0, **_ANY}
_LIVE_NOW = {"channel": 1, "command": 0, "close": 0, "stream": 0}
_CONTROL = {"channel": 1, "command": 0, "speed": 0, "time": "0"}
_TOLD_OF = 0b101000
"""Attributes of a region: the platform is told when a vehicle goes in or out."""

ASKS: dict[str, Question] = {
    "text": Question(0x8300, words={"type": 1}),
    "locate": Question(0x8201, 0x0201),
    "track": Question(0x8202),
    "parameters": Question(0x8104, 0x0104),
    "set_parameters": Question(0x8103),
    "control": Question(0x8105, words={"settings": ""}),
    "picture": Question(0x8801, 0x0805, _PICTURE),
    "media": Question(0x8802, 0x0802, {"channel": 0, "event": 0, "type": 0}),
    "circle": Question(0x8600),
    "rectangle": Question(0x8602),
    "polygon": Question(0x8604),
    "delete_circles": Question(0x8601),
    "delete_rectangles": Question(0x8603),
    "delete_polygons": Question(0x8605),
    "attributes": Question(0x8107, 0x0107),
    "confirm_alarm": Question(0x8203),
    "time": Question(0x8004),
    "driver": Question(0x8702, 0x0702),
    "live": Question(0x9101, words=_LIVE),
    "records": Question(0x9205, 0x1205, {"channel": 0, "alarms": 0, **_ANY}),
    "playback": Question(0x9201, 0x1205, _PLAYBACK),
    "end_playback": Question(0x9202, words={**_CONTROL, "command": 2}),
    "control_playback": Question(0x9202, words=_CONTROL),
    "upload_records": Question(0x9206, 0x1206, {"alarms": 0, "condition": 7, **_ANY}),
    "video_attributes": Question(0x9003, 0x1003),
    "turn_camera": Question(0x9301, words={"channel": 1, "direction": 0, "speed": 0}),
    "zoom_camera": Question(0x9306, words={"channel": 1}),
    "focus_camera": Question(0x9302, words={"channel": 1}),
    "end_live": Question(0x9102, words=_LIVE_NOW),
    "control_live": Question(0x9102, words=_LIVE_NOW),
}  # fmt: skip

ANSWERS = {one.answered: one.id for one in ASKS.values() if one.answered}
"""Message → the question that it answers, for those that name no serial."""

BY_SERIAL = {0x0104, 0x0201, 0x0302, 0x0500, 0x0700, 0x0802, 0x0805, 0x1205, 0x1206}
"""Answers that name the serial of the question; the others answer the last of their kind."""


def question(ask: Ask, version: int, *, is_gcj02: bool = False) -> tuple[int, bytes]:
    """The message and body of an ask; Malformed for what it lacks or cannot be said."""
    if ask.name not in ASKS:
        raise Malformed(f"a vehicle cannot be asked for {ask.name!r} (but {', '.join(ASKS)})")
    asked = ASKS[ask.name]
    words = {**asked.words, **ask.words}
    try:
        words = _shifted(words) if is_gcj02 else words
        number, fields = _fields(ask.name, asked.id, words, version)
        return number, write_message(number, fields, version)
    except KeyError as error:
        raise Malformed(f"{ask.name} needs {error.args[0]!r}") from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise Malformed(f"{ask.name} cannot be said so: {error}") from error


def _fields(name: str, number: int, words: Words, version: int) -> tuple[int, Words]:
    match name:
        case "text":
            return number, {"flags": _flags(words, version), **words}
        case "track":
            lasts = words["lasts_s"] if words["interval_s"] else None  # 0 ends it
            return number, {**words, "lasts_s": lasts}
        case "parameters" if words.get("ids"):
            return 0x8106, {"ids": [hex(NUMBERS.get(one) or int(one, 16)) for one in words["ids"]]}
        case "set_parameters":
            named = [{"name": key, "value": value} for key, value in words["values"].items()]
            return number, {"parameters": named}
        case "circle" | "rectangle":
            return number, {"action": 1, f"{name}s": [_region(words)]}
        case "polygon":
            return number, _region(words)
    return number, words


def _flags(words: Words, version: int) -> int:
    """On the screen and read aloud; the lowest bits say how urgent, in 2019 in another way."""
    is_urgent = bool(words.get("urgent"))
    return 0x0C | ((2 if is_urgent else 1) if version >= 2019 else is_urgent)


def _region(words: Words) -> Words:
    marks = int("start" in words) | int("most_kmh" in words) << 1 | _TOLD_OF
    return {"attributes": marks, "overspeed_s": 10, "night_kmh": words.get("most_kmh", 0),
            "name": "", **words}  # fmt: skip


def _shifted(words: Words) -> Words:
    """The same with every position as a device that speaks GCJ-02 has it."""
    shifted = dict(words)
    for x, y in (("lon", "lat"), ("left", "top"), ("right", "bottom")):
        if x in words and y in words:
            shifted[x], shifted[y] = from_wgs84(words[x], words[y])
    if "points" in words:
        shifted["points"] = [_shifted(point) for point in words["points"]]
    return shifted
