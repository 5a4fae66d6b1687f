"""A national message as a frozen value: a CAP message, and what CAP has no place for."""

from dataclasses import dataclass

from anlan.cap.message import Alert, Info
from anlan.cap.national.colours import COLOURS, level_of_severity
from anlan.cap.national.events import event_named, event_of
from anlan.cap.national.identifier import read_identifier
from anlan.terms.levels import Level

EVENT_TYPE = "eventType"
"""The name of the event code in CAP: that of the national field."""

GEOCODE = "CPEAS Geographic Code"
"""The name of region codes in CAP, as the China Meteorological Administration writes them."""

WAYS = {
    "SMS": "短信",
    "LED": "电子显示屏",
    "SPEAKER": "大喇叭",
    "TV": "电视台",
    "BROADCAST": "广播电台",
    "WEB": "网站",
    "PHONE": "电话",
    "FAX": "传真",
}
"""Ways to people that the interface names; it may be given others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to people: its name, what is said there, and to whom.

    message: None says the description · groups, persons: the national system's own identifiers.
    """

    name: str
    message: str | None = None
    groups: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One national message.

    unit: code of who issues, 14 digits · signer: who signed it there · secrecy: None or Inner,
    as the field says; None where it says nothing.
    """

    alert: Alert
    unit: str
    signer: str
    phone: str | None = None
    ways: tuple[Way, ...] = ()
    secrecy: str | None = None

    @property
    def info(self) -> Info | None:
        """The one that is told: in Chinese, else the first."""
        spoken = [i for i in self.alert.info if i.spoken.casefold().startswith("zh")]
        return next(iter([*spoken, *self.alert.info]), None)


def notice_of(
    alert: Alert, signer: str, ways: tuple[Way, ...] = (), phone: str | None = None
) -> Notice:
    """A CAP message as a national one; the unit is that of its identifier.

    Raises Malformed where the identifier is no national one.
    """
    unit = read_identifier(alert.identifier).unit
    return Notice(alert=alert, unit=unit, signer=signer, ways=ways, phone=phone)


def event_code_of(info: Info) -> str | None:
    """The national code of an event: as the message says, else by its name; None without."""
    for pair in info.event_code:
        if pair.value_name == EVENT_TYPE:
            return pair.value
    known = event_named(info.event)
    return known.code if known else None


def headline_of(alert: Alert, info: Info) -> str:
    """The title as the field list forms it: 沙盘市气象台发布暴雨橙色预警."""
    code = event_code_of(info)
    known = event_of(code) if code else None
    level = level_of_severity(info.severity)
    colour = level.chinese if level is not Level.NONE else ""
    act = "解除" if alert.msg_type == "Cancel" else "发布"
    return f"{info.sender_name or ''}{act}{known.name if known else info.event}{colour}预警"


def colour_of(info: Info) -> str:
    """Red, Orange, Yellow, Blue or Unknown; Malformed for no severity of CAP."""
    return COLOURS[level_of_severity(info.severity)]
