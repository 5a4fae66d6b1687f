"""One conversation with data loggers: what they send is judged and answered, and they are asked."""

from msgspec.structs import replace

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.hj212.asks import Heard, question
from anlan.connectors.hj212.codes import NOTICES, SUCCESS
from anlan.connectors.hj212.cut import Cutter
from anlan.connectors.hj212.decode import Reader
from anlan.connectors.hj212.segment import Flag, Segment, data_of, write
from anlan.terms.errors import Malformed

_MOST_DEVICES, _MOST_ASKED, _LONGEST = 4_096, 256, 64
_NEW = 14
"""Characters of a device's name until 2017."""

_ANSWERS = frozenset(("9011", "9012", "9013", "9014"))
_WANTS_TIME = "1013"


class Talk:
    """One conversation, in which one or more devices speak."""

    def __init__(self, way: Way) -> None:
        self._cutter, self._reader = Cutter(), Reader(way.zone)
        self._password = str(way.words.get("password", ""))
        self._heard: dict[str, Heard] = {}
        self._asked: dict[str, None] = {}

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete by now, in order."""
        return [self._judged(raw, reason) for raw, reason in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        """What was begun, as it stands."""
        return [self._judged(raw, reason) for raw, reason in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """9014 to data and 9013 to a notice, where its Flag asks; a device that wants the time is
        told it as well. A packet without a time, of which none before it came, is not answered:
        it must come again.
        """
        command = frame.header.get("CN", "")
        wants = frame.is_ok and frame.header.get("flag_ack") is True and _is_named(frame)
        if not wants or command in _ANSWERS or "waits" in frame.header:
            return b""
        said = _reply(frame, "9013" if command in NOTICES else "9014")
        if command == _WANTS_TIME and frame.device in self._heard:
            words = {"device": frame.device, "time": now_ms}
            said += self.ask(Ask("set_time", words), now_ms)[1]
        return said

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Nothing: what is not answered is kept and sent again, CN=1000 says how often."""
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """The question's QN, and its frame. Words: device, where more than one was heard; those
        of the question. Malformed where the device has sent nothing yet in this conversation.
        """
        device = str(ask.words.get("device") or next(reversed(self._heard), ""))
        heard = self._heard.get(device)
        if heard is None:
            raise Malformed(f"{device or 'the device'} has not spoken yet in this conversation")
        if self._password:
            heard = heard._replace(password=self._password)
        words = {"time": now_ms, **ask.words} if ask.name == "set_time" else ask.words
        qn = self._free_qn(now_ms)
        said = write(question(ask._replace(words=words), (device, heard), qn, self._reader.moments))
        self._asked[qn] = None
        if len(self._asked) > _MOST_ASKED:
            del self._asked[next(iter(self._asked))]
        return qn, said

    def _free_qn(self, now_ms: int) -> str:
        """The moment, as names of requests are; the next that is free."""
        while (qn := self._reader.moments.text(now_ms, with_ms=True)) in self._asked:
            now_ms += 1
        return qn

    def _judged(self, raw: bytes, reason: str) -> Frame:
        frame = Frame(raw, reason) if reason else self._reader.frame(raw)
        if frame.is_ok:
            self._hear(frame)
            asked = self._answered(frame)
            return replace(frame, ask=asked) if asked else frame
        return frame

    def _hear(self, frame: Frame) -> None:
        """Keeps what is needed to speak to the device; the one heard last stands last."""
        head, device = frame.header, frame.device
        system, password = head.get("ST", ""), head.get("PW", "")
        if not _is_named(frame) or system == "91" or len(system) > _LONGEST:
            return
        version = head.get("flag_version")
        if not isinstance(version, int):
            version = int(len(device) > _NEW)
        self._heard.pop(device, None)
        self._heard[device] = Heard(system, version, password)
        if len(self._heard) > _MOST_DEVICES:
            del self._heard[next(iter(self._heard))]

    def _answered(self, frame: Frame) -> str:
        """The question that a frame answers for good: its data, its result, or its refusal."""
        command, qn = frame.header["CN"], frame.header.get("QN", "")
        if not qn and (self._asked or command in _ANSWERS):
            told = frame.fields["CP"].get("QN")
            qn = told if isinstance(told, str) else ""
        if command == "9011":
            return "" if frame.fields.get("result", {}).get("code") == SUCCESS else qn
        return qn if command == "9012" or qn in self._asked else ""


def _is_named(frame: Frame) -> bool:
    """Whether what is said back could bear its names, which no device has longer."""
    names = (frame.device, frame.header.get("PW", ""), frame.header.get("QN", ""))
    return bool(frame.device) and max(map(len, names)) <= _LONGEST


def _reply(frame: Frame, command: str) -> bytes:
    """What is said to a frame; in 2005 its name stood among the data."""
    head = frame.header
    flag = Flag(head["flag_version"])
    named = {"QN": str(head["QN"])} if "QN" in head else {}
    is_old = flag.version == 0
    rest = {"ST": "91", "CN": command, "PW": str(head.get("PW", "")), "MN": frame.device}
    segment = Segment(
        ({} if is_old else named) | rest | {"Flag": str(flag.number)},
        data_of([list(named.items())]) if is_old else "",
    )
    charset = head.get("charset", "")
    return write(segment, charset if charset == "GB18030" else "utf-8")
