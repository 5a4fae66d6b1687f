"""What a data logger can be asked or told, as data, and how it is written."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.hj212.readings import Moments
from anlan.connectors.hj212.segment import Flag, Pair, Segment, data_of
from anlan.terms.errors import Malformed
from anlan.terms.times import parse_time

_FORBIDDEN = frozenset(";,=&#\r\n")
_MOST = 9_999


class Heard(NamedTuple):
    """What a device said of itself: its system (ST), the standard it speaks, its password."""

    system: str
    version: int
    password: str


class Word(NamedTuple):
    """A word that goes with a question. name: here · field: in CP · kind: time, number or text."""

    name: str
    field: str
    kind: str
    is_needed: bool = True


_QUANTITY = Word("quantity", "PolId", "text")
_ANY_QUANTITY = _QUANTITY._replace(is_needed=False)
_SPAN = (Word("begin", "BeginTime", "time"), Word("end", "EndTime", "time"))

COMMANDS: Mapping[str, tuple[str, tuple[Word, ...]]] = {
    "read_time": ("1011", (_ANY_QUANTITY,)),
    "set_time": ("1012", (_ANY_QUANTITY, Word("time", "SystemTime", "time"))),
    "start_realtime": ("2011", ()),
    "stop_realtime": ("2012", ()),
    "read_interval": ("1061", ()),
    "set_interval": ("1062", (Word("seconds", "RtdInterval", "number"),)),
    "read_minute_interval": ("1063", ()),
    "set_minute_interval": ("1064", (Word("minutes", "MinInterval", "number"),)),
    "read_minutes": ("2051", _SPAN),
    "read_hours": ("2061", _SPAN),
    "read_days": ("2031", _SPAN),
    "read_running_times": ("2041", _SPAN),
    "start_states": ("2021", ()),
    "stop_states": ("2022", ()),
    "calibrate": ("3011", (_QUANTITY,)),
    "sample_now": ("3012", (_QUANTITY,)),
    "clean": ("3013", (_QUANTITY,)),
    "sample_to_compare": ("3014", (_QUANTITY,)),
    "keep_sample": ("3015", ()),
    "read_sampling": ("3017", (_QUANTITY,)),
    "read_serial": ("3019", (_QUANTITY,)),
    "read_info": ("3020", (_QUANTITY, Word("info", "InfoId", "text"))),
    "set_retry": (
        "1000", (Word("seconds", "OverTime", "number"), Word("times", "ReCount", "number")),
    ),
    "set_password": ("1072", (Word("password", "NewPW", "text"),)),
}  # fmt: skip
"""Name → command and words; a time is set to now where none is given."""


def question(ask: Any, whom: tuple[str, Heard], qn: str, moments: Moments) -> Segment:
    """The segment of a question; Malformed names the word that is missing or wrong."""
    device, heard = whom
    if ask.name not in COMMANDS:
        raise Malformed(f"there is no question {ask.name!r} (there are {', '.join(COMMANDS)})")
    command, words = COMMANDS[ask.name]
    pairs = [_pair(word, ask.words, moments) for word in words if _is_said(word, ask.words)]
    head = {
        "QN": qn,
        "ST": heard.system,
        "CN": command,
        "PW": heard.password,
        "MN": device,
        "Flag": str(Flag(heard.version, wants_answer=True).number),
    }
    return Segment(head, data_of([pairs] if heard.version == 0 else [[pair] for pair in pairs]))


def _is_said(word: Word, words: Mapping[str, Any]) -> bool:
    if word.is_needed and word.name not in words:
        raise Malformed(f"needs {word.name}")
    return word.name in words


def _pair(word: Word, words: Mapping[str, Any], moments: Moments) -> Pair:
    value = words[word.name]
    if word.kind == "time":
        ms = parse_time(value) if isinstance(value, str) else value
        if isinstance(ms, bool) or not isinstance(ms, int):
            raise Malformed(f"{word.name} must be a time")
        return word.field, moments.text(ms)
    text = str(value)
    if word.kind == "number" and not (text.isascii() and text.isdigit() and int(text) <= _MOST):
        raise Malformed(f"{word.name} must be a whole number up to {_MOST:,}")
    if not text or not _FORBIDDEN.isdisjoint(text):
        raise Malformed(f"{word.name} must be a text without ; , = & #")
    return word.field, text
