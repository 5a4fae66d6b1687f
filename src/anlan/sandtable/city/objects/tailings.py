"""Tailings ponds: the pond as a whole, and the items that are watched of it."""

from collections.abc import Iterator

from anlan.sandtable.city.model import Enterprise, Observed
from anlan.sandtable.city.regions.survey import Survey, oval

PONDS = (
    (57.0, 51.2, "铜鼓岭尾矿库", "Tongguling tailings pond", "三等", 1850.0, 68.0),
    (25.0, 40.5, "白石沟尾矿库", "Baishigou tailings pond", "四等", 420.0, 41.0),
    (65.8, 61.2, "松坪尾矿库", "Songping tailings pond", "四等", 350.0, 38.0),
    (31.5, 22.5, "南溪尾矿库", "Nanxi tailings pond", "五等", 88.0, 24.0),
)
POND_KEYS = ("990101TP901", "990102TP901", "990104TP901", "990105TP901")
ITEMS = (
    ("pool_item", "库水位", "pool level", "W"),
    ("pool_item", "干滩长度", "dry beach", "B"),
    ("pool_item", "安全超高", "freeboard", "F"),
    ("pool_item", "降水量", "rain", "R"),
    ("dam_item", "坝体位移", "dam displacement", "D"),
    ("dam_item", "浸润线", "phreatic line", "P"),
    ("dam_item", "渗流量", "seepage", "S"),
    ("discharge_item", "排水井", "drainage shaft", "X"),
)


def tailings(survey: Survey, mines: list[Enterprise]) -> Iterator[Observed]:
    """The ponds, each followed by its items; mines: who owns each."""
    for key, (x, y, zh, en, grade, volume, height), mine in zip(
        POND_KEYS, PONDS, mines, strict=True
    ):
        region, turn = survey.village(x, y).code, survey.uphill(x, y)
        pond = survey.observe(
            "pond", at=(x, y), region=region, pack="tailings", zh=zh, en=en, key=key,
            owner=mine.key, enterprise=mine.key, contact=mine.contact,
            shape=oval((x, y), turn, long_km=0.95, wide_km=0.5),
            attributes={"grade": grade, "volume": volume, "height": height, "method": "上游式",
                        "persons": int(6 * height)},
        )  # fmt: skip
        yield pond
        for n, (kind, item, item_en, short) in enumerate(ITEMS):
            place = x + 0.06 * (n % 4) - 0.1, y - 0.05 * (n // 4)
            yield survey.observe(
                kind, at=place, pack="tailings", zh=f"{zh[:-3]}·{item}", en=f"{en}, {item_en}",
                key=f"{key}{short}", owner=mine.key, enterprise=mine.key, contact=mine.contact,
                attributes={"works": item} if kind == "discharge_item" else {"item": item},
                parent=key,
            )  # fmt: skip
