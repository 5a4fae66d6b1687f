"""Pictures, sounds and videos of a terminal: JT/T 808 by message, JT/T 1078 by stream or file.

The last ones are the Su standard's: files that prove an alarm.
"""

from anlan.connectors.road.fields import U8, U16, U32, U64, Moment, Raw, Text
from anlan.connectors.road.items import LABEL
from anlan.connectors.road.position import POSITION
from anlan.connectors.road.shapes import Edition, Group, Many, Maybe, Sized, group

_SHORT = Sized(U8, Text())
_ANSWERED = ("answers_serial", U16)
_MEDIA = (("id", U32), ("type", U8), ("format", U8), ("event", U8), ("channel", U8))
_FOUND = group(("id", U32), ("type", U8), ("channel", U8), ("event", U8), ("position", POSITION))
_SPAN = (("start", Moment()), ("end", Moment()))
_WANTED = (("type", U8), ("channel", U8), ("event", U8), *_SPAN)
_SERVER = (("server", _SHORT), ("tcp_port", U16), ("udp_port", U16))
_STREAM = (("media", U8), ("stream", U8), ("storage", U8))
_RECORDS = (("channel", U8), *_SPAN, ("alarms", U64), *_STREAM)
_TURN = group(("channel", U8), ("value", U8))
_FILE = (("name", _SHORT), ("type", U8), ("size", U32))

MEDIA: dict[int, tuple[str, Group]] = {
    0x0800: ("media_event", group(*_MEDIA)),
    0x0801: ("media", group(*_MEDIA, ("position", POSITION), ("data", Raw()))),
    0x0802: ("media_found", group(_ANSWERED, ("items", Many(_FOUND, U16)))),
    0x0805: ("picture_taken", group(_ANSWERED, ("result", U8), ("ids", Maybe(Many(U32, U16))))),
    0x8800: ("media_taken", group(("id", U32), ("indices", Maybe(Many(U16, U8))))),
    0x8801: (
        "take_picture",
        group(
            ("channel", U8), ("command", U16), ("interval_s", U16), ("keep", U8),
            ("resolution", U8), ("quality", U8), ("brightness", U8), ("contrast", U8),
            ("saturation", U8), ("chroma", U8),
        ),
    ),
    0x8802: ("query_media", group(*_WANTED)),
    0x8803: ("upload_media", group(*_WANTED, ("delete", U8))),
    0x8804: ("record_sound", group(("command", U8), ("lasts_s", U16), ("keep", U8), ("rate", U8))),
    0x8805: ("upload_one", group(("id", U32), ("delete", U8))),
}  # fmt: skip

OTHERS: dict[int, tuple[Group, ...]] = {
    0x0801: (group(*_MEDIA, ("data", Raw())),),
}
"""How a message was written in 2011: without the position."""

VIDEO: dict[int, tuple[str, Group]] = {
    0x1003: (
        "video_attributes",
        group(
            ("audio_coding", U8), ("audio_channels", U8), ("audio_rate", U8), ("audio_bits", U8),
            ("audio_frame", U16), ("has_sound_out", U8), ("video_coding", U8),
            ("most_audio", U8), ("most_video", U8),
        ),
    ),
    0x1005: ("passengers", group(*_SPAN, ("on", U16), ("off", U16))),
    0x1205: (
        "records",
        group(_ANSWERED, ("records", Many(group(*_RECORDS, ("size", U32)), U32))),
    ),
    0x1206: ("uploaded", group(_ANSWERED, ("result", U8))),
    0x9003: ("query_video_attributes", group()),
    0x9101: (
        "live", group(*_SERVER, ("channel", U8), ("media", U8), ("stream", U8)),
    ),
    0x9102: (
        "control_live", group(("channel", U8), ("command", U8), ("close", U8), ("stream", U8)),
    ),
    0x9105: ("live_loss", group(("channel", U8), ("loss_percent", U8))),
    0x9201: (
        "playback",
        group(*_SERVER, ("channel", U8), *_STREAM, ("way", U8), ("speed", U8), *_SPAN),
    ),
    0x9202: (
        "control_playback",
        group(("channel", U8), ("command", U8), ("speed", U8), ("time", Moment())),
    ),
    0x9205: ("query_records", group(*_RECORDS)),
    0x9206: (
        "upload_records",
        group(
            ("server", _SHORT), ("port", U16), ("user", _SHORT),
            ("password", _SHORT), ("path", _SHORT), *_RECORDS,
            ("condition", U8),
        ),
    ),
    0x9207: ("control_upload", group(_ANSWERED, ("command", U8))),
    0x9301: ("turn_camera", group(("channel", U8), ("direction", U8), ("speed", U8))),
    0x9302: ("focus_camera", _TURN),
    0x9303: ("open_iris", _TURN),
    0x9304: ("wipe_camera", _TURN),
    0x9305: ("light_camera", _TURN),
    0x9306: ("zoom_camera", _TURN),
    0x1210: (
        "alarm_files",
        group(
            ("terminal", Edition(Text(7), Text(30))), ("label", LABEL), ("alarm", Text(32)),
            ("type", U8), ("files", Many(group(("name", _SHORT), ("size", U32)), U8)),
        ),
    ),
    0x1211: ("file", group(*_FILE)),
    0x1212: ("file_sent", group(*_FILE)),
    0x9208: (
        "upload_alarm_files",
        group(*_SERVER, ("label", LABEL), ("alarm", Text(32)), ("reserved", Raw(16))),
    ),
    0x9212: (
        "file_taken",
        group(
            ("name", _SHORT), ("type", U8), ("result", U8),
            ("missing", Many(group(("offset", U32), ("size", U32)), U8)),
        ),
    ),
}  # fmt: skip
