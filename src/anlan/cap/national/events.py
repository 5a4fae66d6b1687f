"""Event types of national messages as data: code, name, category in CAP, and where it was seen.

The codes are those of the classification of the national emergency platform, which GB/T 35561
followed; neither text was at hand, and no code of accidents (12), health (13) or public security
(14) could be seen at work. A code that is not here is written and read all the same, and warned of.
"""

from typing import NamedTuple

ISSUED = "an alert of a weather office, as the China Meteorological Administration shows it"
EXAMPLE = "the example in the 12379 interface's field list, as two public clients quote it"
SEVERAL = "two or more public programs that read these alerts"
ONE = "one public program that reads these alerts"


class EventType(NamedTuple):
    """A kind of event: five characters, its Chinese name, CAP's category, and who says so."""

    code: str
    name: str
    category: str
    source: str

    @property
    def is_unverified(self) -> bool:
        """Whether neither an issued alert nor the interface itself shows it."""
        return self.source not in (ISSUED, EXAMPLE)


EVENTS = (
    EventType("11A01", "洪水", "Met", SEVERAL),
    EventType("11B01", "台风", "Met", EXAMPLE),
    EventType("11B02", "龙卷风", "Met", ONE),
    EventType("11B03", "暴雨", "Met", SEVERAL),
    EventType("11B04", "暴雪", "Met", SEVERAL),
    EventType("11B05", "寒潮", "Met", SEVERAL),
    EventType("11B06", "大风", "Met", SEVERAL),
    EventType("11B07", "沙尘暴", "Met", SEVERAL),
    EventType("11B08", "低温冻害", "Met", ONE),
    EventType("11B09", "高温", "Met", SEVERAL),
    EventType("11B10", "热浪", "Met", ONE),
    EventType("11B11", "干热风", "Met", ONE),
    EventType("11B12", "下击暴流", "Met", ONE),
    EventType("11B13", "雪崩", "Geo", ONE),
    EventType("11B14", "雷电", "Met", ISSUED),
    EventType("11B15", "冰雹", "Met", ISSUED),
    EventType("11B16", "霜冻", "Met", SEVERAL),
    EventType("11B17", "大雾", "Met", ISSUED),
    EventType("11B18", "低空风切变", "Met", ONE),
    EventType("11B19", "霾", "Met", SEVERAL),
    EventType("11B20", "雷雨大风", "Met", SEVERAL),
    EventType("11B21", "道路结冰", "Met", SEVERAL),
    EventType("11B22", "干旱", "Met", SEVERAL),
    EventType("11B23", "海上大风", "Met", ONE),
    EventType("11B24", "高温中暑", "Health", ONE),
    EventType("11B25", "森林火险", "Fire", SEVERAL),
    EventType("11B26", "草原火险", "Fire", ONE),
    EventType("11B27", "冰冻", "Met", ONE),
    EventType("11B28", "空间天气", "Met", ONE),
    EventType("11B29", "重污染", "Env", ONE),
    EventType("11B30", "低温雨雪冰冻", "Met", ONE),
    EventType("11B31", "强对流", "Met", ONE),
    EventType("11B32", "臭氧", "Env", ONE),
    EventType("11B33", "大雪", "Met", ONE),
    EventType("11B34", "寒冷", "Met", ONE),
    EventType("11B35", "连阴雨", "Met", ONE),
    EventType("11B36", "渍涝风险", "Met", ONE),
    EventType("11B37", "地质灾害气象风险", "Geo", SEVERAL),
    EventType("11B38", "强降雨", "Met", ONE),
    EventType("11B39", "强降温", "Met", ONE),
    EventType("11B40", "雪灾", "Met", ONE),
    EventType("11B41", "森林（草原）火险", "Fire", ONE),
    EventType("11B42", "医疗气象", "Health", ONE),
    EventType("11B43", "雷暴", "Met", ONE),
    EventType("11B46", "海上风险", "Met", ONE),
    EventType("11B48", "降温", "Met", ONE),
    EventType("11B49", "台风暴雨", "Met", ONE),
    EventType("11B50", "严寒", "Met", ONE),
    EventType("11B51", "沙尘", "Met", ONE),
    EventType("11B52", "海上雷雨大风", "Met", ONE),
    EventType("11B53", "海上大雾", "Met", ONE),
    EventType("11B54", "海上雷电", "Met", ONE),
    EventType("11B55", "海上台风", "Met", ONE),
    EventType("11B56", "低温", "Met", ONE),
    EventType("11B57", "道路冰雪", "Met", ONE),
    EventType("11D00", "地质灾害", "Geo", SEVERAL),
    EventType("11E02", "风暴潮", "Met", SEVERAL),
    EventType("11E06", "海浪", "Met", SEVERAL),
)
_BY_CODE = {event.code: event for event in EVENTS}
_BY_NAME = {event.name: event for event in EVENTS}


def event_of(code: str) -> EventType | None:
    """The event type of a code; None for one that is not in the table."""
    return _BY_CODE.get(code.strip().upper())


def event_named(name: str) -> EventType | None:
    """The event type of a Chinese name; None for one that is not in the table."""
    return _BY_NAME.get(name.strip())
