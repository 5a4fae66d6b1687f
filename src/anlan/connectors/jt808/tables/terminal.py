"""What a terminal says, but for media, regions and video."""

from anlan.connectors.jt808.tables.parameters import PARAMETER
from anlan.connectors.road.fields import U8, U16, U32, Code, Kind, Moment, Raw, Text
from anlan.connectors.road.position import LOCATED, LOCATION
from anlan.connectors.road.shapes import Edition, Group, Many, Maybe, Sized, group, since_2019

_NOTHING = group()
_SHORT, _LONG = Sized(U8, Text()), Sized(U16, Text())
_ANSWERED = ("answers_serial", U16)
_TERMINAL = Edition(Text(7), Text(30))


def _register(maker: Kind, model: Kind, terminal: Kind) -> Group:
    named = (("maker", maker), ("model", model), ("terminal", terminal))
    return group(("province", U16), ("city", U16), *named, ("plate_colour", U8), ("plate", Text()))


def _attributes(maker: Kind) -> Group:
    return group(
        ("type", U16), ("maker", maker), ("model", Edition(Text(20), Text(30))),
        ("terminal", _TERMINAL), ("iccid", Raw(10)),
        ("hardware", _SHORT), ("firmware", _SHORT), ("gnss", U8),
        ("network", U8),
    )  # fmt: skip


_REGISTER = _register(Edition(Text(5), Text(11)), Edition(Text(20), Text(30)), _TERMINAL)
_CARD = (
    ("result", U8), ("holder", _SHORT), ("licence", Text(20)),
    ("issuer", _SHORT), ("expires", Raw(4)),
)  # fmt: skip
_STATUS = (("status", U8), ("time", Moment()))
_DRIVER = group(
    *_STATUS,
    *((*field, lambda _, seen: seen["status"] == 1) for field in _CARD),
    ("identity", Text(20), lambda version, seen: version >= 2019 and seen["status"] == 1),
)
_DRIVER_ALWAYS = group(*_STATUS, *_CARD, ("identity", Text(20), since_2019))
_DRIVER_2011 = group(
    ("holder", _SHORT), ("identity", Text(20)), ("licence", Text(40)),
    ("issuer", _SHORT),
)  # fmt: skip
_BATCH = group(("count", U16), ("type", U8), ("locations", Many(Sized(U16, LOCATION))))
_EVENT = group(("id", U8), ("text", _SHORT))
_CHOICE = group(("id", U8), ("text", _LONG))
_ITEM = group(("type", U8), ("text", _LONG))
_CONTACT = group(("flag", U8), ("phone", _SHORT), ("name", _SHORT))
_DOORS = group(("flags", Edition(U8, U16)), ("controls", Raw(), since_2019))
_CAN = group(("id", U32), ("data", Raw(8)))

TERMINAL: dict[int, tuple[str, Group]] = {
    0x0001: ("answer", group(_ANSWERED, ("answers", Code()), ("result", U8))),
    0x0002: ("heartbeat", _NOTHING),
    0x0003: ("sign_off", _NOTHING),
    0x0004: ("query_time", _NOTHING),
    0x0005: ("request_parts", group(("first_serial", U16), ("indices", Many(U16, U16)))),
    0x0100: ("register", _REGISTER),
    0x0102: (
        "authenticate",
        group(
            ("code", Edition(Text(), _SHORT)),
            ("imei", Text(15), since_2019),
            ("software", Text(20), since_2019),
        ),
    ),
    0x0104: ("parameters", group(_ANSWERED, ("parameters", Many(PARAMETER, U8)))),
    0x0107: ("attributes", _attributes(Text(5))),
    0x0108: ("upgraded", group(("type", U8), ("result", U8))),
    0x0200: ("location", LOCATED),
    0x0201: ("location_answer", group(_ANSWERED, ("location", LOCATION))),
    0x0301: ("event", group(("event", U8))),
    0x0302: ("question_answer", group(_ANSWERED, ("choice", U8))),
    0x0303: ("information", group(("type", U8), ("ordered", U8))),
    0x0500: ("vehicle_control", group(_ANSWERED, ("location", LOCATION))),
    0x0700: ("recorder", group(_ANSWERED, ("command", U8), ("data", Raw()))),
    0x0701: ("waybill", group(("text", Sized(U32, Text())))),
    0x0702: ("driver", _DRIVER),
    0x0704: ("locations", _BATCH),
    0x0705: ("can", group(("count", U16), ("received", Raw(5)), ("items", Many(_CAN)))),
    0x0900: ("passed_up", group(("type", U8), ("content", Raw()))),
    0x0901: ("compressed", group(("content", Sized(U32, Raw())))),
    0x0A00: ("public_key", group(("exponent", U32), ("modulus", Raw(128)))),
}  # fmt: skip

PLATFORM: dict[int, tuple[str, Group]] = {
    0x8001: ("answer", group(_ANSWERED, ("answers", Code()), ("result", U8))),
    0x8003: (
        "request_parts",
        group(("first_serial", U16), ("indices", Edition(Many(U16, U8), Many(U16, U16)))),
    ),
    0x8004: ("time", group(("time", Moment()))),
    0x8100: ("registered", group(_ANSWERED, ("result", U8), ("code", Text()))),
    0x8103: ("set_parameters", group(("parameters", Many(PARAMETER, U8)))),
    0x8104: ("query_parameters", _NOTHING),
    0x8105: ("control", group(("command", U8), ("settings", Text()))),
    0x8106: ("query_parameters", group(("ids", Many(Code(4), U8)))),
    0x8107: ("query_attributes", _NOTHING),
    0x8108: (
        "upgrade",
        group(("type", U8), ("maker", Text(5)), ("version", _SHORT), ("data", Sized(U32, Raw()))),
    ),
    0x8201: ("locate", _NOTHING),
    0x8202: ("track", group(("interval_s", U16), ("lasts_s", Maybe(U32)))),
    0x8203: ("confirm_alarm", group(("alarm_serial", U16), ("alarms", U32))),
    0x8204: ("check_link", _NOTHING),
    0x8300: ("text", group(("flags", U8), ("type", U8, since_2019), ("text", Text()))),
    0x8301: (
        "set_events",
        group(("action", U8), ("events", Maybe(Many(_EVENT, U8)))),
    ),
    0x8302: (
        "question",
        group(
            ("flags", U8),
            ("question", _SHORT),
            ("choices", Many(_CHOICE)),
        ),
    ),
    0x8303: (
        "set_menu",
        group(("action", U8), ("items", Maybe(Many(_ITEM, U8)))),
    ),
    0x8304: ("information", group(("type", U8), ("text", _LONG))),
    0x8400: ("call_back", group(("listen", U8), ("phone", Text()))),
    0x8401: (
        "set_phone_book",
        group(
            ("action", U8),
            (
                "contacts",
                Maybe(Many(_CONTACT, U8)),
            ),
        ),
    ),
    0x8500: ("control_vehicle", _DOORS),
    0x8700: ("query_recorder", group(("command", U8), ("data", Raw()))),
    0x8701: ("set_recorder", group(("command", U8), ("data", Raw()))),
    0x8702: ("query_driver", _NOTHING),
    0x8900: ("passed_down", group(("type", U8), ("content", Raw()))),
    0x8A00: ("public_key", group(("exponent", U32), ("modulus", Raw(128)))),
}  # fmt: skip

OTHERS: dict[int, tuple[Group, ...]] = {
    0x0100: (_register(Text(5), Text(8), Text(7)),),
    0x0107: (_attributes(Text(11)),),
    0x0702: (_DRIVER_ALWAYS, _DRIVER_2011),
}
"""How a message is also written, in 2011 or by devices: read where only this fits its length."""
