"""Protected targets: where people are many or helpless."""

from collections.abc import Iterator

from anlan.sandtable.city.ground.frame import degrees
from anlan.sandtable.city.model import Target
from anlan.sandtable.city.regions.divisions import Division
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

# kind, Chinese, English, share of all, by day, by night, post
_KINDS = (
    ("school", "中心小学", "primary school", 0.22, 860, 12, "校长"),
    ("school", "中学", "middle school", 0.10, 1600, 640, "校长"),
    ("kindergarten", "幼儿园", "kindergarten", 0.16, 240, 2, "园长"),
    ("hospital", "卫生院", "health centre", 0.16, 130, 45, "院长"),
    ("care_home", "养老院", "care home", 0.08, 120, 110, "院长"),
    ("quarter", "住宅小区", "residential quarter", 0.18, 900, 2100, "物业经理"),
    ("market", "农贸市场", "market", 0.07, 700, 20, "管理员"),
    ("station", "客运站", "coach station", 0.03, 420, 60, "站长"),
)
_NAMED = (
    ("school", 60.1, 38.4, "安澜县第一中学", "Anlan No. 1 Middle School", 2400, 900),
    ("hospital", 59.3, 38.6, "安澜县人民医院", "Anlan County Hospital", 1500, 820),
    ("hospital", 80.6, 26.4, "安澜市第一人民医院", "Anlan City First Hospital", 4200, 2100),
    ("school", 64.2, 32.1, "渡口小学", "Dukou Primary School", 620, 8),
    ("quarter", 64.0, 33.6, "化工园生活区", "chemical park quarter", 700, 1450),
    ("village", 48.4, 29.1, "柳树沟村二组", "Liushugou village, group 2", 96, 138),
    ("village", 57.2, 49.9, "铜鼓岭下村", "Tongguling lower village", 210, 310),
)


def targets(survey: Survey, amounts: Amounts) -> Iterator[Target]:
    """Every protected target: the named ones, those by share, and each village."""
    for kind, x, y, zh, en, day, night in _NAMED:
        village = survey.village(x, y)
        yield _target(survey, kind, (x, y), village=village, names=(zh, en), people=(day, night))
    for kind, word, english, share, day, night, _ in _KINDS:
        count = max(1, round(share * amounts.targets))
        for k, (x, y, village) in enumerate(survey.among_people(count), 1):
            scale = 0.5 + float(survey.chance.random())
            people = round(day * scale), round(night * scale)
            names = f"{village.short}{word}{k}", f"{village.en} {english} {k}"
            yield _target(survey, kind, (x, y), village=village, names=names, people=people)
    total = survey.people.of()
    for one in survey.villages:
        if one.zh.endswith("村"):
            night = round(total.get(one.code, 0))
            people = round(0.8 * night), night
            yield _target(survey, "village", (one.x, one.y), village=one,
                          names=(one.zh, one.en), people=people)  # fmt: skip


def _target(  # house: one row's fields
    survey: Survey, kind: str, at: tuple[float, float], *, village: Division,
    names: tuple[str, str], people: tuple[int, int],
) -> Target:  # fmt: skip
    post = next((row[6] for row in _KINDS if row[0] == kind), "村主任")
    return Target(
        key=survey.key(village.code, "PT"), kind=kind, zh=names[0], en=names[1],
        region=village.code, point=degrees(*at), people_day=people[0], people_night=people[1],
        contact=survey.contact(post), address=survey.address(village.code),
    )  # fmt: skip
