"""What a camera, a recorder or a platform below can be asked, as data, and how it is written.

Words: channel, where it is not the device itself · begin, end: times · the others stand with their
question. How a stream is asked for: `calls`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from anlan.connectors.gb28181.manscdp.ptz import command_for, write_ptz
from anlan.connectors.gb28181.manscdp.xml import write_xml
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown, time_in

Pairs = list[tuple[str, Any]]
_MOST_S = 7 * 86_400
_RECORDS = ("all", "time", "alarm", "manual")


class Question(NamedTuple):
    """root: of its text · command: CmdType · make: what else stands in it · event: of a
    subscription · is_told: the device answers by a text, not only that it has heard."""

    root: str
    command: str
    make: Callable[[Mapping[str, Any], tzinfo], Pairs]
    event: str = ""
    is_told: bool = False


def _nothing(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    return []


def _span(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    begin, end = span_of(words)
    local = [datetime.fromtimestamp(s, zone).replace(tzinfo=None).isoformat() for s in (begin, end)]
    return [("StartTime", local[0]), ("EndTime", local[1])]


def _records(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    kind = words.get("type", "all")
    if kind not in _RECORDS:
        raise Malformed(f"type must be one of {', '.join(_RECORDS)}: {shown(kind)}")
    return [*_span(words, zone), ("Secrecy", 0), ("Type", kind)]


def _catalogue(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    return _span(words, zone) if "begin" in words else []


def _turn(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    return [("PTZCmd", write_ptz(command_for(words))), ("Info", [("ControlPriority", 5)])]


def _interval(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    return [("Interval", whole(words, "interval", 86_400, usual=5, least=1))]


def _alarms(words: Mapping[str, Any], zone: tzinfo) -> Pairs:
    return [
        ("StartAlarmPriority", 0), ("EndAlarmPriority", 0), ("AlarmMethod", 0),
    ]  # fmt: skip


def _said(name: str, value: str) -> Callable[[Mapping[str, Any], tzinfo], Pairs]:
    return lambda words, zone: [(name, value)]


_CONTROL = "DeviceControl"
QUESTIONS: Mapping[str, Question] = {
    "catalogue": Question("Query", "Catalog", _catalogue, is_told=True),
    "info": Question("Query", "DeviceInfo", _nothing, is_told=True),
    "status": Question("Query", "DeviceStatus", _nothing, is_told=True),
    "records": Question("Query", "RecordInfo", _records, is_told=True),
    "presets": Question("Query", "PresetQuery", _nothing, is_told=True),
    "ptz": Question("Control", _CONTROL, _turn),
    "reboot": Question("Control", _CONTROL, _said("TeleBoot", "Boot")),
    "keyframe": Question("Control", _CONTROL, _said("IFameCmd", "Send")),
    "start_recording": Question("Control", _CONTROL, _said("RecordCmd", "Record")),
    "stop_recording": Question("Control", _CONTROL, _said("RecordCmd", "StopRecord")),
    "guard": Question("Control", _CONTROL, _said("GuardCmd", "SetGuard")),
    "unguard": Question("Control", _CONTROL, _said("GuardCmd", "ResetGuard")),
    "reset_alarm": Question("Control", _CONTROL, _said("AlarmCmd", "ResetAlarm")),
    "alarms": Question("Query", "Alarm", _alarms, event="presence"),
    "positions": Question("Query", "MobilePosition", _interval, event="presence"),
    "changes": Question("Query", "Catalog", _nothing, event="Catalog"),
}
"""`IFameCmd` is spelled so in the standard."""

LIVE, PLAYBACK, STOP = "play", "playback", "stop"
RTSP = {"pause": "PAUSE", "resume": "PLAY", "seek": "PLAY", "pace": "PLAY"}
NAMES = (*QUESTIONS, LIVE, PLAYBACK, STOP, *RTSP)


def text_of(question: Question, channel: str, number: int, pairs: Sequence[Any]) -> bytes:
    """The text of a question. number: its SN."""
    first = [("CmdType", question.command), ("SN", number), ("DeviceID", channel)]
    return write_xml(question.root, [*first, *pairs])


def span_of(words: Mapping[str, Any]) -> tuple[int, int]:
    """Unix seconds of begin and end."""
    for name in ("begin", "end"):
        if name not in words:
            raise Malformed(f"needs {name}")
    begin, end = (time_in(words[name], name) // 1000 for name in ("begin", "end"))
    if not 0 < begin < end < 1 << 32:
        raise Malformed("begin must be before end")
    return begin, end


def whole(
    words: Mapping[str, Any], name: str, most: int, *, usual: int | None = None, least: int = 0
) -> int:
    """A whole number among the words."""
    value = words.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed(f"{name} must be a whole number from {least} to {most}: {shown(value)}")
    return value


def channel_of(words: Mapping[str, Any], device: str) -> str:
    """The channel that is meant: the device itself where none is named."""
    channel = str(words.get("channel", device))
    if not (channel.isascii() and channel.isalnum() and len(channel) <= 40):
        raise Malformed(f"channel is no identifier: {shown(channel)}")
    return channel


def seconds_of(words: Mapping[str, Any]) -> int:
    """For how long a subscription is to last; 0 ends it."""
    return whole(words, "seconds", _MOST_S, usual=3_600)


def rtsp_of(name: str, words: Mapping[str, Any], number: int) -> bytes:
    """How a recording is played: `pause`, `resume`, `seek` to `seconds` of it, `pace` by
    `factor`."""
    lines = [f"{RTSP[name]} RTSP/1.0", f"CSeq: {number}"]
    if name == "pause":
        lines.append("PauseTime: now")
    elif name == "pace":
        factor = words.get("factor")
        if isinstance(factor, bool) or not isinstance(factor, int | float):
            raise Malformed("factor must be a number, 0.25 to 32")
        if not 0.25 <= abs(factor) <= 32:
            raise Malformed(f"factor must be a number, 0.25 to 32: {shown(factor)}")
        lines.append(f"Scale: {factor:g}")
    else:
        at = whole(words, "seconds", 1 << 31) if name == "seek" else "now"
        lines.append(f"Range: npt={at}-")
    return "\r\n".join([*lines, "", ""]).encode()
