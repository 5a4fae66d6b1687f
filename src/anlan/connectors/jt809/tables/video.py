"""Video between platforms 1700-1B00 and 9700-9B00, which JT/T 1078 adds to JT/T 809."""

from anlan.connectors.jt809.kinds import CODE, GNSS_OLD, UTC8
from anlan.connectors.road.fields import U8, U16, U32, U64, Text
from anlan.connectors.road.shapes import Group, Many, Maybe, group

_NOTHING = group()
_RESULT = group(("result", U8))
_SERVER = (("server", Text(32)), ("port", U16))
_PASS = ("code", Text(64))
_WHERE = ("gnss", Maybe(GNSS_OLD))
_WHAT = (("media", U8), ("stream", U8), ("storage", U8))
_SPAN = (("start", UTC8), ("end", UTC8))
_LISTED = (("channel", U8), *_SPAN, ("alarms", U64), *_WHAT)
_RECORDS = ("records", Many(group(*_LISTED, ("size", U32)), U32))
_SESSION = (("result", U8), ("session", U16))

VIDEO: dict[int, tuple[str, Group]] = {
    0x1701: ("codes", group(("platform", CODE), ("code", Text(64)), ("cross_code", Text(64)))),
    0x1702: ("ask_codes", _NOTHING),
    0x9702: ("codes_answer", _NOTHING),
    0x1801: ("live_answer", group(("result", U8), *_SERVER)),
    0x1802: ("end_live_answer", _RESULT),
    0x9801: ("live", group(("channel", U8), ("media", U8), _PASS, _WHERE)),
    0x9802: ("end_live", group(("channel", U8), ("media", U8))),
    0x1901: ("records", group(_RECORDS)),
    0x1902: ("records_answer", group(("result", U8), _RECORDS)),
    0x9901: ("records_taken", group(("result", U8), ("count", U8))),
    0x9902: ("ask_records", group(*_LISTED, _PASS, _WHERE)),
    0x1A01: ("playback_answer", group(*_SERVER, ("result", U8))),
    0x1A02: ("control_answer", _RESULT),
    0x9A01: ("playback", group(("channel", U8), *_WHAT, *_SPAN, _PASS, _WHERE)),
    0x9A02: ("control_playback", group(("command", U8), ("speed", U8), ("time", UTC8))),
    0x1B01: ("download_answer", group(*_SESSION)),
    0x1B02: (
        "downloaded",
        group(
            *_SESSION, *_SERVER, ("user", Text(49)), ("password", Text(22)), ("path", Text(200)),
        ),
    ),
    0x1B03: ("control_answer", _RESULT),
    0x9B01: ("download", group(*_LISTED, ("size", U32), _PASS, _WHERE)),
    0x9B02: ("downloaded_answer", group(*_SESSION)),
    0x9B03: ("control_download", group(("session", U16), ("command", U8))),
}  # fmt: skip
