"""A data logger 数采仪 of an outlet or a station: real-time data, repeated until acknowledged.

It answers requests of its clock, intervals, real-time and history data, refuses a wrong password,
and asks for the time.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from anlan.connectors.frames import BEIJING
from anlan.connectors.hj212.cut import Cutter
from anlan.connectors.hj212.readings import Moments
from anlan.connectors.hj212.segment import Flag, Pair, Segment, data_of, pairs_in, read, write

READY, WRONG_PASSWORD, WRONG_COMMAND = 1, 3, 8
"""QnRtn."""

DONE, NO_DATA = 1, 100
"""ExeRtn."""

_PERIODS_MS = {"2051": 600_000, "2061": 3_600_000, "2031": 86_400_000}
_MOST = 10_000
Values = Mapping[str, float]
Answer = tuple[list[list[Pair]], int]
"""The data commands that are sent back, and the result."""


@dataclass
class Logger:
    """name: its MN · system: its ST · version: of its standard, 0 is 2005, 1 is 2017, 2 is 2025.

    due: what it will measure, at ms UTC; said when the time comes · flags: Flag by code where it is
    not N · off_ms: by how much its clock is wrong · say: where what it says goes.
    """

    name: str
    system: str = "32"
    password: str = "123456"  # noqa: S105 - what devices leave the factory with
    zone: tzinfo = BEIJING
    version: int = 1
    repeat_s: float = 5.0
    off_ms: int = 0
    due: deque[tuple[int, Values]] = field(default_factory=deque)
    flags: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(
        default_factory=lambda: {"RtdInterval": "30", "MinInterval": "10"}
    )
    is_silent: bool = False
    say: Callable[[bytes], None] = field(default=lambda _: None)
    unacknowledged: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    measured: deque[tuple[int, Values]] = field(default_factory=lambda: deque(maxlen=_MOST))
    _cutter: Cutter = field(default_factory=Cutter)

    def tell(self, values: Values, at_ms: int, now_ms: int) -> None:
        """Measures values by code; sends them, and again until they are acknowledged."""
        self.measured.append((at_ms, values))
        if not self.is_silent:
            self._send("2011", self._realtime(values, at_ms + self.off_ms), now_ms)

    def ask_time(self, now_ms: int) -> None:
        """Asks what time it is."""
        self._send("1013", "", now_ms)

    def begin(self, now_ms: int) -> None:
        """There is a line: what is not acknowledged is said at once."""
        self._cutter = Cutter()
        self.unacknowledged = {qn: (raw, now_ms) for qn, (raw, _) in self.unacknowledged.items()}

    def look(self, now_ms: int) -> None:
        """Says what is due, and again what has waited too long for its acknowledgement."""
        while self.due and self.due[0][0] <= now_ms:
            at_ms, values = self.due.popleft()
            self.tell(values, at_ms, now_ms)
        for qn, (raw, due_ms) in list(self.unacknowledged.items()):
            if due_ms <= now_ms:
                self.unacknowledged[qn] = raw, now_ms + round(self.repeat_s * 1000)
                self.say(raw)

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the platform says."""
        for raw, reason in self._cutter.feed(data):
            if not reason:
                segment = read(raw[6:-4].decode("gb18030", "replace"))
                self._heard(segment, dict(pairs_in(segment.data)), now_ms)

    @property
    def _moments(self) -> Moments:
        return Moments(self.zone)

    def _heard(self, segment: Segment, words: dict[str, str], now_ms: int) -> None:
        head = segment.head
        command, qn = head.get("CN", ""), head.get("QN") or words.get("QN", "")
        if command in ("9013", "9014"):
            self.unacknowledged.pop(qn, None)
            return
        if head.get("PW") != self.password:
            self._accept(qn, WRONG_PASSWORD)
        elif command in ("2012", "2022"):
            self.is_silent = self.is_silent or command == "2012"
            self._back("9013", qn)
        elif command not in _ANSWERS:
            self._accept(qn, WRONG_COMMAND)
        else:
            self._accept(qn, READY)
            answers, result = _ANSWERS[command](self, command, words, now_ms)
            for answer in answers:
                self._back(command, qn, answer)
            self._back("9012", qn, (("ExeRtn", str(result)),))

    def _accept(self, qn: str, code: int) -> None:
        self._back("9011", qn, (("QnRtn", str(code)),))

    def _back(self, command: str, qn: str, *items: Sequence[Pair]) -> None:
        """Answers a request; in 2005 its name stands among the data."""
        named = [[("QN", qn)]] if self.version == 0 else []
        flag = Flag(self.version)
        system = "91" if command[0] == "9" else self.system
        head = {"QN": qn, **self._head(command, system, flag)}
        if self.version == 0:
            del head["QN"]
        self.say(write(Segment(head, data_of([*named, *items]))))

    def _send(self, command: str, data: str, now_ms: int) -> None:
        qn_ms = now_ms
        while (qn := self._moments.text(qn_ms, with_ms=True)) in self.unacknowledged:
            qn_ms += 1
        flag = Flag(self.version, wants_answer=True)
        raw = write(Segment({"QN": qn, **self._head(command, self.system, flag)}, data))
        self.unacknowledged[qn] = raw, now_ms + round(self.repeat_s * 1000)
        if len(self.unacknowledged) > _MOST:
            del self.unacknowledged[next(iter(self.unacknowledged))]
        self.say(raw)

    def _head(self, command: str, system: str, flag: Flag) -> dict[str, str]:
        return {"ST": system, "CN": command, "PW": self.password, "MN": self.name,
                "Flag": str(flag.number)}  # fmt: skip

    def _realtime(self, values: Values, told_ms: int) -> str:
        time = [("DataTime", self._moments.text(told_ms))]
        return data_of([time, *(self._item(code, {"Rtd": v}) for code, v in values.items())])

    def _item(self, code: str, values: Values) -> list[Pair]:
        said = [(f"{code}-{kind}", f"{value:.6g}") for kind, value in values.items()]
        return [*said, (f"{code}-Flag", self.flags.get(code, "N"))]

    def _read_time(self, _: str, words: dict[str, str], now_ms: int) -> Answer:
        told = [(name, words[name]) for name in ("PolId",) if name in words]
        return [[*told, ("SystemTime", self._moments.text(now_ms + self.off_ms))]], DONE

    def _set_time(self, _: str, words: dict[str, str], now_ms: int) -> Answer:
        ms = self._moments.ms(words.get("SystemTime", ""))
        self.off_ms = (now_ms if ms is None else ms) - now_ms
        return [], DONE

    def _read_setting(self, command: str, _: dict[str, str], __: int) -> Answer:
        name = _SETTINGS[command]
        return [[(name, self.settings[name])]], DONE

    def _set(self, _: str, words: dict[str, str], __: int) -> Answer:
        self.password = words.pop("NewPW", self.password)
        self.settings |= words
        return [], DONE

    def _start(self, _: str, __: dict[str, str], ___: int) -> Answer:
        self.is_silent = False
        return [], DONE

    def _history(self, command: str, words: dict[str, str], _: int) -> Answer:
        """Smallest, mean and largest of each period that begins in the span."""
        begin, end = (self._moments.ms(words.get(name, "")) for name in ("BeginTime", "EndTime"))
        period_ms = _PERIODS_MS[command]
        by_period: dict[int, dict[str, list[float]]] = {}
        for at_ms, values in self.measured:
            start_ms = self._start_of(at_ms, period_ms)
            if begin is not None and end is not None and begin <= start_ms <= end:
                kept = by_period.setdefault(start_ms, {})
                for code, value in values.items():
                    kept.setdefault(code, []).append(value)
        rows = [self._period(*one) for one in sorted(by_period.items())]
        return rows, DONE if rows else NO_DATA

    def _start_of(self, at_ms: int, period_ms: int) -> int:
        """The start of a period on the device's clock: a day begins at its midnight."""
        text = self._moments.text(at_ms)
        midnight = self._moments.ms(f"{text[:8]}000000") or 0
        return midnight + (at_ms - midnight) // period_ms * period_ms

    def _period(self, start_ms: int, values: dict[str, list[float]]) -> list[Pair]:
        pairs = [("DataTime", self._moments.text(start_ms))]
        for code, course in values.items():
            mean = math.fsum(course) / len(course)
            pairs += self._item(code, {"Min": min(course), "Avg": mean, "Max": max(course)})
        return pairs


_SETTINGS = {"1061": "RtdInterval", "1063": "MinInterval"}
_ANSWERS: dict[str, Callable[[Logger, str, dict[str, str], int], Answer]] = {
    "1000": Logger._set, "1011": Logger._read_time, "1012": Logger._set_time,
    "1061": Logger._read_setting, "1062": Logger._set, "1063": Logger._read_setting,
    "1064": Logger._set, "1072": Logger._set, "2011": Logger._start,
    "2051": Logger._history, "2061": Logger._history, "2031": Logger._history,
}  # fmt: skip
