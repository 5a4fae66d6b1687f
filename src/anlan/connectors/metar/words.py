"""Present weather and clouds in Chinese words."""

from collections.abc import Sequence
from typing import Any

_STRENGTH = {"-": "弱", "+": "强", "VC": "附近"}
_KIND = {
    "MI": "浅薄的", "PR": "部分", "BC": "散片的", "DR": "低吹", "BL": "高吹", "SH": "阵性",
    "TS": "雷暴", "FZ": "冻",
}  # fmt: skip
_WEATHER = {
    "DZ": "毛毛雨", "RA": "雨", "SN": "雪", "SG": "米雪", "IC": "冰晶", "PL": "冰粒", "GR": "冰雹",
    "GS": "小冰雹或霰", "UP": "不明降水", "BR": "轻雾", "FG": "雾", "FU": "烟", "VA": "火山灰",
    "DU": "浮尘", "SA": "沙", "HZ": "霾", "PY": "水雾", "PO": "尘卷风", "SQ": "飑", "FC": "漏斗云",
    "SS": "沙暴", "DS": "尘暴", "NSW": "无重要天气",
}  # fmt: skip
_TORNADO = ("+", "FC")
_COVER = {
    "SKC": "碧空", "CLR": "碧空", "NSC": "无重要云", "NCD": "未测到云", "FEW": "少云",
    "SCT": "疏云", "BKN": "多云", "OVC": "阴天", "VV": "天空不明，垂直能见度",
}  # fmt: skip
_CLOUD = {"CB": "积雨云", "TCU": "浓积云"}


def weather_words(found: Sequence[Sequence[str | None]]) -> str:
    """Such as 强雷暴雨、轻雾; what is not known stands as its code."""
    return "、".join(word for one in found if (word := _weather(*one)))


def _weather(
    strength: str | None, kind: str | None, rain: str | None, view: str | None, other: str | None
) -> str:
    if (strength, other) == _TORNADO:
        return "龙卷"
    strength = strength or ""
    words = ["附近" if "VC" in strength else "", _STRENGTH.get(strength.removeprefix("VC"), "")]
    words += [_KIND.get(one, one) for one in _pairs(kind)]
    words += [_WEATHER.get(one, one) for one in _pairs(rain) if "/" not in one]
    words += [_WEATHER.get(one, "") for one in (view, other) if one]
    return "".join(words)


def _pairs(codes: str | None) -> list[str]:
    text = codes or ""
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def sky_words(found: Sequence[Sequence[Any]]) -> str:
    """Such as 多云 900 米（积雨云）."""
    return "、".join(_layer(*one) for one in found)


def _layer(cover: str, height: Any, cloud: str | None) -> str:
    base = "" if height is None else f" {round(height.value('M') / 10) * 10} 米"
    kind = f"（{_CLOUD[cloud]}）" if cloud in _CLOUD else ""
    return _COVER.get(cover, "") + base + kind
