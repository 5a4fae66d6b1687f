"""SMPP as the session speaks it: one connection that sends and receives."""

import re
from datetime import datetime

from anlan.channels import Fault
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
from anlan.channels.sms.smpp.pdus import (
    RECEIPTED,
    SAR_MARK,
    SAR_NUMBER,
    SAR_TOTAL,
    STATE,
    Bind,
    BindResp,
    Deliver,
    DeliverResp,
    EnquireLink,
    EnquireLinkResp,
    Nack,
    Submit,
    SubmitResp,
    Unbind,
    UnbindResp,
    decode,
    encode,
)
from anlan.channels.sms.text import Part, Piece, piece_of

_HAS_HEADER, _KIND, _RECEIPT = 0x40, 0x3C, 0x04
_BUSY, _CONTENT, _RECIPIENT = (0x08, 0x14, 0x45, 0x58), (0x01,), (0x0B, 0x33)
_STATES = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD",
           7: "UNKNOWN", 8: "REJECTD"}  # fmt: skip
_ON_ITS_WAY = ("ENROUTE", "ACCEPTD", "UNKNOWN")
_TOLD = re.compile(r"id:(\S+).*?\bstat:(\w+)", re.IGNORECASE | re.DOTALL)


class Smpp:
    """The octets of each verb."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def login(self, sequence: int, now: datetime) -> bytes:
        one = self._settings
        return encode(sequence, Bind(one.user, one.password, one.service))

    def submit(self, sequence: int, to: Number, part: Part) -> bytes:
        sender = self._settings.sender
        is_name = not sender.isdigit() and bool(sender)
        one = Submit(
            sender=sender, from_ton=5 if is_name else 0, from_npi=0 if is_name else 1,
            to=to.international, esm_class=_HAS_HEADER if part.total > 1 else 0,
            wants_report=int(self._settings.wants_reports), coding=part.coding, content=part.body,
        )  # fmt: skip
        return encode(sequence, one)

    def ping(self, sequence: int) -> bytes:
        return encode(sequence, EnquireLink())

    def pong(self, sequence: int) -> bytes:
        return encode(sequence, EnquireLinkResp())

    def goodbye(self, sequence: int) -> bytes:
        return encode(sequence, Unbind())

    def farewell(self, sequence: int) -> bytes:
        return encode(sequence, UnbindResp())

    def said(self, frame: bytes) -> Said:
        unit = decode(frame)
        match unit.pdu:
            case BindResp():
                return Welcome(unit.status)
            case SubmitResp():
                return Answer(unit.sequence, unit.status, unit.pdu.name)
            case Nack():
                return Answer(unit.sequence, unit.status or 0xFF)
            case EnquireLink():
                return Ping(unit.sequence)
            case EnquireLinkResp():
                return Pong()
            case Unbind():
                return Bye(unit.sequence)
            case Deliver():
                return _word(unit.sequence, unit.pdu)
        return Strange()

    def fault_of(self, status: int) -> tuple[Fault, bool]:
        """By SMPP 3.4, 5.1.3; what is of our own settings may be mended, so is tried."""
        if status in _RECIPIENT:
            return Fault.RECIPIENT, True
        if status in _CONTENT:
            return Fault.CONTENT, True
        return (Fault.BUSY if status in _BUSY else Fault.SETTINGS), False


def _word(sequence: int, one: Deliver) -> Word:
    thanks = encode(sequence, DeliverResp())
    sender = ("+" if one.from_ton == 1 else "") + one.sender
    if one.esm_class & _KIND == _RECEIPT:
        report = _report(one)
        return Word(sender, thanks, report=report)
    return Word(sender, thanks, piece=_piece(one))


def _piece(one: Deliver) -> Piece:
    """A text, in parts by a header of its own or by the parameters for it."""
    piece = piece_of(one.body, one.coding, has_header=bool(one.esm_class & _HAS_HEADER))
    told = {tag: int.from_bytes(value) for tag, value in one.options}
    number, total = told.get(SAR_NUMBER, 1), told.get(SAR_TOTAL, 1)
    if 1 <= number <= total <= 255 and SAR_MARK in told:
        return Piece(piece.text, told[SAR_MARK], number, total)
    return piece


def _report(one: Deliver) -> Report | None:
    """What a receipt says: by its parameters, else by its text (SMPP 3.4, appendix B)."""
    options = dict(one.options)
    text = _TOLD.search(one.body.decode("latin-1"))
    name = options.get(RECEIPTED, b"").rstrip(b"\0").decode("latin-1") or (text[1] if text else "")
    state = _STATES.get(int.from_bytes(options.get(STATE, b"")), text[2].upper() if text else "")
    if not name or not state:
        return None
    known = {"DELIVRD": Fate.DELIVERED, **dict.fromkeys(_ON_ITS_WAY, Fate.ON_ITS_WAY)}
    return Report(name, known.get(state, Fate.LOST), state)
