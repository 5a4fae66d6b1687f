"""A national message from its XML: elements by their local names, whatever the namespace."""

from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from anlan.cap.message import Alert, Area, Info, Pair, Resource
from anlan.cap.national.colours import SEVERITIES, level_of_colour
from anlan.cap.national.convert import CERTAINTIES, cap_circle, cap_time, parts_of
from anlan.cap.national.events import event_of
from anlan.cap.national.fields import fields_in
from anlan.cap.national.identifier import read_identifier
from anlan.cap.national.notice import EVENT_TYPE, GEOCODE, Notice, Way
from anlan.cap.xml.document import children, parse, text_of
from anlan.terms.errors import Malformed

MEDIA = {
    "doc": "application/msword",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "wav": "audio/wav",
}

Values = dict[str, str]
T = TypeVar("T")


def read(data: bytes) -> Notice:
    """The message in a document.

    Raises Malformed with the field where one that must be there is not, stands twice, or cannot
    be read; what is merely unusual is for `check.doubts_of`.
    """
    root = parse(data).root
    values = _values(root, "")
    info_element = _one(root, "info")
    if info_element is None:
        raise Malformed("it must be there", where="info")
    alert = Alert(
        identifier=values["identifier"],
        sender=values["senderCode"],
        sent=_read(cap_time, values["sendTime"], "sendTime"),
        status=values["status"],
        msg_type=values["msgType"],
        scope=values["scope"],
        note=values.get("note"),
        references=_reference(values["references"]) if "references" in values else None,
        info=(_info(info_element, values["sender"]),),
    )
    code = _one(root, "code")
    return Notice(
        alert=alert,
        unit=values["senderCode"],
        signer=_values(info_element, "info")["senderName"],
        phone=values.get("phone"),
        ways=() if code is None else tuple(_way(method) for method in children(code, "method")),
        secrecy=values.get("secClassification"),
    )


def _info(element: etree._Element, sender: str) -> Info:
    values = _values(element, "info")
    code = values["eventType"]
    event = event_of(code)
    level = _read(level_of_colour, values["severity"], "info/severity")
    effective, onset, expires = (
        _read(cap_time, values[name], f"info/{name}") if name in values else None
        for name in ("effective", "onset", "expires")
    )
    return Info(
        language=values.get("language", "zh-CN"),
        category=(event.category if event else "Other",),
        event=event.name if event else code,
        urgency=values["urgency"],
        severity=SEVERITIES[level],
        certainty=CERTAINTIES.get(values["certainty"], values["certainty"]),
        event_code=(Pair(EVENT_TYPE, code),),
        effective=effective,
        onset=onset,
        expires=expires,
        sender_name=sender,
        headline=values["headline"],
        description=values["description"],
        instruction=values.get("instruction"),
        web=values.get("web"),
        resource=tuple(_resource(child) for child in children(element, "resource")),
        area=tuple(_area(child) for child in children(element, "area")),
    )


def _way(element: etree._Element) -> Way:
    values = _values(element, "code/method")
    return Way(
        name=values["methodName"],
        message=values.get("message"),
        groups=parts_of(values.get("audienceGrp")),
        persons=parts_of(values.get("audiencePrt")),
    )


def _resource(element: etree._Element) -> Resource:
    values = _values(element, "info/resource")
    name = values["resourceDesc"]
    suffix = name.rpartition(".")[2].lower()
    return Resource(
        resource_desc=name,
        mime_type=MEDIA.get(suffix, "application/octet-stream"),
        size=values["size"],
        digest=values.get("digest"),
    )


def _area(element: etree._Element) -> Area:
    codes = parts_of(",".join([_required(element, "geocode"), *_texts(element, "geocode")[1:]]))
    circles = _texts(element, "circle")
    return Area(
        area_desc=_required(element, "areaDesc"),
        polygon=tuple(" ".join(text.split()) for text in _texts(element, "polygon")),
        circle=tuple(_read(cap_circle, text, "info/area/circle") for text in circles),
        geocode=tuple(Pair(GEOCODE, code) for code in codes),
    )


def _reference(identifier: str) -> str:
    """The first message as CAP refers to it; its time is that of its identifier."""
    first = _read(read_identifier, identifier, "references")
    return f"{first.unit},{identifier},{first.entered_at.isoformat()}"


def _values(element: etree._Element, parent: str) -> Values:
    """The plain fields of a part that say something; Malformed where a required one does not."""
    found: Values = {}
    for field in fields_in(parent):
        if field.name in ("info", "code"):
            continue
        child = _one(element, field.name)
        text = "" if child is None else text_of(child).strip()
        if text:
            found[field.name] = text
        elif field.is_required:
            raise Malformed("it must be there", where=field.path)
    return found


def _required(element: etree._Element, name: str) -> str:
    """The first text of a field of an area; Malformed where there is none."""
    for text in _texts(element, name):
        return text
    raise Malformed("it must be there", where=f"info/area/{name}")


def _one(parent: etree._Element, name: str) -> etree._Element | None:
    found = list(children(parent, name))
    if len(found) > 1:
        raise Malformed("it stands there more than once", where=name)
    return found[0] if found else None


def _texts(parent: etree._Element, name: str) -> list[str]:
    return [text for child in children(parent, name) if (text := text_of(child).strip())]


def _read(reader: Callable[[str], T], text: str, where: str) -> T:
    """What a reader makes of a text; its complaint names the field."""
    try:
        return reader(text)
    except Malformed as error:
        raise Malformed(error.message, where=where) from error
