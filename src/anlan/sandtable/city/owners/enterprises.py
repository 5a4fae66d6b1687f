"""Enterprises of the city: chemical sites, mines, gas, and what no pack watches."""

from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from anlan.sandtable.city.ground.frame import degrees
from anlan.sandtable.city.model import Enterprise
from anlan.sandtable.city.regions.counties import COUNTIES
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

PARK = (63.3, 32.7)
"""The middle of 澜东化工园, on the right bank below the county town."""
PARK_LOTS = tuple((PARK[0] + 0.42 * (k % 3 - 1), PARK[1] + 0.3 * (k // 3)) for k in range(6))
_CHEMICAL = (
    ("澜安化工", "Lan'an Chemical"), ("澜东石化", "Landong Petrochemical"),
    ("瑞澜精细化工", "Ruilan Fine Chemical"), ("远海氯碱", "Yuanhai Chlor-Alkali"),
    ("盛安涂料", "Sheng'an Coatings"), ("北岸合成材料", "Bei'an Materials"),
)  # fmt: skip
_PORTS = ((83.5, 19.5), (66.0, 11.0), (72.5, 54.0), (43.0, 11.5))
_MINES = (
    ((56.4, 50.6), "铜鼓岭铜业", "Tongguling Copper"),
    ((24.4, 40.9), "白石矿业", "Baishi Mining"),
    ((65.3, 60.8), "松坪铁矿", "Songping Iron"),
    ((31.0, 22.9), "南溪矿业", "Nanxi Mining"),
)
_WORKS = ("机械", "纺织", "食品", "建材", "冷链物流", "家具", "包装", "电子")
_WORKS_EN = ("Machinery", "Textile", "Foods", "Building Materials", "Cold Chain", "Furniture",
             "Packaging", "Electronics")  # fmt: skip
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FACTORS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(slots=True)
class Premises:
    """Enterprises by trade; lots: where each stands on the plane."""

    chemical: list[Enterprise] = field(default_factory=list)
    mines: list[Enterprise] = field(default_factory=list)
    gas: list[Enterprise] = field(default_factory=list)
    works: list[Enterprise] = field(default_factory=list)
    stations: list[Enterprise] = field(default_factory=list)
    fireworks: list[Enterprise] = field(default_factory=list)
    keepers: list[Enterprise] = field(default_factory=list)
    lots: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def every(self) -> tuple[Enterprise, ...]:
        """All of them."""
        rows = self.chemical, self.mines, self.gas, self.works, self.stations
        return tuple(chain(*rows, self.fireworks, self.keepers))


def premises(survey: Survey, amounts: Amounts) -> Premises:
    """Every enterprise of the city."""
    made = _Maker(survey)
    out = Premises(lots=made.lots)
    for k in range(amounts.chemical_sites):
        at, zh, en = _chemical_site(survey, k)
        out.chemical.append(made.enterprise(at, zh, en, industry="化工", post="安全总监"))
    for at, zh, en in _MINES:
        out.mines.append(made.enterprise(at, zh, en, industry="矿山", post="总工"))
    for one in COUNTIES:
        at, stem, en = (one.x + 0.6, one.y - 0.3), one.zh[:2], one.en.split()[0]
        out.gas.append(
            made.enterprise(at, f"{stem}燃气", f"{en} Gas", industry="城镇燃气", post="调度长")
        )
        at = one.x - 0.5, one.y + 0.4
        out.keepers.append(
            made.enterprise(at, f"{stem}物业", f"{en} Property", industry="物业管理", post="经理")
        )
    _scattered(survey, amounts, out, made)
    return out


def _chemical_site(survey: Survey, k: int) -> tuple[tuple[float, float], str, str]:
    if k < len(_CHEMICAL):
        return PARK_LOTS[k], *_CHEMICAL[k]
    x, y = _PORTS[k % len(_PORTS)]
    turn, far = 2.4 * k, 0.5 + 0.22 * np.sqrt(k)
    at = x + far * float(np.cos(turn)), y + far * float(np.sin(turn))
    if survey.height(*at) < 2:
        at = x, y
    return at, f"{survey.village(*at).short}化工{k + 1}厂", f"Chemical Works {k + 1}"


def _scattered(survey: Survey, amounts: Amounts, out: Premises, made: "_Maker") -> None:
    """Works, gas stations and shops of fireworks, where people are."""
    for k, (x, y, village) in enumerate(survey.among_people(amounts.works)):
        n = k % len(_WORKS)
        zh, en = f"{village.short}{_WORKS[n]}{k + 1}", f"{village.en} {_WORKS_EN[n]} {k + 1}"
        out.works.append(made.enterprise((x, y), zh, en, industry=_WORKS[n], post="安全员"))
    for k, (x, y, village) in enumerate(survey.among_people(amounts.gas_stations), 1):
        zh, en = f"{village.short}加油站{k}", f"{village.en} fuel station {k}"
        out.stations.append(made.enterprise((x, y), zh, en, industry="加油站", post="站长"))
    for k, (x, y, village) in enumerate(
        survey.among_people(amounts.gas_stations // 3, power=0.7), 1
    ):
        zh, en = f"{village.short}烟花爆竹店{k}", f"{village.en} fireworks shop {k}"
        out.fireworks.append(made.enterprise((x, y), zh, en, industry="烟花爆竹零售", post="店主"))


class _Maker:
    """Numbers enterprises and remembers where they stand."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.lots: dict[str, tuple[float, float]] = {}

    def enterprise(
        self, at: tuple[float, float], zh: str, en: str, *, industry: str, post: str
    ) -> Enterprise:
        """One enterprise at a place of the plane."""
        region = self.survey.village(*at).code
        key = self.survey.key(region, "E")
        self.lots[key] = at
        return Enterprise(
            key=key, zh=f"{zh}(虚构)", en=f"{en} (fictional)", industry=industry, region=region,
            address=self.survey.address(region), point=degrees(*at), credit_code=_code(key),
            contact=self.survey.contact(post),
        )  # fmt: skip


def _code(key: str) -> str:
    """An invented unified code: its region part is 99xxxx, its check sign is made wrong."""
    stem = f"91{key[:6]}FAKE{int(key[7:]):05d}"[:17]
    total = sum(
        _LETTERS.index(s) * f for s, f in zip(stem, _FACTORS, strict=False) if s in _LETTERS
    )
    return stem + _LETTERS[(31 - total % 31 + 1) % 31]
