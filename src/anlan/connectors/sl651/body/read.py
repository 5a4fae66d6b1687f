"""A whole body → what is told of it, and its readings."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.sl651.body import states
from anlan.connectors.sl651.body.binary import Form, Report
from anlan.connectors.sl651.body.digits import moment
from anlan.connectors.sl651.body.entries import Place, readings, told
from anlan.connectors.sl651.body.settings import settings, text_settings
from anlan.connectors.sl651.body.text import TextReport
from anlan.connectors.sl651.packet import Packet
from anlan.connectors.sl651.tables.elements import FLOWS, MANUAL
from anlan.connectors.sl651.tables.functions import CLASSES, TEST
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading

_PLAIN, _CLASSED, _UNIFORM = Form(False, False), Form(True, False), Form(True, True)
_REPORTS = {
    **dict.fromkeys((0x30, 0x32, 0x33, 0x34, 0x36, 0x37, 0x3A, 0x44), _CLASSED),
    **dict.fromkeys((0x31, 0x38), _UNIFORM),
    **dict.fromkeys((0x35, 0x39, 0x46, 0x4B), _PLAIN),
}
_SETTINGS = frozenset((0x40, 0x41, 0x42, 0x43, 0x47, 0x48, 0x49))
_STATES: dict[int, Callable[[bytes], dict[str, Any]]] = {
    0x45: states.version,
    0x4C: states.switches,
    0x4D: states.switches,
    0x4E: states.gates,
    0x4F: states.quota,
    0x50: states.events,
}
_ASKED, _PERIOD = frozenset((0x3A, 0x41, 0x43)), 0x38
_COMMANDS = frozenset((0x40, 0x42, 0x47, 0x48, 0x49))


class Told(NamedTuple):
    """fault: what in it could not become a reading and why."""

    fields: dict[str, Any]
    readings: tuple[Reading, ...] = ()
    fault: str = ""


def head_of(packet: Packet) -> tuple[int, str]:
    """Serial number and time of sending. Raises Malformed where the body is too short for them."""
    body = packet.body
    if len(body) < (16 if packet.is_text else 8):
        raise Malformed(f"a body of {len(body)} bytes has no room for serial number and time")
    if not packet.is_text:
        return body[0] << 8 | body[1], body[2:8].hex()
    try:
        return int(body[:4].decode("ascii"), 16), body[4:16].decode("ascii")
    except ValueError as error:
        raise Malformed(f"{body[:16]!r} is no serial number and time") from error


def read(packet: Packet, zone: tzinfo) -> Told:
    """What a frame with a whole body says. Raises Malformed where it cannot be one."""
    serial, sent = head_of(packet)
    fields: dict[str, Any] = {"serial": serial, "sent": "20" + sent}
    faults: list[str] = []
    found: tuple[Reading, ...] = ()
    try:
        moment(sent, zone)
    except Malformed as error:
        faults.append(f"time of sending: {error}")
    if packet.is_up and packet.function in _REPORTS:
        found = _report(packet, zone, fields, faults)
    else:
        _rest(packet, fields, faults)
    return Told(fields, found, "; ".join(faults))


def _report(
    packet: Packet, zone: tzinfo, fields: dict[str, Any], faults: list[str]
) -> tuple[Reading, ...]:
    made = TextReport if packet.is_text else Report
    report = made(packet.body, 16 if packet.is_text else 8, _REPORTS[packet.function])
    sent = fields["sent"][2:]
    _head(report, packet.station, fields)
    if report.entries:
        fields["elements"] = [_row(entry, fields["station"]) for entry in report.entries]
    if report.blob is not None:
        fields |= _blob(*report.blob)
    if report.fault:
        fields["rest"] = report.rest.hex()
        faults.append(report.fault)
    if packet.function == TEST:  # it belongs to a data base of tests (6.6.4.3)
        return ()
    found, more = readings(report.entries, packet.station, sent, zone=zone)
    faults += more
    return found


def _head(report: Report | TextReport, station: str, fields: dict[str, Any]) -> None:
    """The first station, its class and the first time of observation."""
    place: Place = report.entries[0].place if report.entries else report.place
    fields["station"] = place.station or station
    if report.kind:
        fields |= {"class": f"{report.kind:02x}", "class_name": CLASSES.get(report.kind, "")}
    if place.observed:
        fields["observed"] = "20" + place.observed


def _row(entry: Any, station: str) -> dict[str, Any]:
    row = told(entry)
    if entry.place.station not in ("", station):
        row["station"] = entry.place.station
    return row


def _blob(ident: int, data: bytes) -> dict[str, Any]:
    if ident == MANUAL:
        return {"manual": data.decode("gb18030", "replace"), "manual_raw": data.hex()}
    if ident == FLOWS:
        return {"flows": data.hex()}
    return {"picture": data.hex(), "picture_bytes": len(data)}


def _rest(packet: Packet, fields: dict[str, Any], faults: list[str]) -> None:
    """All but the reports of a station."""
    data = packet.body[16:] if packet.is_text else packet.body[8:]
    station, data = _addressed(data, is_text=packet.is_text)
    if station:
        fields["station"] = station
    if not data:
        return
    try:
        fault = _said(packet, data, fields)
    except Malformed as error:
        fields["data"], fault = data.hex(), str(error)
    if fault:
        faults.append(fault)


def _said(packet: Packet, data: bytes, fields: dict[str, Any]) -> str:
    function, is_up = packet.function, packet.is_up
    if function in _STATES:
        fields |= _STATES[function](_plain(packet, data))
    elif function in (_SETTINGS if is_up else _COMMANDS):
        said = text_settings(data.split()) if packet.is_text else settings(data)
        fields["settings"], fault = said
        return fault
    elif function in _REPORTS and packet.function == 0x4B:
        _state(packet, fields)
    elif not is_up and function == _PERIOD:
        fields |= _period(data, is_text=packet.is_text)
    elif not is_up and function in _ASKED:
        fields["asked"] = _asked(data, is_text=packet.is_text)
    else:
        fields["data"] = data.hex()
    return ""


def _state(packet: Packet, fields: dict[str, Any]) -> None:
    made = TextReport if packet.is_text else Report
    report = made(packet.body, 16 if packet.is_text else 8, _PLAIN)
    fields["elements"] = [told(entry) for entry in report.entries]


def _plain(packet: Packet, data: bytes) -> bytes:
    """The bytes of states, which ASCII tells in hexadecimal; texts stay as they are."""
    if not packet.is_text:
        return data
    if packet.function == 0x45:
        return data.strip()
    try:
        return bytes.fromhex(data.decode("ascii"))
    except ValueError as error:
        raise Malformed(f"{data[:20]!r} is not hexadecimal") from error


def _addressed(data: bytes, *, is_text: bool) -> tuple[str, bytes]:
    """The station that a body names, where it does, and what follows."""
    if is_text and data.startswith(b"ST "):
        station, _, rest = data[3:].partition(b" ")
        return station.decode("ascii", "replace").lower(), rest
    if not is_text and data[:2] == b"\xf1\xf1" and len(data) >= 7:
        return data[2:7].hex(), data[7:]
    return "", data


def _period(data: bytes, *, is_text: bool) -> dict[str, Any]:
    """From when to when, in which steps, of what."""
    if is_text:
        first, last, *words = [*data.decode("ascii", "replace").split(), "", ""]
        return {"from": "20" + first, "to": "20" + last, "asked": [*filter(None, words)]}
    asked = _asked(data[13:], is_text=False)
    step = data[10:13].hex() if data[8:9] == b"\x04" else ""
    return {"from": "20" + data[:4].hex(), "to": "20" + data[4:8].hex(), "step": step,
            "asked": asked}  # fmt: skip


def _asked(data: bytes, *, is_text: bool) -> list[str]:
    """Identifiers alone, as the frame has them."""
    if is_text:
        return data.decode("ascii", "replace").split()
    found, at = [], 0
    while at < len(data):
        size = 3 if data[at] == 0xFF else 2
        found.append(data[at : at + size].hex())
        at += size
    return found
