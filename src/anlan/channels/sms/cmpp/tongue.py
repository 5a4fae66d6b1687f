"""CMPP as the session speaks it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from anlan.channels import Fault
from anlan.channels.sms.cmpp.pdus import (
    V3,
    ActiveTest,
    ActiveTestResp,
    Connect,
    ConnectResp,
    Deliver,
    DeliverResp,
    StatusReport,
    Submit,
    SubmitResp,
    Terminate,
    TerminateResp,
    decode,
    encode,
    proof_of,
    unpack,
)
from anlan.channels.sms.number import Number
from anlan.channels.sms.said import (
    Answer,
    Bye,
    Fate,
    Ping,
    Pong,
    Report,
    Said,
    Strange,
    Welcome,
    Word,
)
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.text import Part, piece_of
from anlan.terms.errors import Malformed

_BUSY, _CONTENT, _RECIPIENT = (8,), (6,), (9, 13)
_ON_ITS_WAY = ("ACCEPTD", "ENROUTE", "UNKNOWN")
_CHINA = ZoneInfo("Asia/Shanghai")


class Cmpp:
    """The octets of each verb; version: `V3` or `V2`."""

    def __init__(self, settings: Settings, version: int = V3) -> None:
        self._settings, self._version = settings, version

    def login(self, sequence: int, now: datetime) -> bytes:
        stamp = int(f"{now.astimezone(_CHINA):%m%d%H%M%S}")
        user = self._settings.user
        proof = proof_of(user, self._settings.password, stamp)
        return encode(sequence, Connect(user, proof, self._version, stamp), self._version)

    def submit(self, sequence: int, to: Number, part: Part) -> bytes:
        one = Submit(
            total=part.total, number=part.number, has_header=int(part.total > 1),
            wants_report=int(self._settings.wants_reports), coding=part.coding,
            service=self._settings.service, source=self._settings.user,
            sender=self._settings.sender, to=(to.digits if to.country else to.international,),
            content=part.body,
        )  # fmt: skip
        return encode(sequence, one, self._version)

    def ping(self, sequence: int) -> bytes:
        return encode(sequence, ActiveTest(), self._version)

    def pong(self, sequence: int) -> bytes:
        return encode(sequence, ActiveTestResp(), self._version)

    def goodbye(self, sequence: int) -> bytes:
        return encode(sequence, Terminate(), self._version)

    def farewell(self, sequence: int) -> bytes:
        return encode(sequence, TerminateResp(), self._version)

    def said(self, frame: bytes) -> Said:
        sequence, pdu = decode(frame, self._version)
        match pdu:
            case ConnectResp():
                return Welcome(pdu.status)
            case SubmitResp():
                return Answer(sequence, pdu.status, str(pdu.name))
            case ActiveTest():
                return Ping(sequence)
            case ActiveTestResp():
                return Pong()
            case Terminate():
                return Bye(sequence)
            case Deliver():
                return self._word(sequence, pdu)
        return Strange()

    def fault_of(self, status: int) -> tuple[Fault, bool]:
        """By the table of SUBMIT_RESP; what is of our own settings may be mended, so is tried."""
        if status in _RECIPIENT:
            return Fault.RECIPIENT, True
        if status in _CONTENT:
            return Fault.CONTENT, True
        return (Fault.BUSY if status in _BUSY else Fault.SETTINGS), False

    def _word(self, sequence: int, one: Deliver) -> Word:
        thanks = encode(sequence, DeliverResp(one.name), self._version)
        if one.is_report:
            return Word(one.sender, thanks, str(one.name), report=self._report(one.content))
        piece = piece_of(one.content, one.coding, has_header=bool(one.has_header))
        return Word(one.sender, thanks, str(one.name), piece=piece)

    def _report(self, content: bytes) -> Report:
        """Raises Malformed for a content that is no report."""
        told: StatusReport = unpack(StatusReport, content, self._version)
        if not told.name:
            raise Malformed("a report of nothing", where="cmpp")
        state = told.state.strip()
        known = {"DELIVRD": Fate.DELIVERED, **dict.fromkeys(_ON_ITS_WAY, Fate.ON_ITS_WAY)}
        return Report(str(told.name), known.get(state, Fate.LOST), state)
