"""What can be asked of a lower platform and of its vehicles, as data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.frames import Ask
from anlan.connectors.jt809.tables import write_message
from anlan.terms.errors import Malformed


class Question(NamedTuple):
    """id: of our message · answered: by which, 0 for none · words: what stands in it unless told.

    is_platform: it is put to the platform, and not about a vehicle.
    """

    id: int
    answered: int = 0
    words: Mapping[str, Any] = {}
    is_platform: bool = False


_ANY = {"media": 0, "stream": 0, "storage": 0}
_VIDEO = {"channel": 1, "code": "", "gnss": None}

ASKS: dict[str, Question] = {
    "text": Question(0x9503, 0x1503, {"priority": 1}),
    "photo": Question(0x9502, 0x1502, {"lens": 1, "size": 2}),
    "listen": Question(0x9501, 0x1501),
    "record": Question(0x9504, 0x1504, {"most": 1000}),
    "vehicle": Question(0x9601, 0x1601),
    "driver": Question(0x920A, 0x120A, {"flag": 0}),
    "waybill": Question(0x920B, 0x120B),
    "start_exchange": Question(0x9205, 0x1205, {"reason": 1}),
    "end_exchange": Question(0x9206, 0x1206, {"reason": 1}),
    "supervise": Question(
        0x9401, 0x1401, {"from": 3, "level": 1, "supervisor": "", "phone": "", "mail": ""}
    ),
    "live": Question(0x9801, 0x1801, {"media": 0, **_VIDEO}),
    "end_live": Question(0x9802, 0x1802, {"channel": 1, "media": 0}),
    "records": Question(0x9902, 0x1902, {"alarms": 0, **_ANY, **_VIDEO}),
    "playback": Question(0x9A01, 0x1A01, {**_ANY, **_VIDEO}),
    "control_playback": Question(0x9A02, 0x1A02, {"command": 0, "speed": 0, "time": 0}),
    "duty": Question(
        0x9301, 0x1301, {"object_type": 1, "object": "", "within_s": 60}, is_platform=True
    ),
    "platform_text": Question(
        0x9302, 0x1302, {"object_type": 1, "object": ""}, is_platform=True
    ),
}  # fmt: skip

ALSO = {0x1411: 0x1401}
"""Answers of 2019 → what they were in 2011."""


def body_of(ask: Ask, sn: int, edition: int) -> tuple[Question, bytes]:
    """The question of an ask and its body; Malformed for what it lacks or cannot be said.

    sn: of our message, which is also the number of what is said in it.
    """
    question = ASKS.get(ask.name)
    if question is None:
        names = ", ".join(ASKS)
        raise Malformed(f"a lower platform cannot be asked for {ask.name!r} (but {names})")
    words = {"info": sn, "text_sn": sn, "supervision": sn, **question.words, **ask.words}
    try:
        return question, write_message(question.id, words, edition)
    except KeyError as error:
        raise Malformed(f"{ask.name} needs {error.args[0]!r}") from error
    except (AttributeError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise Malformed(f"{ask.name} cannot be said so: {error}") from error
