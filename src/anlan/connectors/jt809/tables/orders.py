"""Between platforms 1300/9300, alarms 1400/9400, and what vehicles are told 1500/9500."""

from typing import Any

from anlan.connectors.jt809.kinds import CODE, GNSS, UTC8
from anlan.connectors.jt809.tables.vehicles import SOURCE
from anlan.connectors.road.fields import U8, U16, U32, Code, Kind, Moment, Raw, Text
from anlan.connectors.road.shapes import Edition, Group, Sized, group, since_2019


def _until_2019(version: int, _: Any) -> bool:
    return version < 2019


_TEXT = Sized(U32, Text())
_RESULT = group(*SOURCE, ("result", U8))
_NAMED = (("source", Code()), ("source_sn", U32), ("result", U8))
_OBJECT: Kind = Edition(Text(12), Text(20))
_WHOSE = (("plate", Text(21)), ("colour", U8))
_KIND = (("warning", Code()), ("warned_at", UTC8))
_WARNING = Edition(
    group(("from", U8), *_KIND, ("info", U32), ("text", _TEXT)),
    group(
        ("from_platform", CODE), *_KIND, ("start", UTC8), ("end", UTC8), *_WHOSE,
        ("about_platform", CODE), ("route", U32), ("text", _TEXT),
    ),
)  # fmt: skip
_TIP = Edition(
    group(("from", U8), *_KIND, ("text", _TEXT)),
    _WARNING.new,
)
_BY = (
    ("until", UTC8), ("level", U8), ("supervisor", Text(16)), ("phone", Text(20)),
    ("mail", Text(32)),
)  # fmt: skip


def _of(kind: Edition) -> Group:
    """The fields of both editions in one group."""
    return group(("warning", kind))


ORDERS: dict[int, tuple[str, Group]] = {
    0x1301: (
        "duty_answer",
        group(
            ("object_type", U8), ("answered_by", Text(16), since_2019),
            ("phone", Text(20), since_2019), ("object", _OBJECT),
            ("info", U32, _until_2019), *SOURCE, ("text", _TEXT),
        ),
    ),
    0x1302: ("platform_text_answer", group(("info", U32, _until_2019), *SOURCE)),
    0x1303: (
        "ask_again",
        group(("id", Code()), ("count", U8), ("first", U32), ("last", U32), ("time", UTC8)),
    ),
    0x9301: (
        "ask_duty",
        group(
            ("object_type", U8), ("object", _OBJECT), ("within_s", U8, since_2019), ("info", U32),
            ("text", _TEXT),
        ),
    ),
    0x9302: (
        "platform_text",
        group(("object_type", U8), ("object", _OBJECT), ("info", U32), ("text", _TEXT)),
    ),
    0x9303: ("ask_again", group(("serials", Raw(8)), ("time", UTC8))),
    0x1401: ("supervised", group(("supervision", U32), ("result", U8))),
    0x1402: ("warning", _of(_WARNING)),
    0x1403: (
        "warning_handled",
        _of(Edition(group(("info", U32), ("result", U8)), _WARNING.new)),
    ),
    0x1411: ("supervised", group(*_NAMED)),
    0x1412: ("warning_handled", group(*_NAMED)),
    0x1413: (
        "supervise",
        group(("from_platform", CODE), ("warned_at", UTC8), *_NAMED[:2], *_BY),
    ),
    0x9401: ("supervise", group(("from", U8), *_KIND, ("supervision", U32), *_BY)),
    0x9402: ("tip", _of(_TIP)),
    0x9403: ("warning", _of(_TIP)),
    0x1501: ("listened", _RESULT),
    0x1502: (
        "photo",
        group(
            *SOURCE, ("result", U8), ("gnss", GNSS), ("lens", U8),
            ("photo_length", U32), ("size", U8), ("format", U8), ("photo", Raw()),
        ),
    ),
    0x1503: ("text_answer", group(("text_sn", U32, _until_2019), *SOURCE, ("result", U8))),
    0x1504: ("record", group(*SOURCE, ("command", U8), ("data", Sized(U32, Raw())))),
    0x1505: ("emergency_answer", _RESULT),
    0x9501: ("listen", group(("phone", Text(20)))),
    0x9502: ("take_photo", group(("lens", U8), ("size", U8))),
    0x9503: ("text", group(("text_sn", U32), ("priority", U8), ("text", _TEXT))),
    0x9504: (
        "ask_record",
        group(
            ("command", U8, _until_2019), ("start", Edition(Moment(), UTC8)),
            ("end", Edition(Moment(), UTC8)), ("most", U16, _until_2019),
            ("command", U8, since_2019),
        ),
    ),
    0x9505: (
        "emergency",
        group(
            ("code", Raw(10)), ("apn", Text(20)), ("user", Text(49)), ("password", Text(22)),
            ("server", Text(32)), ("tcp_port", U16), ("udp_port", U16), ("end", UTC8),
        ),
    ),
}  # fmt: skip

KINDS = {
    0x01: "超速报警", 0x02: "疲劳驾驶报警", 0x03: "紧急报警", 0x04: "进入指定区域报警",
    0x05: "离开指定区域报警", 0x06: "路段堵塞报警", 0x07: "危险路段报警", 0x08: "越界报警",
    0x09: "盗警", 0x0A: "劫警", 0x0B: "偏离路线报警", 0x0C: "车辆移动报警", 0x0D: "超时驾驶报警",
    0x0E: "其他报警", 0x10: "违规行驶报警", 0x11: "前撞报警", 0x12: "车道偏离报警",
    0x13: "胎压异常报警", 0x14: "动态信息异常报警", 0xA001: "超时停车",
    0xA002: "定位信息上报时间间隔异常", 0xA003: "定位信息上报距离间隔异常",
    0xA004: "下级平台异常断线", 0xA005: "下级平台数据传输异常", 0xA006: "路段堵塞报警",
    0xA007: "危险路段报警", 0xA008: "雨雪天气报警", 0xA009: "驾驶员身份识别异常",
    0xA00A: "终端异常", 0xA00B: "平台接入异常", 0xA00C: "核心数据异常", 0xA0FF: "其他报警",
}  # fmt: skip
"""Kinds of warnings 报警类型, of both editions."""
