"""A national message as XML, the same bytes for the same value."""

from lxml import etree

from anlan.cap.message import Area, Info, Resource
from anlan.cap.national.convert import NO_CERTAINTY, national_circle, national_time
from anlan.cap.national.fields import fields_in
from anlan.cap.national.notice import (
    GEOCODE,
    Notice,
    Way,
    colour_of,
    event_code_of,
    headline_of,
)
from anlan.terms.errors import Malformed

NAMESPACE = "http://com.icss.amp"
"""As one public client of the national system writes it; unverified."""

Values = dict[str, str | None]


def write(notice: Notice) -> bytes:
    """The message as XML in UTF-8.

    A headline and an effective time that are not there are made of the rest. Only one language
    is told, Chinese where there is one. Raises Malformed where a field that must be there is not.
    """
    info = notice.info
    if info is None:
        raise Malformed("it must be there", where="info")
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    parts = {"code": [_code(way) for way in notice.ways], "info": [_info(notice, info)]}
    _fill(root, "", _message(notice, info), parts)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _message(notice: Notice, info: Info) -> Values:
    alert = notice.alert
    first = (alert.references or "").split()
    return {
        "identifier": alert.identifier,
        "sender": info.sender_name,
        "senderCode": notice.unit,
        "phone": notice.phone,
        "sendTime": national_time(alert.sent),
        "status": alert.status,
        "msgType": alert.msg_type,
        "scope": alert.scope,
        "secClassification": notice.secrecy,
        "note": alert.note,
        "references": first[0].split(",")[1] if first and first[0].count(",") == 2 else None,
    }


def _info(notice: Notice, info: Info) -> etree._Element:
    alert = notice.alert
    values: Values = {
        "language": info.language,
        "eventType": event_code_of(info),
        "urgency": info.urgency,
        "severity": colour_of(info),
        "certainty": NO_CERTAINTY.get(info.certainty, info.certainty),
        "effective": national_time(info.effective or alert.sent),
        "onset": national_time(info.onset) if info.onset else None,
        "expires": national_time(info.expires) if info.expires else None,
        "senderName": notice.signer,
        "headline": info.headline or headline_of(alert, info),
        "description": info.description,
        "instruction": info.instruction,
        "web": info.web,
    }
    element = _element("info")
    _fill(element, "info", values, {})
    element.extend(_resource(resource) for resource in info.resource)
    element.extend(_area(area) for area in info.area)
    return element


def _code(way: Way) -> etree._Element:
    values: Values = {
        "methodName": way.name,
        "message": way.message,
        "audienceGrp": ",".join(way.groups),
        "audiencePrt": ",".join(way.persons),
    }
    element = _element("method")
    _fill(element, "code/method", values, {})
    return element


def _resource(resource: Resource) -> etree._Element:
    values: Values = {
        "resourceDesc": resource.resource_desc,
        "size": resource.size,
        "digest": resource.digest,
    }
    element = _element("resource")
    _fill(element, "info/resource", values, {})
    return element


def _area(area: Area) -> etree._Element:
    codes = [pair.value for pair in area.geocode if pair.value_name == GEOCODE]
    element = _element("area")
    _add(element, "areaDesc", area.area_desc)
    for polygon in area.polygon:
        _add(element, "polygon", polygon)
    for circle in area.circle:
        _add(element, "circle", national_circle(circle))
    if not codes:
        raise Malformed("it must be there", where="info/area/geocode")
    _add(element, "geocode", ",".join(codes))
    return element


def _fill(
    element: etree._Element, parent: str, values: Values, parts: dict[str, list[etree._Element]]
) -> None:
    """The fields of a part in their order; Malformed where one that must be there is not."""
    for field in fields_in(parent):
        if field.name == "info":
            element.extend(parts["info"])
        elif field.name in parts:
            _add(element, field.name, "").extend(parts[field.name])
        elif values[field.name]:
            _add(element, field.name, values[field.name] or "")
        elif field.is_required:
            raise Malformed("it must be there", where=field.path)


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}")


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element: etree._Element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    try:
        element.text = text or None
    except ValueError as error:
        raise Malformed("a character that XML cannot carry", where=name) from error
    return element
