"""Names of files: a message's, and those of what is attached to it.

33000041600000_20121025091026_11B01_BLUE_ALERT.XML: who issued, when it was signed (Beijing time),
event type, colour, kind of message. An attachment adds its kind (P a scan of the approval on
paper, O another) and its number: …_ALERT_O_01.jpg.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from anlan.cap.message import moment_of
from anlan.cap.national.identifier import digits_of, is_unit, moment_in
from anlan.cap.national.notice import Notice, colour_of, event_code_of
from anlan.terms.errors import Malformed

source = "the naming rules of the 12379 interface, as two public clients quote them"

_NAME = re.compile(
    r"(?P<unit>\d{14})_(?P<at>\d{14})_(?P<event>\w{5})_(?P<colour>RED|ORANGE|YELLOW|BLUE|UNKNOWN)"
    r"_(?P<kind>[A-Z]+?)(?:_(?P<attached>[PO])_(?P<number>\d{2}))?\.(?P<suffix>\w{1,8})",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What the name of a file says.

    signed_at: aware · event: five characters · colour, kind: as in the message · attached: P, O,
    or None for the message itself · number: 0 to 99 · suffix: without its dot.
    """

    unit: str
    signed_at: datetime
    event: str
    colour: str
    kind: str
    attached: str | None = None
    number: int = 0
    suffix: str = "XML"

    @property
    def text(self) -> str:
        stem = [
            self.unit,
            digits_of(self.signed_at),
            self.event,
            self.colour.upper(),
            self.kind.upper(),
        ]
        attached = [self.attached, f"{self.number:02}"] if self.attached else []
        return f"{'_'.join([*stem, *attached])}.{self.suffix}"


def name_of(notice: Notice) -> FileName:
    """The name of a message's file; Malformed where the message cannot be named."""
    info = notice.info
    code = event_code_of(info) if info is not None else None
    signed_at = moment_of((info.effective if info else None) or notice.alert.sent)
    if info is None or code is None or signed_at is None:
        raise Malformed("a message without an event type or a time cannot be named")
    return FileName(
        unit=notice.unit,
        signed_at=signed_at,
        event=code,
        colour=colour_of(info),
        kind=notice.alert.msg_type,
    )


def attachment_of(name: FileName, number: int, suffix: str, *, is_paper: bool = False) -> FileName:
    """The name of a file that belongs to a message; Malformed for a number beyond 99."""
    if not 0 <= number <= 99 or not re.fullmatch(r"\w{1,8}", suffix, re.ASCII):
        raise Malformed(f"an attachment has a number from 0 to 99 and a suffix: {number}, {suffix}")
    return FileName(
        unit=name.unit,
        signed_at=name.signed_at,
        event=name.event,
        colour=name.colour,
        kind=name.kind,
        attached="P" if is_paper else "O",
        number=number,
        suffix=suffix,
    )


def read_name(text: str) -> FileName:
    """What a name says; Malformed for one that is not of the form."""
    match = _NAME.fullmatch(text)
    if match is None or not is_unit(match["unit"]):
        raise Malformed(f"not the name of a national message's file: {text[:80]!r}")
    return FileName(
        unit=match["unit"],
        signed_at=moment_in(match["at"]),
        event=match["event"].upper(),
        colour=match["colour"].capitalize(),
        kind=match["kind"].capitalize(),
        attached=match["attached"].upper() if match["attached"] else None,
        number=int(match["number"] or 0),
        suffix=match["suffix"],
    )
