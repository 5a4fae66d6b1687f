"""Documents of the platform in XML: written, and read with their limits."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from lxml import etree
from lxml.builder import E

from anlan.cap.xml.document import children, document_of, first_text, parse, well_lettered
from anlan.channels.speaker.ebd.words import (
    WORKING,
    Answer,
    Audio,
    Broadcast,
    Fate,
    Head,
    Kind,
    Played,
    State,
    Terminal,
)
from anlan.terms.errors import Malformed

_CHINA = timezone(timedelta(hours=8))
_FORM = "%Y-%m-%d %H:%M:%S"
_RECORDED = "2"
_PUBLISH, _CANCEL = "1", "2"
_ACTUAL, _DRILL = "1", "2"
MOST_TERMINALS = 20_000


def written(head: Head, kind: Kind, body: etree._Element | None = None) -> bytes:
    """The document of a head and a body."""
    root = E.EBD(E.EBDVersion("1.0"), E.EBDID(head.id), E.EBDType(kind.value),
                 E.SRC(E.EBRID(head.source)), E.DEST(E.EBRID(head.target)),
                 E.EBDTime(_clock(head.at)))  # fmt: skip
    if head.related:
        root.append(E.RelatedEBD(E.EBDID(head.related)))
    if body is not None:
        root.append(body)
    return document_of(root)


def broadcast_of(one: Broadcast) -> etree._Element:
    """The body of a broadcast. Raises Malformed for letters that XML does not hold."""
    with well_lettered():
        content = E.MsgContent(E.LanguageCode(one.language), E.MsgTitle(one.title),
                               E.MsgDesc(one.text), *map(E.AreaCode, one.areas))  # fmt: skip
        basic = E.MsgBasicInfo(
            E.MsgType(_CANCEL if one.is_cancel else _PUBLISH), E.SenderName(one.sender),
            E.SenderCode(one.sender_code), E.SentTime(_clock(one.sent)), E.EventType(one.event),
            E.Severity(str(one.level)), E.StartTime(_clock(one.start)),
        )  # fmt: skip
        if one.end is not None:
            basic.append(E.EndTime(_clock(one.end)))
    if one.audio is not None:
        content.append(
            E.Auxiliary(E.AuxiliaryType(_RECORDED), E.AuxiliaryDesc(one.audio.name),
                        E.Size(str(len(one.audio.data))), E.Digest(digest_of(one.audio.data)))
        )  # fmt: skip
    earlier = [E.RelatedInfo(E.EBMID(name)) for name in one.replaces]
    drill = E.TestType(_DRILL if one.is_drill else _ACTUAL)
    return E.EBM(E.EBMVersion("1"), E.EBMID(one.id), *earlier, drill, basic, content)


def digest_of(data: bytes) -> str:
    """How a file is known: SHA-256 in hexadecimal digits (unverified which the standard asks)."""
    return hashlib.sha256(data).hexdigest()


def answer_body(answer: Answer) -> etree._Element:
    """The body of an answer."""
    return E.EBDResponse(E.ResultCode(str(answer.code)), E.ResultDesc(answer.said))


def asked_state(name: str) -> etree._Element:
    """The body that asks how far a broadcast is."""
    return E.EBMStateRequest(E.EBM(E.EBMID(name)))


def asked_terminals() -> etree._Element:
    """The body that asks for the state of all terminals."""
    return E.OMDRequest(E.OMDType(Kind.TERMINALS.value), E.Params(E.RptType("Full")))


def state_body(state: State, at: datetime) -> etree._Element:
    """The body that says how far a broadcast is."""
    items = [
        E.ResBrdItem(E.EBRDT(E.EBRID(one.terminal)), E.BrdStateCode(str(int(one.state))),
                     E.BrdStateDesc(one.said))
        for one in state.fates
    ]  # fmt: skip
    return E.EBMStateResponse(
        E.RptTime(_clock(at)), E.EBM(E.EBMID(state.id)), E.BrdStateCode(str(int(state.state))),
        E.BrdStateDesc(state.said), E.ResBrdInfo(*items),
    )  # fmt: skip


def terminals_body(terminals: Sequence[Terminal], at: datetime) -> etree._Element:
    """The body that says which terminals work."""
    return E.EBRDTState(
        *(E.EBRDT(E.RptTime(_clock(at)), E.EBRID(one.id),
                  E.StateCode(str(WORKING if one.is_working else WORKING + 1)),
                  E.StateDesc(one.said)) for one in terminals)
    )  # fmt: skip


def opened(data: bytes) -> tuple[Head, Kind, etree._Element]:
    """Head, kind and body of a document; Malformed with what is wrong."""
    root = parse(data).root
    kind = _needed(root, "EBDType")
    if etree.QName(root).localname != "EBD" or kind not in list(Kind):
        raise Malformed(f"not a document that is known here: {kind[:40]!r}")
    body = next(children(root, kind), None)
    if body is None:
        raise Malformed("it lacks its body", where=kind)
    related = next(children(root, "RelatedEBD"), None)
    head = Head(
        id=_needed(root, "EBDID"),
        source=_needed(_within(root, "SRC"), "EBRID"),
        target=_needed(_within(root, "DEST"), "EBRID"),
        at=_moment(_needed(root, "EBDTime")),
        related="" if related is None else first_text(related, "EBDID") or "",
    )
    return head, Kind(kind), body


def read_broadcast(body: etree._Element, sound: dict[str, bytes]) -> Broadcast:
    """What is to be played, with its sound out of the package; Malformed where one lacks."""
    basic, content = _within(body, "MsgBasicInfo"), _within(body, "MsgContent")
    kind, end = _needed(basic, "MsgType"), first_text(basic, "EndTime")
    if kind not in (_PUBLISH, _CANCEL):
        raise Malformed(f"neither publish nor cancel: {kind[:20]!r}", where="MsgType")
    return Broadcast(
        id=_needed(body, "EBMID"),
        is_cancel=kind == _CANCEL,
        replaces=tuple(_needed(one, "EBMID") for one in children(body, "RelatedInfo")),
        sender=_needed(basic, "SenderName"),
        sender_code=_needed(basic, "SenderCode"),
        sent=_moment(_needed(basic, "SentTime")),
        event=_needed(basic, "EventType"),
        level=_number(_needed(basic, "Severity"), 1, 4),
        start=_moment(_needed(basic, "StartTime")),
        end=_moment(end) if end else None,
        language=_needed(content, "LanguageCode"),
        title=_needed(content, "MsgTitle"),
        text=first_text(content, "MsgDesc") or "",
        areas=tuple((one.text or "").strip() for one in children(content, "AreaCode")),
        is_drill=first_text(body, "TestType") == _DRILL,
        audio=_audio(content, sound),
    )


def _audio(content: etree._Element, sound: dict[str, bytes]) -> Audio | None:
    part = next(children(content, "Auxiliary"), None)
    if part is None:
        return None
    name = _needed(part, "AuxiliaryDesc")
    data = sound.get(name)
    if data is None or (_needed(part, "Size"), _needed(part, "Digest")) != (
        str(len(data)), digest_of(data)
    ):  # fmt: skip
        raise Malformed("the sound is not what the document says", where=name[:40])
    return Audio(name, data)


def read_answer(body: etree._Element) -> Answer:
    """What the platform makes of a document."""
    code = _number(_needed(body, "ResultCode"), 0, 999_999)
    return Answer(code, (first_text(body, "ResultDesc") or "")[:300])


def read_asked_state(body: etree._Element) -> str:
    """Of which broadcast the state is asked for."""
    return _needed(_within(body, "EBM"), "EBMID")


def read_state(body: etree._Element) -> State:
    """How far a broadcast is."""
    info = next(children(body, "ResBrdInfo"), None)
    items = [] if info is None else list(children(info, "ResBrdItem"))[:MOST_TERMINALS]
    fates = [
        Fate(_needed(_within(one, "EBRDT"), "EBRID"), _played(one), _desc(one)) for one in items
    ]
    name = _needed(_within(body, "EBM"), "EBMID")
    return State(name, _played(body), _desc(body), tuple(fates))


def read_terminals(body: etree._Element) -> list[Terminal]:
    """The terminals, and which of them work."""
    rows = list(children(body, "EBRDT"))[:MOST_TERMINALS]
    return [
        Terminal(_needed(one, "EBRID"), _number(_needed(one, "StateCode"), 0, 99) == WORKING,
                 (first_text(one, "StateDesc") or "")[:120])
        for one in rows
    ]  # fmt: skip


def _played(element: etree._Element) -> Played:
    return Played(_number(_needed(element, "BrdStateCode"), 0, max(Played)))


def _desc(element: etree._Element) -> str:
    return (first_text(element, "BrdStateDesc") or "")[:120]


def _within(parent: etree._Element, name: str) -> etree._Element:
    found = next(children(parent, name), None)
    if found is None:
        raise Malformed("it is missing", where=name)
    return found


def _needed(parent: etree._Element, name: str) -> str:
    text = first_text(parent, name)
    if not text:
        raise Malformed("it is missing or empty", where=name)
    return text


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most):
        raise Malformed(f"not a number from {least} to {most}: {text[:20]!r}")
    return int(text)


def _clock(at: datetime) -> str:
    return at.astimezone(_CHINA).strftime(_FORM)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=_CHINA)
    except ValueError as error:
        raise Malformed(f"not a time: {text[:40]!r}") from error
