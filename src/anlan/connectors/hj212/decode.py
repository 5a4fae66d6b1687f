"""A right frame → what it says."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from anlan.connectors.frames import Frame
from anlan.connectors.hj212.codes import ACCEPTED, DOWN, EXECUTED, SYSTEMS, UP, VERSIONS
from anlan.connectors.hj212.quantities import described
from anlan.connectors.hj212.readings import Moments, Origin, survey
from anlan.connectors.hj212.segment import Flag, Pair, flag_of, pairs_in
from anlan.connectors.hj212.segment import read as read_segment

_HEAD, _SUM = 6, 4
_MOST_SPLIT, _LONGEST = 256, 64
_QUESTION = {"PolId", "BeginTime", "EndTime", "InfoId"}
_RESULTS = {"QnRtn": ACCEPTED, "ExeRtn": EXECUTED}
_TIME = "DataTime"


class Reader:
    """Reads frames of one conversation: of data that was split, later packets lack the time."""

    def __init__(self, zone: tzinfo) -> None:
        self.moments = Moments(zone)
        self._times: dict[tuple[str, str, str], str] = {}

    def frame(self, raw: bytes) -> Frame:
        """The frame of bytes whose length and check sum are right."""
        text, charset = _text(raw[_HEAD:-_SUM])
        head, data = read_segment(text)
        if "CN" not in head:
            return Frame(raw, "no data segment of HJ 212: it names no command (CN)")
        pairs = pairs_in(data) if data else []
        flag = flag_of(head.get("Flag", ""))
        fields = _told(head, pairs)
        if charset:
            fields["charset"] = charset
        if flag is not None:
            fields["version"] = VERSIONS.get(flag.version, str(flag.version))
        found = survey(self._origin(head, pairs, fields), pairs, self.moments)
        fields["CP"] = found.tree
        if found.marks:
            fields["marks"] = found.marks
        names = described(code for code, value in found.tree.items() if type(value) is dict)
        if names:
            fields["quantities"] = names
        return Frame(
            raw, "", head.get("MN", ""), _header(head, flag), fields, found.readings,
            fault="; ".join(found.faults),
        )  # fmt: skip

    def _origin(self, head: Mapping[str, str], pairs: list[Pair], fields: dict[str, Any]) -> Origin:
        """Whose data it is; a packet without a time is of the time of one before it."""
        device, command = head.get("MN", ""), head["CN"]
        if len(command) != 4 or command[0] != "2":
            return Origin()
        told = ""
        if "PNO" in head or "PNUM" in head:
            fields |= {"packet": _number(head.get("PNO")), "packets": _number(head.get("PNUM"))}
            told = self._time_of(device, command, head.get("PNUM", ""), pairs)
            if not told:
                fields["waits"] = True
        return Origin(device, command, told)

    def _time_of(self, device: str, command: str, packets: str, pairs: list[Pair]) -> str:
        """The time of data that came in packets; empty where none has told it yet."""
        of = (device[:_LONGEST], command, packets[:_LONGEST])
        told = next((text for name, text in pairs if name == _TIME), "")
        if told and len(told) < _LONGEST:
            self._times.pop(of, None)
            self._times[of] = told
            if len(self._times) > _MOST_SPLIT:
                del self._times[next(iter(self._times))]
        return told or self._times.get(of, "")


def _text(data: bytes) -> tuple[str, str]:
    """Text and charset of a segment: empty for ASCII, which nearly all are."""
    if data.isascii():
        return data.decode("ascii"), ""
    for charset in ("UTF-8", "GB18030"):
        try:
            return data.decode(charset), charset
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", "backslashreplace"), "unknown"


def _header(head: Mapping[str, str], flag: Flag | None) -> dict[str, Any]:
    header: dict[str, Any] = {**head}
    if flag is not None:
        version, is_split, wants_answer = flag
        header["Flag"] = flag.number
        header["flag_version"] = version
        header["flag_split"] = is_split
        header["flag_ack"] = wants_answer
    return header


def _told(head: Mapping[str, str], pairs: list[Pair]) -> dict[str, Any]:
    """What the codes mean; and whether the data could be read into fields, or not at all."""
    command, system = head["CN"], head.get("ST", "")
    is_answer = bool(pairs) and not _QUESTION.issuperset(name for name, _ in pairs)
    one, other = (UP, DOWN) if is_answer else (DOWN, UP)
    is_read = not pairs or any(value for _, value in pairs)
    fields: dict[str, Any] = {"parse": "fields" if is_read else "raw"}
    name = one.get(command) or other.get(command)
    if name:
        fields["command"] = name
    if system in SYSTEMS:
        fields["system"] = SYSTEMS[system]
    for name, value in pairs if command in ("9011", "9012") else ():
        if name in _RESULTS:
            code = _number(value)
            fields["result"] = {"code": code, "text": _RESULTS[name].get(code or 0, "")}
    return fields


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
