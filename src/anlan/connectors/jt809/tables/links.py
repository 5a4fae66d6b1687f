"""The links themselves: signing in and out, staying alive, and what each side counted."""

from anlan.connectors.jt809.kinds import CODE, UTC8
from anlan.connectors.road.fields import U8, U16, U32, Code, Text
from anlan.connectors.road.shapes import Group, Many, group, since_2019

_NOTHING = group()
_RESULT, _REASON, _CHECK = group(("result", U8)), group(("reason", U8)), group(("verifyCode", U32))
_USER = (("userId", U32), ("password", Text(8)))
_SUB = (("sub", Code()), ("sub_length", U32))
_ASKED = group(*_SUB, ("platform", CODE), ("start", UTC8), ("end", UTC8))
_COUNTED = group(
    *_SUB, ("platform", CODE), ("start", UTC8), ("end", UTC8),
    ("lost", U32), ("disconnected", U8), ("disconnected_s", U32),
)  # fmt: skip
_SERIALS = group(
    *_SUB, ("serials", Many(group(("id", Code()), ("sn", U32), ("time", UTC8)), U8))
)  # fmt: skip

LINKS: dict[int, tuple[str, Group]] = {
    0x1001: (
        "login",
        group(
            *_USER, ("centre", U32, since_2019),
            ("downLinkIP", Text(32)), ("downLinkPort", U16),
        ),
    ),
    0x1002: ("login_answer", group(("result", U8), ("verifyCode", U32))),
    0x1003: ("logout", group(*_USER)),
    0x1004: ("logout_answer", _NOTHING),
    0x1005: ("alive", _NOTHING),
    0x1006: ("alive_answer", _NOTHING),
    0x1007: ("main_link_lost", _REASON),
    0x1008: ("closing", _REASON),
    0x1102: ("counts", _COUNTED),
    0x1103: ("serials", _SERIALS),
    0x9001: ("sub_login", _CHECK),
    0x9002: ("sub_login_answer", _RESULT),
    0x9003: ("sub_logout", _CHECK),
    0x9004: ("sub_logout_answer", _NOTHING),
    0x9005: ("sub_alive", _NOTHING),
    0x9006: ("sub_alive_answer", _NOTHING),
    0x9007: ("sub_link_lost", _REASON),
    0x9008: ("sub_closing", _REASON),
    0x9101: ("received", group(("count", U32), ("start", UTC8), ("end", UTC8))),
    0x9102: ("ask_counts", _ASKED),
    0x9103: ("serials", _SERIALS),
}  # fmt: skip

LOGIN_RESULTS = {
    0: "成功", 1: "IP地址不正确", 2: "接入码不正确", 3: "用户没有注册", 4: "密码错误",
    5: "资源紧张，稍后再连接", 6: "其他", 0xFF: "其他",
}  # fmt: skip
