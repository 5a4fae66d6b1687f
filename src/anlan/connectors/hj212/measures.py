"""What a quantity is called, by the code that begins its name."""

from anlan.connectors.frames import Measure
from anlan.connectors.hj212.quantities import quantity_of

_LONGEST = 16
_PERIODS = {"minute": "分钟", "hour": "小时", "day": "日"}
_KINDS = {
    "Rtd": "实时值", "Min": "最小值", "Avg": "平均值", "Max": "最大值", "Cou": "累计值",
    "ZsRtd": "折算实时值", "ZsMin": "折算最小值", "ZsAvg": "折算平均值", "ZsMax": "折算最大值",
    "RS": "运行状态", "RT": "运行时间", "Ala": "报警值", "Data": "噪声值",
}  # fmt: skip


def measure(quantity: str) -> Measure | None:
    """Of `CODE`, or `CODE.PERIOD.KIND`; a total has its own unit."""
    code, *rest = quantity.split(".")
    found = quantity_of(code) if len(code) < _LONGEST else None
    if found is None:
        return None
    words = [_PERIODS.get(one) or _KINDS.get(one) or one for one in rest]
    unit = found.unit
    if rest and rest[-1] in ("Cou", "RS", "RT"):
        unit = {"Cou": found.total_unit, "RS": "", "RT": "h"}[rest[-1]]
    return Measure(quantity, " ".join([found.name, *words]), unit)
