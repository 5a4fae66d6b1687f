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

_SLOW = {"interval_s": 600, "story_s": 10}

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
    # what came later: bridges, pipes, tunnels, lifts, filling stations, fireworks, mines; they report each ten minutes
    Recipe(key="bridge.D", quantity="deflection", zh="挠度", en="deflection", **_SLOW, decimals=1, base=14.0, spread=5.0, daily=3.6, season=2.0, noise=0.25, marks={"yellow": 38.0, "red": 55.0}, above=False, deadband=2.0),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.E", quantity="strain", zh="应变", en="strain", **_SLOW, count=2, decimals=0, base=85.0, spread=25.0, daily=24.0, season=18.0, noise=2.0, marks={"yellow": 220.0, "orange": 300.0}, above=False, deadband=10.0),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.T", quantity="deck_temperature", zh="桥面温度", en="deck temperature", **_SLOW, decimals=1, base=21.0, spread=1.5, daily=8.0, season=10.0, noise=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.V", quantity="deck_vibration", zh="桥面振动", en="deck vibration", **_SLOW, decimals=3, base=0.05, spread=0.02, daily=0.02, noise=0.008, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.I", quantity="pier_tilt", zh="墩台倾角", en="pier tilt", **_SLOW, decimals=3, base=0.03, spread=0.02, daily=0.004, noise=0.001, marks={"yellow": 0.2, "orange": 0.3, "red": 0.5}, above=False, deadband=0.02),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.S", quantity="scour_depth", zh="冲刷深度", en="scour", **_SLOW, base=0.6, spread=0.3, noise=0.015, marks=_marks(1.6, 2.0, 2.6, 3.4), above=False, deadband=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.W", quantity="vehicle_weight", zh="最重车辆", en="heaviest vehicle", **_SLOW, decimals=1, base=22.0, spread=4.0, daily=5.0, noise=3.6, floor=0.0, answer="load"),  # type: ignore[arg-type]  # as above
    Recipe(key="bridge.F", quantity="cable_force", zh="索力", en="cable force", **_SLOW, count=2, decimals=0, base=4200.0, spread=500.0, daily=18.0, season=25.0, noise=5.0),  # type: ignore[arg-type]  # as above
    Recipe(key="gas_section.PR", quantity="gas_pressure", zh="燃气压力", en="gas pressure", **_SLOW, decimals=3, base=0.36, spread=0.02, daily=0.008, noise=0.001, marks={"yellow": 0.25, "red": 0.15}, above=False, low=True, deadband=0.01),  # type: ignore[arg-type]  # as above
    Recipe(key="gas_section.Q", quantity="gas_flow", zh="燃气流量", en="gas flow", **_SLOW, decimals=0, base=1400.0, spread=300.0, daily=320.0, season=-200.0, noise=18.0, floor=0.0, marks={"yellow": 2800.0}, above=False, deadband=50.0),  # type: ignore[arg-type]  # as above
    Recipe(key="gas_well.M", quantity="well_methane", zh="井内甲烷", en="methane in the well", **_SLOW, decimals=1, base=1.6, spread=1.4, noise=0.3, floor=0.0, answer="gas"),  # type: ignore[arg-type]  # as above
    Recipe(key="drain.H", quantity="drain_depth", zh="水深", en="depth", **_SLOW, base=0.32, spread=0.12, daily=0.05, noise=0.006, floor=0.0, answer="waterlogging", gain=3.2, marks=_marks(1.3, 1.8, 2.4, 3.2), above=False, deadband=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="drain.Q", quantity="drain_flow", zh="流量", en="flow", **_SLOW, decimals=0, base=90.0, spread=30.0, daily=25.0, noise=3.0, floor=0.0, answer="waterlogging", gain=900.0),  # type: ignore[arg-type]  # as above
    Recipe(key="water_main.PR", quantity="supply_pressure", zh="供水压力", en="water pressure", **_SLOW, decimals=3, base=0.33, spread=0.04, daily=0.018, noise=0.002),  # type: ignore[arg-type]  # as above
    Recipe(key="water_main.Q", quantity="supply_flow", zh="供水流量", en="water flow", **_SLOW, decimals=0, base=420.0, spread=90.0, daily=120.0, season=-40.0, noise=7.0, floor=0.0, marks={"yellow": 1000.0}, above=False, deadband=20.0),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.M", quantity="methane", zh="甲烷", en="methane", **_SLOW, decimals=1, base=0.7, spread=0.5, noise=0.2, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.N", quantity="hydrogen_sulfide", zh="硫化氢", en="hydrogen sulphide", **_SLOW, decimals=1, base=0.6, spread=0.4, noise=0.15, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.O", quantity="tunnel.oxygen", zh="氧气", en="oxygen", **_SLOW, base=20.8, spread=0.05, noise=0.03),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.T", quantity="tunnel.air_temperature", zh="温度", en="temperature", **_SLOW, decimals=1, base=22.5, spread=1.0, daily=0.4, season=4.0, noise=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.U", quantity="tunnel.humidity", zh="湿度", en="humidity", **_SLOW, decimals=1, base=76.0, spread=4.0, daily=2.0, season=4.0, noise=0.5),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.W", quantity="sump_depth", zh="集水坑水位", en="sump", **_SLOW, base=0.22, spread=0.05, noise=0.004, floor=0.0, marks={"yellow": 0.7, "orange": 1.0, "red": 1.4}, above=False, deadband=0.05),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.K", quantity="tunnel.smoke", zh="烟雾", en="smoke", **_SLOW, decimals=1, base=0.2, spread=0.1, noise=0.05, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="compartment.B", quantity="intrusion", zh="入侵", en="intrusion", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="road_tunnel.CO", quantity="tunnel.carbon_monoxide", zh="一氧化碳", en="carbon monoxide", **_SLOW, decimals=0, base=18.0, spread=5.0, daily=9.0, noise=2.0, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="road_tunnel.E", quantity="extinction", zh="烟尘", en="soot", **_SLOW, decimals=4, base=0.0024, spread=0.0004, daily=0.0011, noise=0.0002, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="road_tunnel.K", quantity="tunnel.smoke", zh="烟雾", en="smoke", **_SLOW, decimals=1, base=0.4, spread=0.2, noise=0.08, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="elevator.R", quantity="trapped", zh="困人", en="trapped", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="elevator.F", quantity="lift_fault", zh="故障停梯", en="stopped by a fault", **_SLOW, decimals=0, answer="lift"),  # type: ignore[arg-type]  # as above
    Recipe(key="elevator.L", quantity="levelling_error", zh="平层误差", en="levelling error", **_SLOW, decimals=0, base=1.0, spread=4.0, noise=1.6),  # type: ignore[arg-type]  # as above
    Recipe(key="elevator.V", quantity="ride_vibration", zh="运行振动", en="ride vibration", **_SLOW, decimals=3, base=0.15, spread=0.03, noise=0.012, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="elevator.T", quantity="machine_temperature", zh="机房温度", en="machine room", **_SLOW, decimals=1, base=24.0, spread=1.5, daily=3.0, season=7.0, noise=0.2),  # type: ignore[arg-type]  # as above
    Recipe(key="fuel_tank.H", quantity="fuel_fill", zh="充装率", en="filling", **_SLOW, decimals=1, base=54.0, spread=5.0, daily=23.0, noise=0.1, answer="stock"),  # type: ignore[arg-type]  # as above
    Recipe(key="fuel_tank.P", quantity="tank_pressure", zh="罐内压力", en="tank pressure", **_SLOW, base=0.7, spread=0.2, daily=0.5, noise=0.03),  # type: ignore[arg-type]  # as above
    Recipe(key="fuel_tank.X", quantity="interstice_leak", zh="夹层渗漏", en="leak between walls", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="forecourt.G", quantity="vapour", zh="油气浓度", en="vapour", **_SLOW, decimals=1, base=1.8, spread=1.0, daily=0.6, noise=0.3, floor=0.0, answer="gas"),  # type: ignore[arg-type]  # as above
    Recipe(key="forecourt.B", quantity="flame", zh="火焰", en="flame", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_shop.T", quantity="fireworks.air_temperature", zh="温度", en="temperature", **_SLOW, decimals=1, base=20.0, spread=1.0, daily=3.0, season=7.0, noise=0.15),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_shop.U", quantity="fireworks.humidity", zh="湿度", en="humidity", **_SLOW, decimals=1, base=60.0, spread=4.0, daily=6.0, noise=0.6),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_shop.K", quantity="fireworks.smoke", zh="烟雾", en="smoke", **_SLOW, decimals=1, base=0.2, spread=0.1, noise=0.05, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_warehouse.T", quantity="fireworks.air_temperature", zh="库内温度", en="temperature", **_SLOW, decimals=1, base=19.0, spread=1.0, daily=2.2, season=7.0, noise=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_warehouse.U", quantity="fireworks.humidity", zh="库内湿度", en="humidity", **_SLOW, decimals=1, base=62.0, spread=4.0, daily=5.0, noise=0.5),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_warehouse.K", quantity="fireworks.smoke", zh="烟雾", en="smoke", **_SLOW, decimals=1, base=0.2, spread=0.1, noise=0.05, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_warehouse.N", quantity="persons_inside", zh="库内人数", en="people inside", **_SLOW, decimals=0, base=1.2, spread=0.6, daily=1.1, noise=0.3, floor=0.0, marks={"yellow": 7.0, "orange": 11.0}, above=False),  # type: ignore[arg-type]  # as above
    Recipe(key="fireworks_warehouse.W", quantity="stock_weight", zh="在库药量", en="stock", **_SLOW, decimals=0, base=6400.0, spread=600.0, daily=1500.0, answer="stock", marks={"yellow": 10000.0, "orange": 12000.0}, above=False, deadband=100.0),  # type: ignore[arg-type]  # as above
    Recipe(key="mine.N", quantity="underground", zh="井下人数", en="people below ground", **_SLOW, decimals=0, base=52.0, spread=8.0, daily=24.0, noise=1.5, floor=0.0, marks={"yellow": 111.0, "orange": 140.0}, above=False),  # type: ignore[arg-type]  # as above
    Recipe(key="working_face.M", quantity="firedamp", zh="甲烷", en="firedamp", **_SLOW, base=0.2, spread=0.08, daily=0.03, noise=0.012, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="working_face.CO", quantity="mine.carbon_monoxide", zh="一氧化碳", en="carbon monoxide", **_SLOW, decimals=0, base=4.0, spread=2.0, noise=0.8, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="working_face.O", quantity="mine.oxygen", zh="氧气", en="oxygen", **_SLOW, base=20.7, spread=0.08, noise=0.03),  # type: ignore[arg-type]  # as above
    Recipe(key="working_face.V", quantity="airflow", zh="风速", en="air", **_SLOW, base=1.3, spread=0.4, noise=0.04),  # type: ignore[arg-type]  # as above
    Recipe(key="working_face.T", quantity="mine.air_temperature", zh="温度", en="temperature", **_SLOW, decimals=1, base=21.5, spread=1.5, season=0.6, noise=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="airway.M", quantity="firedamp", zh="甲烷", en="firedamp", **_SLOW, base=0.24, spread=0.06, daily=0.03, noise=0.012, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="airway.CO", quantity="mine.carbon_monoxide", zh="一氧化碳", en="carbon monoxide", **_SLOW, decimals=0, base=5.0, spread=2.0, noise=0.8, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="airway.V", quantity="airflow", zh="风速", en="air", **_SLOW, base=4.2, spread=0.6, noise=0.06),  # type: ignore[arg-type]  # as above
    Recipe(key="airway.P", quantity="fan_pressure", zh="主扇风压", en="fan pressure", **_SLOW, decimals=0, base=1850.0, spread=180.0, noise=12.0, marks={"yellow": 1200.0, "red": 500.0}, above=False, low=True, deadband=50.0),  # type: ignore[arg-type]  # as above
    Recipe(key="pump_room.Q", quantity="inflow", zh="涌水量", en="inflow", **_SLOW, decimals=0, base=180.0, spread=25.0, season=-15.0, noise=1.0, floor=0.0, answer="pool", gain=320.0, marks={"yellow": 330.0, "orange": 450.0, "red": 560.0}, above=False, deadband=10.0),  # type: ignore[arg-type]  # as above
    Recipe(key="pump_room.W", quantity="mine_sump", zh="水仓水位", en="sump", **_SLOW, base=1.5, spread=0.2, daily=0.15, noise=0.01, floor=0.0, marks={"yellow": 2.6, "orange": 3.2}, above=False, deadband=0.1),  # type: ignore[arg-type]  # as above
    Recipe(key="ground_control.J", quantity="microseismic", zh="微震能量", en="microseismic energy", **_SLOW, decimals=0, base=180.0, spread=80.0, noise=60.0, floor=0.0, answer="quake"),  # type: ignore[arg-type]  # as above
    Recipe(key="ground_control.P", quantity="roof_pressure", zh="地压", en="ground pressure", **_SLOW, count=2, decimals=1, base=22.0, spread=4.0, noise=0.15, marks={"yellow": 36.0, "orange": 42.0}, above=False, deadband=1.0),  # type: ignore[arg-type]  # as above
    Recipe(key="ground_control.L", quantity="roof_separation", zh="离层量", en="separation", **_SLOW, decimals=1, base=7.0, spread=2.5, noise=0.1, marks={"yellow": 15.0, "orange": 25.0}, above=False, deadband=1.0),  # type: ignore[arg-type]  # as above
    # what reports by itself; vehicles are nowhere before they drive
    Recipe(key="fire_host.F", quantity="fire", zh="火警", en="fire alarm", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="fire_host.E", quantity="fault", zh="故障", en="fault", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="fire_host.S", quantity="shield", zh="屏蔽", en="switched off", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="fire_host.M", quantity="mains_fault", zh="主电故障", en="loss of mains", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="fire_host.O", quantity="offline", zh="主机离线", en="off line", **_SLOW, decimals=0),  # type: ignore[arg-type]  # as above
    Recipe(key="outlet.A", quantity="ph", zh="pH值", en="pH", **_SLOW, base=7.3, spread=0.3, daily=0.1, noise=0.02),  # type: ignore[arg-type]  # as above
    Recipe(key="outlet.C", quantity="cod", zh="化学需氧量", en="oxygen demand", **_SLOW, decimals=1, base=46.0, spread=12.0, daily=6.0, noise=0.6, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="outlet.N", quantity="ammonia_nitrogen", zh="氨氮", en="ammonia nitrogen", **_SLOW, base=4.2, spread=1.6, daily=0.6, noise=0.05, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="outlet.Q", quantity="outflow", zh="排水流量", en="flow", **_SLOW, decimals=1, base=14.0, spread=5.0, daily=4.0, noise=0.3, floor=0.0),  # type: ignore[arg-type]  # as above
    Recipe(key="vehicle.X", quantity="lon", zh="经度", en="longitude", interval_s=10, answer="driven"),
    Recipe(key="vehicle.Y", quantity="lat", zh="纬度", en="latitude", interval_s=10, answer="driven"),
    Recipe(key="vehicle.V", quantity="speed", zh="车速", en="speed", interval_s=10, answer="driven"),
    Recipe(key="vehicle.S", quantity="emergency", zh="紧急报警", en="emergency", interval_s=600, answer="driven"),
    Recipe(key="vehicle.F", quantity="fatigue", zh="疲劳驾驶", en="driving too long", interval_s=600, answer="driven"),
    Recipe(key="vehicle.C", quantity="collision", zh="碰撞", en="collision", interval_s=600, answer="driven"),
    Recipe(key="vehicle.R", quantity="off_route", zh="偏离路线", en="off the route", interval_s=600, answer="driven"),
)  # fmt: skip

RECIPES = {recipe.key: (place, recipe) for place, recipe in enumerate(ROWS)}


_NO_GAS = ("compartment.M", "compartment.N", "working_face.M")
_NOT_AT = {
    "梁桥": ("bridge.F",),
    "燃气舱": ("compartment.N",),
    "污水舱": ("compartment.M",),
    **dict.fromkeys(("综合舱", "电力舱", "采场", "岩巷掘进"), _NO_GAS),
    "回风巷": ("airway.M",),
}
"""Of kinds of objects that differ: what is not measured there."""


def recipes_of(kind: str, key: str, attributes: Mapping[str, object]) -> list[str]:
    """The keys of the recipes of one object: by its kind, item, gas or substance."""
    every = [name for name in RECIPES if name.startswith(f"{kind}.")]
    if kind.endswith("_item"):
        return [f"{kind}.{key[-1]}"]
    left = _NOT_AT.get(str(attributes.get("kind")), ())
    if kind in ("compartment", "bridge", "working_face", "airway"):
        return [name for name in every if name not in left]
    if kind == "tank":
        is_toxic = attributes["substance"] in ("氨", "氯")
        return ["tank.L", "tank.T", *(("tank.PR", "tank.X") if is_toxic else ("tank.G",))]
    return every
