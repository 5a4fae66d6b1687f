"""Governments, departments, teams, public bodies; every enterprise is one too."""

from collections.abc import Iterable, Iterator

from anlan.sandtable.city.model import Contact, Enterprise, Organisation
from anlan.sandtable.city.regions.divisions import Division
from anlan.sandtable.city.regions.survey import Survey

DEPARTMENTS = (
    ("yj", "应急管理局", "Emergency Management Bureau"),
    ("sw", "水务局", "Water Bureau"),
    ("qx", "气象局", "Meteorological Bureau"),
    ("zr", "自然资源局", "Natural Resources Bureau"),
    ("zj", "住房和城乡建设局", "Housing and Construction Bureau"),
    ("jt", "交通运输局", "Transport Bureau"),
    ("wj", "卫生健康局", "Health Bureau"),
    ("jy", "教育局", "Education Bureau"),
)
_PROVINCIAL = {
    "yj": "应急管理厅", "sw": "水利厅", "qx": "气象局", "zr": "自然资源厅",
    "zj": "住房和城乡建设厅", "jt": "交通运输厅", "wj": "卫生健康委员会", "jy": "教育厅",
}  # fmt: skip


def organisations(survey: Survey, enterprises: Iterable[Enterprise]) -> Iterator[Organisation]:
    """Every organisation: `CODE-gov` of each district, `CODE-yj` … down to the county."""
    for one in survey.divided.every:
        yield _government(survey, one)
        if len(one.code) <= 6:
            yield from _departments(survey, one)
            yield _body(survey, one, "xf", "team", "消防救援队", "Fire and Rescue")
            yield _body(survey, one, "mt", "public", "融媒体中心", "Media Centre")
    for firm in enterprises:
        yield Organisation(
            key=firm.key, zh=firm.zh, en=firm.en, kind="enterprise", region=firm.region,
            parent=f"{firm.region[:6]}-yj", address=firm.address, contact=firm.contact,
        )  # fmt: skip


def _government(survey: Survey, one: Division) -> Organisation:
    words = {12: ("委员会", "Committee"), 9: ("人民政府", "Government")}
    zh, en = words.get(len(one.code), ("人民政府", "Government"))
    if one.zh.endswith("街道"):
        zh = "办事处"
    if one.zh.endswith("村"):
        zh = "民委员会"
    if one.zh.endswith("社区"):
        zh = "居民委员会"
    return _organisation(
        survey, one, f"{one.code}-gov", kind="government", names=(one.zh + zh, f"{one.en} {en}"),
        parent=f"{one.parent}-gov" if one.parent else "",
    )  # fmt: skip


def _departments(survey: Survey, one: Division) -> Iterator[Organisation]:
    for short, zh, en in DEPARTMENTS:
        word = _PROVINCIAL[short] if len(one.code) == 2 else zh
        yield _body(survey, one, short, "department", word, en)


def _body(  # house: one row's fields
    survey: Survey, one: Division, short: str, kind: str, zh: str, en: str
) -> Organisation:
    return _organisation(
        survey, one, f"{one.code}-{short}", kind=kind, names=(one.zh + zh, f"{one.en} {en}"),
        parent=f"{one.code}-gov",
    )  # fmt: skip


def _organisation(  # house: one row's fields
    survey: Survey, one: Division, key: str, *, kind: str, names: tuple[str, str], parent: str
) -> Organisation:
    address = survey.address(one.code) or one.zh
    contact: Contact = survey.contact("值班室")
    return Organisation(
        key=key, zh=names[0], en=names[1], kind=kind, region=one.code, parent=parent,
        address=address, contact=contact,
    )  # fmt: skip
