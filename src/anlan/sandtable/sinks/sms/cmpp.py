"""CMPP from the centre's side."""

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
    pack,
    proof_of,
)
from anlan.channels.sms.text import FLASH, piece_of
from anlan.sandtable.sinks.sms.speech import (
    Asked,
    Bye,
    Hello,
    Letter,
    Other,
    Ping,
    Thanks,
    Written,
)

_BUSY, _NOT_OURS, _WRONG_LOGIN = 8, 13, 3


class CmppSpeech:
    """CMPP 3.0 or 2.0 with one account."""

    def __init__(self, user: str, password: str, version: int = V3) -> None:
        self._user, self._password, self._version = user, password, version

    def asked(self, frame: bytes) -> Asked:
        sequence, pdu = decode(frame, self._version)
        match pdu:
            case Connect():
                proof = proof_of(self._user, self._password, pdu.timestamp)
                is_known = (pdu.source, pdu.proof) == (self._user, proof)
                return Hello(sequence, is_known and pdu.version >> 4 == self._version >> 4)
            case Submit():
                piece = piece_of(pdu.content, pdu.coding, has_header=bool(pdu.has_header))
                is_flash = pdu.coding & 0xF0 == FLASH
                return Letter(sequence, pdu.to, pdu.sender, piece, is_flash, bool(pdu.wants_report))
            case ActiveTest():
                return Ping(sequence)
            case Terminate():
                return Bye(sequence)
            case DeliverResp() if pdu.status == 0:
                return Thanks(sequence)
        return Other()

    def welcome(self, sequence: int, *, is_known: bool) -> bytes:
        status = 0 if is_known else _WRONG_LOGIN
        return encode(sequence, ConnectResp(status, version=self._version), self._version)

    def taken(self, sequence: int, name: int) -> bytes:
        return encode(sequence, SubmitResp(name), self._version)

    def refused(self, sequence: int, *, is_busy: bool) -> bytes:
        return encode(sequence, SubmitResp(0, _BUSY if is_busy else _NOT_OURS), self._version)

    def pong(self, sequence: int) -> bytes:
        return encode(sequence, ActiveTestResp(), self._version)

    def farewell(self, sequence: int) -> bytes:
        return encode(sequence, TerminateResp(), self._version)

    def report(self, sequence: int, name: int, to: str, *, state: str) -> bytes:
        told = pack(StatusReport(name, state, "2601010000", "2601010000", to), self._version)
        one = Deliver(name=name ^ (1 << 62), sender=to, is_report=1, coding=0, content=told)
        return encode(sequence, one, self._version)

    def written(self, sequence: int, name: int, one: Written) -> bytes:
        told = Deliver(
            name=name, to=one.to, sender=one.phone, coding=one.coding, content=one.body,
            has_header=int(one.has_header),
        )  # fmt: skip
        return encode(sequence, told, self._version)
