"""The data of a frame by its command, and the kinds of information of a report."""

from collections.abc import Callable
from typing import Any

from anlan.connectors.gb32960.body import Body, Group, read_many
from anlan.connectors.gb32960.heads import ASKED, PLAIN, TIME_BYTES, Head, clock_text
from anlan.connectors.gb32960.parameters import read_control, read_ids, read_parameters
from anlan.connectors.gb32960.tables import (
    AGAIN,
    ALARMS,
    CELL_VOLTAGE,
    CLOCK,
    CONTROL,
    ENCRYPTIONS,
    ENGINE,
    EXTREMES,
    FAULTS,
    FUEL_CELL_HEAD,
    FUEL_CELL_TAIL,
    LIVE,
    LOGIN,
    LOGOUT,
    MOTOR,
    PLATFORM_LOGIN,
    PLATFORM_LOGOUT,
    PROBE,
    READ,
    SET,
    VEHICLE,
    VOLTAGES,
)

_OWN_TYPES = range(0x80, 0xFF)
VEHICLE_GROUP, MOTOR_GROUP, ENGINE_GROUP = Group(VEHICLE), Group(MOTOR), Group(ENGINE)
EXTREME_GROUP, VOLTAGE_GROUP = Group(EXTREMES), Group(VOLTAGES)
FUEL_CELL_GROUPS = Group(FUEL_CELL_HEAD), Group(FUEL_CELL_TAIL)


def fields_of(head: Head, data: bytes) -> dict[str, Any]:
    """What the data says; encrypted data and that of unknown commands raw.

    Raises Malformed where it ends before it should.
    """
    if head.encryption != PLAIN:
        encrypted = ENCRYPTIONS.get(head.encryption, "预留")
        return {"encrypted": encrypted, "raw": data.hex()} if data else {}
    read = _DATA.get(head.command)
    if head.command == READ and head.response == ASKED:
        read = read_ids
    if read is None or not data:
        return {"raw": data.hex()} if data else {}
    body = Body(data, "the data")
    fields = {"time": clock_text(body.take(TIME_BYTES))}
    if body:  # what answers bears no more than the time
        fields |= read(body)
    if body:
        fields["raw"] = body.rest().hex()
    return fields


def _login(body: Body) -> dict[str, Any]:
    told: dict[str, Any] = {"loginSeq": body.word(), "iccid": _text(body.take(20))}
    told["subsys"], told["codeLen"] = body.byte(), body.byte()
    codes = [_text(body.take(told["codeLen"])) for _ in range(told["subsys"])]
    return told | {"codes": codes if told["codeLen"] else []}


def _serial(body: Body) -> dict[str, Any]:
    return {"loginSeq": body.word()}


def _platform_login(body: Body) -> dict[str, Any]:
    """The password is not told."""
    told = {"loginSeq": body.word(), "user": _text(body.take(12))}
    body.take(20)
    return told | {"rule": body.byte()}


def _text(raw: bytes) -> str:
    return raw.strip(b"\0 ").decode("gb18030", "replace")


def _report(body: Body) -> dict[str, Any]:
    """Each kind of information under its name; from one of unknown length on all raw."""
    told: dict[str, Any] = {}
    while body:
        kind = body.byte()
        if kind in _KINDS:
            name, read = _KINDS[kind]
            body.where = name
            found = read(body)
            is_more = isinstance(found, list) and name in told
            told[name] = told[name] + found if is_more else found
        elif kind in _OWN_TYPES:
            body.where = f"information of type {kind}"
            own = {"type": kind, "raw": body.take(body.word()).hex()}
            told.setdefault("own", []).append(own)
        else:
            return told | {"unknown": {"type": kind, "raw": body.rest().hex()}}
    return told


def _motors(body: Body) -> list[dict[str, Any]]:
    return [MOTOR_GROUP.read(body) for _ in range(body.byte())]


def _fuel_cell(body: Body) -> dict[str, Any]:
    head, tail = FUEL_CELL_GROUPS
    told = head.read(body)
    told["probes"] = read_many(PROBE, body.word(), body)
    return told | tail.read(body)


def _position(body: Body) -> dict[str, Any]:
    flags, lon, lat = body.byte(), body.take(4), body.take(4)
    return {
        "flags": flags,
        "valid": not flags & 1,
        "lon": int.from_bytes(lon, "big") / (-1e6 if flags & 4 else 1e6),
        "lat": int.from_bytes(lat, "big") / (-1e6 if flags & 2 else 1e6),
    }


def _alarm(body: Body) -> dict[str, Any]:
    level, flags = body.byte(), int.from_bytes(body.take(4), "big")
    told: dict[str, Any] = {"level": level, "flags": f"{flags:08x}"}
    told["words"] = [word for at, (_, word) in enumerate(ALARMS) if flags >> at & 1]
    for name in FAULTS:
        count = body.byte()
        count = 0 if count >= 0xFE else count  # abnormal or invalid: none follow
        told[name] = [body.take(4).hex() for _ in range(count)]
    return told


def _voltages(body: Body) -> list[dict[str, Any]]:
    told = []
    for _ in range(body.byte()):
        system, count = VOLTAGE_GROUP.read(body), body.byte()
        cells = read_many(CELL_VOLTAGE, count, body)
        told.append(system | {"in_frame": count, "cell_voltages": cells})
    return told


def _temperatures(body: Body) -> list[dict[str, Any]]:
    told = []
    for _ in range(body.byte()):
        system, count = body.byte(), body.word()
        probes = read_many(PROBE, count, body)
        told.append({"system": system, "probes": count, "temperatures": probes})
    return told


_KINDS: dict[int, tuple[str, Callable[[Body], Any]]] = {
    1: ("vehicle", VEHICLE_GROUP.read),
    2: ("motors", _motors),
    3: ("fuel_cell", _fuel_cell),
    4: ("engine", ENGINE_GROUP.read),
    5: ("position", _position),
    6: ("extremes", EXTREME_GROUP.read),
    7: ("alarm", _alarm),
    8: ("voltages", _voltages),
    9: ("temperatures", _temperatures),
}

_DATA: dict[int, Callable[[Body], dict[str, Any]]] = {
    LOGIN: _login,
    LIVE: _report,
    AGAIN: _report,
    LOGOUT: _serial,
    PLATFORM_LOGIN: _platform_login,
    PLATFORM_LOGOUT: _serial,
    CLOCK: lambda body: {"raw": body.rest().hex()},
    READ: read_parameters,
    SET: read_parameters,
    CONTROL: read_control,
}
