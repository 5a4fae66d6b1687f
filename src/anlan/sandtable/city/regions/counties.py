"""The counties and the towns with a place of their own: hand-placed, km of the plane."""

from typing import NamedTuple


class Seat(NamedTuple):
    """A county; x, y: its county town · reach: how far it pulls villages to itself · urban: people
    of its town, thousands."""

    code: str
    zh: str
    en: str
    x: float
    y: float
    reach: float
    urban: float


COUNTIES = (
    Seat("990101", "安澜县", "Anlan County", 59.5, 38.2, 1.25, 118),
    Seat("990102", "云岭县", "Yunling County", 34.0, 51.0, 1.1, 46),
    Seat("990103", "望海区", "Wanghai District", 81.0, 26.0, 1.0, 330),
    Seat("990104", "松坪县", "Songping County", 70.0, 56.0, 1.05, 62),
    Seat("990105", "南溪县", "Nanxi County", 40.5, 13.5, 1.0, 52),
    Seat("990106", "南岗县", "Nangang County", 63.0, 13.0, 0.95, 71),
)


class Town(NamedTuple):
    """A town whose name and place the stories need; kind: 街道, 镇 or 乡."""

    county: str
    zh: str
    en: str
    kind: str
    x: float
    y: float


TOWNS = (
    Town("990101", "城关", "Chengguan", "镇", 59.5, 38.2),
    Town("990101", "石桥", "Shiqiao", "镇", 52.5, 42.5),
    Town("990101", "柳树沟", "Liushugou", "乡", 52.0, 28.2),
    Town("990101", "铜鼓岭", "Tongguling", "镇", 55.5, 49.5),
    Town("990101", "渡口", "Dukou", "镇", 66.5, 32.0),
    Town("990102", "云岭", "Yunling", "镇", 34.0, 51.0),
    Town("990103", "望海", "Wanghai", "街道", 81.0, 26.0),
    Town("990104", "松坪", "Songping", "镇", 70.0, 56.0),
    Town("990105", "南溪", "Nanxi", "镇", 40.5, 13.5),
    Town("990106", "南岗", "Nangang", "镇", 63.0, 13.0),
)
