"""SMPP from the centre's side."""

from anlan.channels.sms.number import number_of
from anlan.channels.sms.smpp.pdus import (
    RECEIPTED,
    STATE,
    Bind,
    BindResp,
    Deliver,
    DeliverResp,
    EnquireLink,
    EnquireLinkResp,
    Submit,
    SubmitResp,
    Unbind,
    UnbindResp,
    decode,
    encode,
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

_BUSY, _WRONG_NUMBER, _WRONG_LOGIN = 0x58, 0x0B, 0x0E
_HEADER, _RECEIPT = 0x40, 0x04
_STATES = {"DELIVRD": 2, "UNDELIV": 5}


class SmppSpeech:
    """SMPP 3.4 with one account."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password

    def asked(self, frame: bytes) -> Asked:
        unit = decode(frame)
        match unit.pdu:
            case Bind(user, password):
                return Hello(unit.sequence, (user, password) == (self._user, self._password))
            case Submit() as one:
                has_header = bool(one.esm_class & _HEADER)
                piece = piece_of(one.body, one.coding, has_header=has_header)
                is_flash = one.coding & 0xF0 == FLASH
                wants_report = bool(one.wants_report & 1)
                return Letter(
                    unit.sequence, (one.to,), one.sender, piece, is_flash, wants_report
                )  # fmt: skip
            case EnquireLink():
                return Ping(unit.sequence)
            case Unbind():
                return Bye(unit.sequence)
            case DeliverResp() if unit.status == 0:
                return Thanks(unit.sequence)
        return Other()

    def welcome(self, sequence: int, *, is_known: bool) -> bytes:
        return encode(sequence, BindResp("anlan"), 0 if is_known else _WRONG_LOGIN)

    def taken(self, sequence: int, name: int) -> bytes:
        return encode(sequence, SubmitResp(f"{name:x}"))

    def refused(self, sequence: int, *, is_busy: bool) -> bytes:
        return encode(sequence, SubmitResp(), _BUSY if is_busy else _WRONG_NUMBER)

    def pong(self, sequence: int) -> bytes:
        return encode(sequence, EnquireLinkResp())

    def farewell(self, sequence: int) -> bytes:
        return encode(sequence, UnbindResp())

    def report(self, sequence: int, name: int, to: str, *, state: str) -> bytes:
        called = f"{name:x}"
        told = f"id:{called} sub:001 dlvrd:001 stat:{state} err:000 text:"
        options = (
            (RECEIPTED, called.encode() + b"\0"),
            (STATE, bytes([_STATES.get(state, 7)])),
        )
        one = Deliver(
            sender=to, from_ton=1, from_npi=1, esm_class=_RECEIPT, content=told.encode(),
            options=options,
        )  # fmt: skip
        return encode(sequence, one)

    def written(self, sequence: int, name: int, one: Written) -> bytes:
        told = Deliver(
            sender=_abroad(one.phone), from_ton=1, from_npi=1, to=one.to, coding=one.coding,
            content=one.body, esm_class=_HEADER if one.has_header else 0,
        )  # fmt: skip
        return encode(sequence, told)


def _abroad(phone: str) -> str:
    """The number with its country, as a type of number 1 has it."""
    found = number_of(phone)
    return found.international if found else phone
