"""What stands where in 澜水流域 (虚构): a schematic, 100 wide and 62 high, y downwards."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An observed object, or a wider group that is drawn as one.

    kind: its object type · pack: its hazard · x, y: where on the schematic · parent: the wider
    group it belongs to.
    """

    key: str
    kind: str
    pack: str
    zh: str
    en: str
    x: float
    y: float
    parent: str = ""

    @property
    def northness(self) -> float:
        """1 at the northern edge, 0 at the southern."""
        return 1.0 - self.y / 62.0


@dataclass(frozen=True, slots=True)
class River:
    """A river as a line of (x, y), from its source down; width: of the line on the schematic."""

    zh: str
    en: str
    line: tuple[tuple[float, float], ...]
    width: float


RIVERS = (
    River(
        "澜水",
        "Lan",
        ((3, 15), (14, 22), (25, 27), (37, 30), (50, 33), (63, 34), (78, 39), (97, 47)),
        1.3,
    ),
    River("青溪", "Qing", ((20, 3), (27, 10), (32, 18), (37, 30)), 0.8),
    River("柳川", "Liu", ((33, 59), (42, 53), (51, 46), (58, 40), (63, 34)), 0.8),
)

_RIVER = (
    ("990101", "澜水·云岭站", "Lan at Yunling", 14, 22),
    ("990102", "澜水·石桥站", "Lan at Shiqiao", 29, 28.2),
    ("990103", "澜水·渡口站", "Lan at Dukou", 45, 31.9),
    ("990104", "澜水·城关站", "Lan at Chengguan", 70, 36.4),
    ("990105", "澜水·下湾站", "Lan at Xiawan", 88, 43.2),
    ("990106", "青溪·上寨站", "Qing at Shangzhai", 25, 7.5),
    ("990107", "青溪·溪口站", "Qing at Xikou", 33.5, 21.4),
    ("990108", "柳川·柳树沟站", "Liu at Liushugou", 42, 53),
    ("990109", "柳川·川口站", "Liu at Chuankou", 57, 40.9),
)
_RAIN = (
    ("990201", "云岭雨量站", "Yunling rain", 8, 11),
    ("990202", "上寨雨量站", "Shangzhai rain", 18, 6),
    ("990203", "鹰嘴岩雨量站", "Yingzuiyan rain", 34, 8),
    ("990204", "石桥雨量站", "Shiqiao rain", 23, 33),
    ("990205", "松坪雨量站", "Songping rain", 47, 20),
    ("990206", "渡口雨量站", "Dukou rain", 44, 39),
    ("990207", "城关雨量站", "Chengguan rain", 72, 29),
    ("990208", "柳树沟雨量站", "Liushugou rain", 35, 52),
    ("990209", "南岗雨量站", "Nangang rain", 66, 52),
    ("990210", "下湾雨量站", "Xiawan rain", 92, 36),
    ("990211", "铜鼓岭雨量站", "Tongguling rain", 60, 10),
    ("990212", "东坡雨量站", "Dongpo rain", 84, 20),
)
_LOW = (
    ("990301", "城关铁路桥下穿", "Chengguan railway underpass", 66.5, 38.5),
    ("990302", "人民路涵洞", "Renmin Road culvert", 70, 41),
    ("990303", "滨河小区地下车库", "Binhe garage entrance", 74.5, 34),
    ("990304", "城东隧道", "Chengdong tunnel", 79, 34.5),
    ("990305", "渡口老街", "Dukou old street", 48.5, 36),
    ("990306", "下湾圩区", "Xiawan polder", 93, 50),
)
_TANKS = (
    ("990501", "1#储罐(甲醇)", "tank 1 (methanol)", 68, 56),
    ("990502", "2#储罐(甲醇)", "tank 2 (methanol)", 71, 56),
    ("990503", "3#储罐(甲苯)", "tank 3 (toluene)", 74, 56),
    ("990504", "4#球罐(液氨)", "sphere 4 (ammonia)", 77, 56),
    ("990505", "装卸台", "loading bay", 80, 56),
)
_ITEMS = (
    ("990601", "pool_item", "铜鼓岭·库水位与干滩", "Tongguling pool and beach", 53, 8.5),
    ("990602", "dam_item", "铜鼓岭·坝体位移", "Tongguling dam displacement", 56, 8.5),
    ("990603", "dam_item", "铜鼓岭·浸润线", "Tongguling phreatic line", 53, 11.5),
    ("990604", "dam_item", "铜鼓岭·渗流量", "Tongguling seepage", 56, 11.5),
)
_HOMES = (
    ("990801", "城关·和平里3栋502", "Heping 3-502", 68, 32.5),
    ("990802", "城关·和平里5栋101", "Heping 5-101", 69.6, 31.5),
    ("990803", "城关·向阳巷12号", "Xiangyang 12", 76, 37.5),
    ("990804", "城关·向阳巷17号", "Xiangyang 17", 76.8, 39.2),
    ("990805", "城关·东门出租屋2号", "Dongmen let 2", 82, 37.5),
    ("990806", "石桥·桥头村8组4号", "Qiaotou 8-4", 30.5, 32.5),
    ("990807", "石桥·桥头村9组1号", "Qiaotou 9-1", 32.2, 33.5),
    ("990808", "渡口·码头街21号", "Matou 21", 46.5, 27.5),
    ("990809", "渡口·码头街30号", "Matou 30", 48, 26.5),
    ("990810", "下湾·新村2排6号", "Xincun 2-6", 90, 48.5),
)

OBJECTS: tuple[Place, ...] = (
    *(Place(k, "river_section", "flood", zh, en, x, y) for k, zh, en, x, y in _RIVER),
    *(Place(k, "rain_station", "flood", zh, en, x, y) for k, zh, en, x, y in _RAIN),
    *(Place(k, "low_spot", "flood", zh, en, x, y) for k, zh, en, x, y in _LOW),
    Place("990401", "reservoir", "flood", "龙潭水库", "Longtan reservoir", 14, 39),
    *(
        Place(k, "tank", "chemical", f"南岗{zh}", f"Nangang {en}", x, y, "990500")
        for k, zh, en, x, y in _TANKS
    ),
    *(Place(k, kind, "tailings", zh, en, x, y, "990600") for k, kind, zh, en, x, y in _ITEMS),
    Place("990701", "landslide", "geohazard", "柳树沟滑坡", "Liushugou landslide", 49.5, 52.5),
    *(Place(k, "home", "co", zh, en, x, y) for k, zh, en, x, y in _HOMES),
)
"""Every observed object."""

FACILITIES: tuple[Place, ...] = (
    Place("990500", "facility", "chemical", "南岗化工罐区", "Nangang tank yard", 74, 53),
    Place("990600", "facility", "tailings", "铜鼓岭尾矿库", "Tongguling tailings pond", 54.5, 5.5),
)
"""Groups of objects."""
