"""Chemical sites: major hazards with their tanks and plants, and gas detection points."""

from collections.abc import Iterator

import shapely

from anlan.sandtable.city.model import Enterprise, Observed
from anlan.sandtable.city.owners.enterprises import Premises
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

# The substance as the table names it, its short name, English, type of tank, tonnes.
SUBSTANCES = (
    ("甲醇", "甲醇", "methanol", "内浮顶", 780.0),
    ("甲苯", "甲苯", "toluene", "内浮顶", 640.0),
    ("氨", "液氨", "ammonia", "球罐", 260.0),
    ("苯", "苯", "benzene", "内浮顶", 520.0),
    ("氯", "液氯", "chlorine", "卧罐", 42.0),
    ("乙醇", "乙醇", "ethanol", "固定顶", 300.0),
)
_GRADES = (("一级", 126.0), ("二级", 61.0), ("三级", 22.0), ("四级", 6.0), ("四级", 3.5))
TUNNEL_POINTS = tuple((60.2 + 0.22 * k, 37.75 - 0.12 * k, f"990101GP90{k + 1}") for k in range(6))
"""Gas detection points in the utility tunnel under the county town."""


def chemical(survey: Survey, amounts: Amounts, premises: Premises) -> Iterator[Observed]:
    """Every observed object of the chemical pack."""
    for place, site in enumerate(premises.chemical):
        yield from _site(survey, site, premises.lots[site.key], number=place)
    yield from _tunnel(survey, premises.gas[0])
    owners = [*premises.gas, *premises.works]
    for k, (x, y, village) in enumerate(survey.among_people(amounts.gas_points, power=1.2)):
        owner = next((o for o in owners if o.region[:6] == village.code[:6]), owners[0])
        yield _gas_point(
            survey, (f"{village.short}燃气阀井{k + 1}", f"{village.en} gas valve pit {k + 1}"),
            at=(x, y), owner=owner,
        )  # fmt: skip


def _site(
    survey: Survey, site: Enterprise, at: tuple[float, float], *, number: int
) -> Iterator[Observed]:
    """A major hazard, its tanks, its plant and the gas points at its fence."""
    key = "990101MH901" if number == 0 else survey.key(site.region, "MH")
    grade, r_value = _GRADES[number % len(_GRADES)]
    yield survey.observe(
        "major_hazard", at=at, region=site.region, pack="chemical", zh=f"{site.short}罐区",
        en=f"{site.short_en}, tank yard", key=key, owner=site.key, enterprise=site.key,
        contact=site.contact, address=site.address, shape=shapely.box(
            at[0] - 0.15, at[1] - 0.1, at[0] + 0.15, at[1] + 0.1),
        attributes={"grade": grade, "r_value": r_value,
                    "persons_500m": 80 + 31 * (number % 7), "responsible": site.contact.name,
                    "registered_on": f"2025-{1 + number % 12:02d}-15"},
    )  # fmt: skip
    for n in range(6 if number == 0 else 4 + number % 3):
        yield _tank(survey, site, at, parent=key, n=n)
    yield survey.observe(
        "plant", at=(at[0] + 0.1, at[1] + 0.05), pack="chemical",
        zh=f"{site.short}合成装置", en=f"{site.short_en}, synthesis unit", key=f"{key}U1",
        owner=site.key, enterprise=site.key, contact=site.contact, parent=key,
        attributes={"process": "加氢", "interlock": True, "persons": 12},
    )  # fmt: skip
    for n in range(3):
        where = at[0] - 0.14 + 0.14 * n, at[1] - 0.11
        names = f"{site.short}厂界{n + 1}号点", f"{site.short_en}, fence point {n + 1}"
        yield _gas_point(survey, names, at=where, owner=site, key=f"{key}G{n + 1}", parent=key)


def _tank(
    survey: Survey, site: Enterprise, lot: tuple[float, float], *, parent: str, n: int
) -> Observed:
    name, short, english, kind, tonnes = SUBSTANCES[n % len(SUBSTANCES)]
    at = lot[0] - 0.09 + 0.07 * (n % 3), lot[1] - 0.04 + 0.07 * (n // 3)
    return survey.observe(
        "tank", at=at, pack="chemical", zh=f"{site.short}{n + 1}#储罐({short})",
        en=f"{site.short_en}, tank {n + 1} ({english})", key=f"{parent}T{n + 1}", owner=site.key,
        enterprise=site.key, contact=site.contact, address=site.address, parent=parent,
        shape=shapely.Point(at).buffer(0.014),
        attributes={"substance": name, "design_t": tonnes, "volume": round(tonnes * 1.35),
                    "safe_level": 10.2, "design_pressure": 1.6, "design_temperature": 60,
                    "kind": kind},
    )  # fmt: skip


def _tunnel(survey: Survey, owner: Enterprise) -> Iterator[Observed]:
    """The gas company's own points in the utility tunnel."""
    for n, (x, y, key) in enumerate(TUNNEL_POINTS, 1):
        names = f"城关综合管廊燃气舱{n}号点", f"Chengguan utility tunnel, point {n}"
        yield _gas_point(survey, names, at=(x, y), owner=owner, key=key)


def _gas_point(
    survey: Survey, names: tuple[str, str], *, at: tuple[float, float], owner: Enterprise,
    key: str = "", parent: str = "",
) -> Observed:  # fmt: skip
    region = survey.village(*at).code
    return survey.observe(
        "gas_point", at=at, region=region, pack="chemical", zh=names[0], en=names[1],
        key=key or survey.key(region, "GP"), owner=owner.key, enterprise=owner.key,
        contact=owner.contact, parent=parent,
        attributes={"gas": "甲烷" if not parent else "可燃气体"},
    )  # fmt: skip
