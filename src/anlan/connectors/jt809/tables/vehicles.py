"""Vehicles 动态信息交换 1200/9200, and what is known of them 静态信息交换 1600/9600."""

from anlan.connectors.jt809.kinds import CODE, GNSS, UTC8
from anlan.connectors.road.fields import U8, U16, U32, Code, Raw, Text
from anlan.connectors.road.shapes import Edition, Group, Many, Sized, group, since_2019

SOURCE = (("source", Code(), since_2019), ("source_sn", U32, since_2019))
"""Since 2019 an answer names the message that it answers."""

_NOTHING = group()
_REASON = group(("reason", U8))
_RESULT = group(*SOURCE, ("result", U8))
_SPAN = group(("start", UTC8), ("end", UTC8))
_TERMINAL = (("platform", CODE), ("maker", CODE))
_DRIVER = (
    ("driver", Text(16)), ("identity", Text(20)), ("licence", Text(40)), ("issuer", Text(200)),
    ("valid_until", UTC8, since_2019),
)  # fmt: skip
_TEXT = Sized(U32, Text())

VEHICLES: dict[int, tuple[str, Group]] = {
    0x1201: (
        "register",
        group(
            *_TERMINAL, ("model", Edition(Text(20), Text(30))), ("imei", Text(15), since_2019),
            ("terminal", Edition(Text(7), Text(30))), ("sim", Edition(Text(12), Text(13))),
        ),
    ),
    0x1202: ("location", group(("gnss", GNSS))),
    0x1203: ("locations", group(("gnss", Many(GNSS, U8)))),
    0x1205: ("exchange_started", group(*SOURCE)),
    0x1206: ("exchange_ended", group(*SOURCE)),
    0x1207: ("apply_exchange", _SPAN),
    0x1208: ("cancel_exchange", _NOTHING),
    0x1209: ("apply_history", _SPAN),
    0x120A: ("driver_answer", group(*SOURCE, *_DRIVER)),
    0x120B: ("waybill_answer", group(*SOURCE, ("text", _TEXT))),
    0x120C: ("driver", group(*_DRIVER)),
    0x120D: ("waybill", group(("text", _TEXT))),
    0x120E: ("route", group(("route", Raw()))),
    0x9201: ("registered", group(("source", Code()), ("source_sn", U32), ("result", U8))),
    0x9202: ("location", group(("gnss", GNSS))),
    0x9203: ("locations", group(("gnss", Many(GNSS, U8)))),
    0x9204: ("vehicle", group(("text", Text()))),
    0x9205: ("start_exchange", _REASON),
    0x9206: ("end_exchange", _REASON),
    0x9207: ("exchange_applied", _RESULT),
    0x9208: ("exchange_cancelled", _RESULT),
    0x9209: ("history_applied", _RESULT),
    0x920A: ("ask_driver", group(("flag", U8, since_2019))),
    0x920B: ("ask_waybill", _NOTHING),
    0x920C: ("ask_route", _NOTHING),
    0x920D: (
        "route_answer", group(("route", U32), ("result", U8), ("why", Sized(U16, Text()))),
    ),
    0x1601: ("vehicle", group(*SOURCE, ("text", Text()))),
    0x1602: ("route", group(("route", Raw()))),
    0x9601: ("ask_vehicle", _NOTHING),
}  # fmt: skip

OTHERS: dict[int, tuple[Group, ...]] = {
    0x1201: (
        group(*_TERMINAL, ("model", Text(8)), ("terminal", Text(7)), ("sim", Text(12))),
    ),
}  # fmt: skip
"""How a message is also written: read where only this fits its length."""
