"""Slopes that may come down: landslides, collapses, debris flows, fissures, subsidences."""

from collections.abc import Iterator

from anlan.sandtable.city.model import Observed
from anlan.sandtable.city.regions.survey import Survey, oval
from anlan.sandtable.city.sizes import Amounts

STORY_SLOPES = (
    ("landslide", 47.9, 29.5, "柳树沟滑坡", "Liushugou landslide", "990101LS901"),
    ("landslide", 54.6, 47.6, "石桥后山滑坡", "Shiqiao back-hill landslide", "990101LS902"),
    ("debris_flow", 49.9, 29.0, "柳树沟泥石流", "Liushugou debris flow", "990101DF901"),
)
_STABILITY = ("基本稳定", "欠稳定", "稳定", "欠稳定")
_WORDS = {
    "landslide": ("滑坡", "landslide", "LS"),
    "collapse": ("崩塌", "rockfall", "RF"),
    "debris_flow": ("泥石流", "debris flow", "DF"),
    "fissure": ("地裂缝", "fissure", "FS"),
    "subsidence": ("地面塌陷", "subsidence", "SB"),
}


def geohazard(survey: Survey, amounts: Amounts) -> Iterator[Observed]:
    """Every observed object of the geohazard pack."""
    for kind, x, y, zh, en, key in STORY_SLOPES:
        yield _slope(survey, kind, at=(x, y), turn=survey.uphill(x, y), names=(zh, en), key=key)
    for kind, count in (
        ("landslide", amounts.landslides), ("collapse", amounts.collapses),
        ("debris_flow", amounts.debris_flows), ("fissure", amounts.fissures),
        ("subsidence", amounts.subsidences),
    ):  # fmt: skip
        word, english, _ = _WORDS[kind]
        for k, (x, y, turn, below) in enumerate(survey.slopes(count), 1):
            names = f"{below.short}{word}{k}", f"{below.en} {english} {k}"
            yield _slope(survey, kind, at=(x, y), turn=turn, names=names)


def _slope(
    survey: Survey, kind: str, *, at: tuple[float, float], turn: float, names: tuple[str, str],
    key: str = "",
) -> Observed:  # fmt: skip
    region = survey.village(*at).code
    size = float(survey.chance.uniform(0.6, 1.4))
    return survey.observe(
        kind, at=at, region=region, pack="geohazard", zh=names[0], en=names[1],
        key=key or survey.key(region, _WORDS[kind][2]), owner=region[:6] + "-zr",
        shape=oval(at, turn, long_km=0.42 * size, wide_km=0.24 * size),
        attributes=_attributes(survey, kind, size), contact=survey.contact("监测员"),
    )  # fmt: skip


def _attributes(survey: Survey, kind: str, size: float) -> dict[str, object]:
    persons = int(survey.chance.integers(9, 160))
    always: dict[str, object] = {"persons": persons, "watcher": survey.contact("监测员").name}
    match kind:
        case "landslide":
            return always | {
                "volume": round(18 * size, 1), "households": max(1, round(persons / 3.1)),
                "stability": _STABILITY[persons % 4], "route": "沿村道向村委会方向撤离",
            }  # fmt: skip
        case "collapse":
            return always | {"volume": round(900 * size), "height": round(45 * size)}
        case "debris_flow":
            return always | {"catchment": round(2.6 * size, 2), "loose": round(3.1 * size, 2)}
        case "fissure":
            return always | {"length": round(120 * size)}
        case _:
            return always | {"area": round(2400 * size), "cause": ("岩溶", "采空")[persons % 2]}
