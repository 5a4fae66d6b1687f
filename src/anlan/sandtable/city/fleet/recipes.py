"""What is measured of each kind of object, and how it behaves: one row a kind of sensor."""
# These rows are a table: each reads best as one or two long lines.
# ruff: noqa: E501

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One kind of sensor.

    key: KIND.SHORT · count: how many an object has · base, spread: resting value, and how far
    sensors differ · ground: base is above the ground's height there · daily, season: amplitudes ·
    noise: one standard deviation · floor: lowest value · answer: which physics moves it · gain:
    how much · marks: level → value (above base when `above`) · low: reached from above ·
    story_s: seconds between readings while a story plays there.
    """

    key: str
    quantity: str
    zh: str
    en: str
    count: int = 1
    interval_s: int = 300
    story_s: int = 5
    decimals: int = 2
    base: float = 0.0
    spread: float = 0.0
    ground: float | None = None
    daily: float = 0.0
    season: float = 0.0
    noise: float = 0.0
    floor: float = -1e9
    answer: str = "steady"
    gain: float = 1.0
    marks: Mapping[str, float] = field(default_factory=dict)
    above: bool = True
    low: bool = False
    deadband: float = 0.0


def _marks(blue: float, yellow: float, orange: float, red: float) -> dict[str, float]:
    return {"blue": blue, "yellow": yellow, "orange": orange, "red": red}


_RAIN = {"zh": "雨量", "en": "rain", "decimals": 1, "floor": 0.0, "answer": "rain", "story_s": 10}
_FLAMMABLE = {
    "zh": "可燃气体",
    "en": "flammable gas",
    "decimals": 1,
    "base": 0.8,
    "spread": 1.2,
    "noise": 0.25,
    "floor": 0.0,
    "answer": "gas",
    "story_s": 2,
}
_TOXIC = {
    "zh": "有毒气体",
    "en": "toxic gas",
    "decimals": 1,
    "base": 3.0,
    "spread": 4.0,
    "noise": 0.8,
    "floor": 0.0,
    "answer": "gas",
    "gain": 3.4,
    "story_s": 2,
}

ROWS: tuple[Recipe, ...] = (
    # flood
    Recipe(key="rain_station.P", quantity="flood.rain", **_RAIN),  # type: ignore[arg-type]  # rows are data, proved by building them all in a test
    Recipe(key="river_section.Z", quantity="water_level", zh="水位", en="water level", decimals=3, ground=-1.2, spread=0.6, daily=0.012, season=0.25, noise=0.002, answer="river", marks=_marks(1.3, 1.9, 2.7, 3.5), deadband=0.05),
    Recipe(key="reservoir.RZ", quantity="reservoir_level", zh="库水位", en="reservoir level", ground=10.4, spread=0.6, daily=0.02, season=0.5, noise=0.006, answer="reservoir", marks={"yellow": 1.6, "orange": 3.4, "red": 4.9}, deadband=0.05),
    Recipe(key="reservoir.XZ", quantity="limit_level", zh="汛限水位", en="flood-season limit", interval_s=86400, story_s=86400, ground=12.0, answer="entered"),
    Recipe(key="reservoir.P", quantity="flood.rain", **_RAIN),  # type: ignore[arg-type]  # as above
    Recipe(key="low_spot.H", quantity="waterlogging_depth", zh="积水深度", en="depth of standing water", decimals=3, noise=0.001, floor=0.0, answer="waterlogging", story_s=5, marks=_marks(0.10, 0.15, 0.27, 0.40), above=False, deadband=0.02),
    # chemical
    Recipe(key="tank.L", quantity="chemical.level", zh="液位", en="level", base=5.6, spread=2.4, daily=1.1, noise=0.005, answer="stock", marks={"yellow": 10.2, "red": 10.9}, above=False, deadband=0.1),
    Recipe(key="tank.T", quantity="chemical.temperature", zh="温度", en="temperature", decimals=1, base=21.0, spread=2.0, daily=2.2, season=9.0, noise=0.08, marks={"yellow": 45.0, "red": 55.0}, above=False, deadband=1.0),
    Recipe(key="tank.PR", quantity="chemical.pressure", zh="压力", en="pressure", decimals=3, base=0.62, spread=0.12, daily=0.02, season=0.05, noise=0.001, marks={"orange": 1.2, "red": 1.5}, above=False, deadband=0.02),
    Recipe(key="tank.G", quantity="chemical.flammable_gas", **_FLAMMABLE),  # type: ignore[arg-type]  # as above
    Recipe(key="tank.X", quantity="chemical.toxic_gas", **_TOXIC),  # type: ignore[arg-type]  # as above
    Recipe(key="plant.PR", quantity="chemical.pressure", zh="压力", en="pressure", decimals=3, base=1.4, spread=0.3, daily=0.04, noise=0.004, marks={"orange": 2.4, "red": 2.8}, above=False, deadband=0.05),
    Recipe(key="plant.T", quantity="chemical.temperature", zh="温度", en="temperature", decimals=1, base=142.0, spread=14.0, daily=2.5, noise=0.4, marks={"yellow": 185.0, "red": 200.0}, above=False, deadband=2.0),
    Recipe(key="plant.G", quantity="chemical.flammable_gas", **_FLAMMABLE),  # type: ignore[arg-type]  # as above
    Recipe(key="gas_point.G", quantity="chemical.flammable_gas", **_FLAMMABLE),  # type: ignore[arg-type]  # as above
    # tailings; W, B, F, R: the items of the pool, D, P, S: of the dam, X: of the drains
    Recipe(key="pool_item.W", quantity="pool_level", zh="库水位", en="pool level", ground=40.0, noise=0.004, season=0.08, answer="pool", gain=0.85, marks=_marks(0.35, 0.5, 0.75, 1.05), deadband=0.03),
    Recipe(key="pool_item.B", quantity="dry_beach", zh="干滩长度", en="dry beach", decimals=1, base=142.0, spread=6.0, noise=0.3, answer="pool", gain=-85.0, marks=_marks(105.0, 90.0, 70.0, 50.0), above=False, low=True, deadband=2.0),
    Recipe(key="pool_item.F", quantity="freeboard", zh="安全超高", en="freeboard", base=2.35, spread=0.05, noise=0.004, answer="pool", gain=-0.85, marks=_marks(2.0, 1.85, 1.6, 1.3), above=False, low=True, deadband=0.03),
    Recipe(key="pool_item.R", quantity="tailings.rain", **_RAIN),  # type: ignore[arg-type]  # as above
    Recipe(key="dam_item.D", quantity="tailings.displacement", zh="位移", en="displacement", count=6, decimals=1, base=14.0, spread=5.0, daily=0.25, noise=0.12, answer="pool", gain=9.0, marks=_marks(30, 36, 44, 60), above=False, deadband=1.0),
    Recipe(key="dam_item.P", quantity="phreatic_depth", zh="浸润线埋深", en="phreatic depth", count=4, base=9.6, spread=0.6, season=0.2, noise=0.01, answer="pool", gain=-1.9, marks=_marks(7.8, 7.2, 6.4, 5.4), above=False, low=True, deadband=0.1),
    Recipe(key="dam_item.S", quantity="seepage", zh="渗流量", en="seepage", count=2, decimals=1, base=6.5, spread=1.0, daily=0.1, noise=0.08, answer="pool", gain=6.5, marks=_marks(12, 16, 22, 30), above=False, deadband=0.5),
    Recipe(key="discharge_item.X", quantity="seepage", zh="排水流量", en="drain flow", decimals=1, base=11.0, spread=1.5, noise=0.1, answer="pool", gain=18.0),
    # geohazard
    Recipe(key="landslide.D", quantity="geohazard.displacement", zh="累计位移", en="displacement", count=2, interval_s=600, decimals=1, base=180.0, spread=60.0, daily=0.15, noise=0.22, answer="creep", gain=1.0),
    Recipe(key="landslide.V", quantity="uniform_rate", zh="等速变形速率", en="uniform rate", interval_s=86400, story_s=86400, decimals=3, base=2.4, spread=0.9, answer="entered"),
    Recipe(key="landslide.C", quantity="geohazard.crack", zh="裂缝宽度", en="crack", count=2, interval_s=600, decimals=1, base=6.0, spread=3.0, daily=0.1, noise=0.05, answer="creep", gain=0.06),
    Recipe(key="landslide.I", quantity="geohazard.tilt", zh="倾角", en="tilt", interval_s=600, base=0.6, spread=0.4, daily=0.02, noise=0.006, answer="creep", gain=0.0003, marks={"blue": 1.2, "yellow": 2.0}, deadband=0.05),
    Recipe(key="landslide.P", quantity="geohazard.rain", interval_s=600, **_RAIN),  # type: ignore[arg-type]  # as above
    Recipe(key="landslide.M", quantity="soil_moisture", zh="土壤含水率", en="soil moisture", interval_s=600, decimals=1, base=22.0, spread=3.0, season=2.5, noise=0.1, answer="soil", gain=16.0),
    Recipe(key="landslide.K", quantity="pore_pressure", zh="孔隙水压力", en="pore pressure", interval_s=600, decimals=1, base=16.0, spread=4.0, season=2.0, noise=0.15, answer="soil", gain=34.0),
    Recipe(key="collapse.I", quantity="geohazard.tilt", zh="倾角", en="tilt", count=2, interval_s=600, base=1.1, spread=0.5, daily=0.03, noise=0.006, answer="creep", gain=0.0002, marks={"blue": 1.2, "yellow": 2.0}, deadband=0.05),
    Recipe(key="collapse.C", quantity="geohazard.crack", zh="裂缝宽度", en="crack", count=2, interval_s=600, decimals=1, base=5.0, spread=2.0, daily=0.12, noise=0.05, answer="creep", gain=0.03),
    Recipe(key="debris_flow.P", quantity="geohazard.rain", interval_s=600, **_RAIN),  # type: ignore[arg-type]  # as above
    Recipe(key="debris_flow.N", quantity="mud_level", zh="泥水位", en="mud level", base=0.12, spread=0.05, noise=0.006, floor=0.0, answer="mud", marks={"yellow": 0.8, "orange": 1.4, "red": 2.2}, deadband=0.1),
    Recipe(key="debris_flow.M", quantity="soil_moisture", zh="土壤含水率", en="soil moisture", interval_s=600, decimals=1, base=22.0, spread=3.0, season=2.5, noise=0.1, answer="soil", gain=16.0),
    Recipe(key="fissure.C", quantity="geohazard.crack", zh="裂缝宽度", en="crack", count=2, interval_s=600, decimals=1, base=9.0, spread=3.0, daily=0.1, noise=0.05),
    Recipe(key="fissure.S", quantity="settlement", zh="沉降量", en="settlement", interval_s=600, decimals=1, base=22.0, spread=8.0, daily=0.1, noise=0.15),
    Recipe(key="subsidence.S", quantity="settlement", zh="沉降量", en="settlement", count=2, interval_s=600, decimals=1, base=35.0, spread=10.0, daily=0.1, noise=0.15),
    Recipe(key="subsidence.C", quantity="geohazard.crack", zh="裂缝宽度", en="crack", interval_s=600, decimals=1, base=6.0, spread=2.0, daily=0.1, noise=0.05),
    Recipe(key="subsidence.P", quantity="geohazard.rain", interval_s=600, **_RAIN),  # type: ignore[arg-type]  # as above
    # carbon monoxide
    Recipe(key="home.CO", quantity="co", zh="一氧化碳", en="carbon monoxide", interval_s=600, story_s=10, decimals=0, base=1.5, spread=1.4, daily=1.2, season=0.6, noise=0.5, floor=0.0, answer="co"),
    Recipe(key="shop.CO", quantity="co", zh="一氧化碳", en="carbon monoxide", interval_s=600, story_s=10, decimals=0, base=2.0, spread=1.4, daily=1.4, season=0.6, noise=0.5, floor=0.0, answer="co"),
    # wind: rows are added at the end, for a city that was kept numbers them
    Recipe(key="wind_station.W", quantity="wind_speed", zh="平均风速", en="mean wind", decimals=1, noise=0.05, floor=0.0, answer="wind", story_s=10),
    Recipe(key="wind_station.G", quantity="gust", zh="阵风", en="gust", decimals=1, noise=0.05, floor=0.0, answer="gust", story_s=10),
    Recipe(key="wind_station.D", quantity="wind_direction", zh="风向", en="wind direction", decimals=0, noise=3.0, floor=0.0, answer="vane", story_s=10),
)  # fmt: skip

RECIPES = {recipe.key: (place, recipe) for place, recipe in enumerate(ROWS)}


def recipes_of(kind: str, key: str, attributes: Mapping[str, object]) -> list[str]:
    """The keys of the recipes of one object: by its kind, item, gas or substance."""
    every = [name for name in RECIPES if name.startswith(f"{kind}.")]
    if kind.endswith("_item"):
        return [f"{kind}.{key[-1]}"]
    if kind == "tank":
        is_toxic = attributes["substance"] in ("氨", "氯")
        return ["tank.L", "tank.T", *(("tank.PR", "tank.X") if is_toxic else ("tank.G",))]
    return every
