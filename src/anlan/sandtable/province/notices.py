"""What the weather office says in a storm: a warning, a worse one, and its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.cap.message import Alert, Area, Info, Pair
from anlan.cap.national.colours import SEVERITIES
from anlan.cap.national.identifier import BEIJING, make_identifier
from anlan.terms.levels import Level

SENDER, UNIT = "cap@met.lanhai.example", "99000041600000"
_OFFICE = ("岚海省气象台（虚构）", "Lanhai weather office (fictional)")
_FICTION = ("（本消息为演示数据，纯属虚构。）", " (Invented for a demonstration.)")
_SECOND_MS, _MINUTE_MS = 1000, 60_000
_HELD, _KEPT_MS = timedelta(hours=6), 48 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message of a storm. after_ms: the first minute of its rain · back: how many messages
    before it the one is that it follows, 0 for none."""

    kind: str
    level: Level
    after_ms: int
    event: tuple[str, str]
    code: str
    county: tuple[str, str, str]
    said: tuple[str, str]
    back: int = 0


_COUNTY = ("990101", "安澜县", "Anlan county")
_CITY = ("9901", "安澜市", "Anlan city")
_RAIN, _SLIDE = ("暴雨", "rainstorm"), ("地质灾害气象风险", "geohazard risk")
_COURSE = (
    Notice(
        kind="Alert", level=Level.ORANGE, after_ms=20 * _SECOND_MS, event=_RAIN, code="11B03",
        county=_COUNTY,
        said=("预计未来3小时降雨量将达50毫米以上。",
              "More than 50 mm of rain are expected within 3 hours."),
    ),
    Notice(
        kind="Alert", level=Level.YELLOW, after_ms=90 * _SECOND_MS, event=_SLIDE, code="11B37",
        county=_CITY,
        said=("受强降雨影响，未来6小时发生滑坡、崩塌、泥石流的风险较高。",
              "After the heavy rain slides, collapses and debris flows are likely for 6 hours."),
    ),
    Notice(
        kind="Update", level=Level.RED, after_ms=8 * _MINUTE_MS, event=_RAIN, code="11B03",
        county=_COUNTY, back=2,
        said=("过去3小时降雨量已超过100毫米，强降雨仍将持续。",
              "More than 100 mm of rain fell within 3 hours, and it goes on."),
    ),
    Notice(
        kind="Cancel", level=Level.RED, after_ms=75 * _MINUTE_MS, event=_RAIN, code="11B03",
        county=_COUNTY, back=1,
        said=("强降雨已经结束，解除暴雨红色预警。",
              "The heavy rain is over; the red rainstorm warning is lifted."),
    ),
)  # fmt: skip


def notices(storms: Iterable[int], now_ms: int) -> list[Alert]:
    """What the office has said by now, the newest first; of two days.

    storms: the first minutes of their rain, ms UTC.
    """
    said = [told for at in sorted(storms) for told in _course(at, now_ms)]
    first = datetime.fromtimestamp((now_ms - _KEPT_MS) / 1000, BEIJING)
    return [one for one in reversed(said) if datetime.fromisoformat(one.sent) > first]


def _course(start: int, now_ms: int) -> Iterator[Alert]:
    before: list[Alert] = []
    for one in _COURSE:
        at = start + one.after_ms
        if at > now_ms:
            return
        follows = before[-one.back].reference if one.back else None
        told = _message(one, datetime.fromtimestamp(at // 1000, BEIJING), follows)
        before.append(told)
        yield told


def _message(one: Notice, sent: datetime, follows: str | None) -> Alert:
    return Alert(
        identifier=make_identifier(UNIT, sent).text, sender=SENDER, sent=sent.isoformat(),
        status="Actual", msg_type=one.kind, scope="Public", references=follows,
        info=tuple(_info(one, sent, number) for number in (0, 1)),
    )  # fmt: skip


def _info(one: Notice, sent: datetime, number: int) -> Info:
    """In Chinese (0) or in English (1)."""
    verb = {"Alert": ("发布", "issues"), "Update": ("更新", "updates"), "Cancel": ("解除", "lifts")}
    event, office, does = one.event[number], _OFFICE[number], verb[one.kind][number]
    code, *names = one.county
    headline = (
        f"{office}{does}{names[0]}{event}{one.level.chinese}预警",
        f"{office} {does} the {one.level.word} {event} warning for {names[1]}",
    )[number]
    return Info(
        language=("zh-CN", "en-US")[number], category=("Met",), event=event,
        urgency="Expected", severity=SEVERITIES[one.level], certainty="Likely",
        event_code=(Pair("GB/T 35561", one.code),), onset=sent.isoformat(),
        expires=(sent + _HELD).isoformat(), sender_name=office, headline=headline,
        description=one.said[number] + _FICTION[number],
        instruction=("请注意防范，远离河道、低洼地带和陡坡。",
                     "Beware; keep away from rivers, low ground and steep slopes.")[number],
        area=(Area(area_desc=names[number],
                   geocode=(Pair("CPEAS Geographic Code", code.ljust(12, "0")),)),),
    )  # fmt: skip
