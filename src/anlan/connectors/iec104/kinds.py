"""The kinds of data by their type identification: name, parts, and what they are about."""

from typing import NamedTuple

from anlan.connectors.iec104.clocks import CP24, CP56
from anlan.connectors.iec104.parts import (
    BCR,
    BSI,
    COI,
    DCO,
    DIQ,
    ELAPSED,
    FBP,
    NVA,
    OCI,
    QCC,
    QDP,
    QDS,
    QOI,
    QOS,
    QPA,
    QPM,
    QRP,
    R32,
    SCD,
    SCO,
    SEP,
    SIQ,
    SPE,
    SVA,
    TSC,
    VTI,
    Part,
    opaque,
)


class Kind(NamedTuple):
    """name: as the standard calls it · parts: of one object · size: its bytes, -1 where each object
    tells its own.
    """

    name: str
    parts: tuple[Part, ...] = ()
    size: int = -1


def _kind(name: str, *parts: Part) -> Kind:
    return Kind(name, parts, sum(part.size for part in parts))


GENERAL, COUNTERS, READ, CLOCK, INITIALISED = 100, 101, 102, 103, 70

_MEASURED = {
    "M_SP": (1, (SIQ,)), "M_DP": (3, (DIQ,)), "M_ST": (5, (VTI, QDS)), "M_BO": (7, (BSI, QDS)),
    "M_ME_A": (9, (NVA, QDS)), "M_ME_B": (11, (SVA, QDS)), "M_ME_C": (13, (R32, QDS)),
    "M_IT": (15, (BCR,)),
}  # fmt: skip
_NAMES = {
    1: "M_SP_NA_1", 2: "M_SP_TA_1", 3: "M_DP_NA_1", 4: "M_DP_TA_1", 5: "M_ST_NA_1",
    6: "M_ST_TA_1", 7: "M_BO_NA_1", 8: "M_BO_TA_1", 9: "M_ME_NA_1", 10: "M_ME_TA_1",
    11: "M_ME_NB_1", 12: "M_ME_TB_1", 13: "M_ME_NC_1", 14: "M_ME_TC_1", 15: "M_IT_NA_1",
    16: "M_IT_TA_1", 30: "M_SP_TB_1", 31: "M_DP_TB_1", 32: "M_ST_TB_1", 33: "M_BO_TB_1",
    34: "M_ME_TD_1", 35: "M_ME_TE_1", 36: "M_ME_TF_1", 37: "M_IT_TB_1",
}  # fmt: skip

MONITORED = {
    17: _kind("M_EP_TA_1", SEP, ELAPSED, CP24),
    18: _kind("M_EP_TB_1", SPE, QDP, ELAPSED, CP24),
    19: _kind("M_EP_TC_1", OCI, QDP, ELAPSED, CP24),
    20: _kind("M_PS_NA_1", SCD, QDS),
    21: _kind("M_ME_ND_1", NVA),
    38: _kind("M_EP_TD_1", SEP, ELAPSED, CP56),
    39: _kind("M_EP_TE_1", SPE, QDP, ELAPSED, CP56),
    40: _kind("M_EP_TF_1", OCI, QDP, ELAPSED, CP56),
}
"""Those whose objects are readings."""
for _place, (_first, _parts) in enumerate(_MEASURED.values()):
    MONITORED[_first] = _kind(_NAMES[_first], *_parts)
    MONITORED[_first + 1] = _kind(_NAMES[_first + 1], *_parts, CP24)
    MONITORED[30 + _place] = _kind(_NAMES[30 + _place], *_parts, CP56)

_COMMANDS = {
    45: _kind("C_SC_NA_1", SCO), 46: _kind("C_DC_NA_1", DCO), 47: _kind("C_RC_NA_1", DCO),
    48: _kind("C_SE_NA_1", NVA, QOS), 49: _kind("C_SE_NB_1", SVA, QOS),
    50: _kind("C_SE_NC_1", R32, QOS), 51: _kind("C_BO_NA_1", BSI),
}  # fmt: skip
_TIMED = {
    number + 13: _kind(kind.name.replace("_N", "_T"), *kind.parts, CP56)
    for number, kind in _COMMANDS.items()
}
_SYSTEM = {
    INITIALISED: _kind("M_EI_NA_1", COI),
    GENERAL: _kind("C_IC_NA_1", QOI), COUNTERS: _kind("C_CI_NA_1", QCC),
    READ: _kind("C_RD_NA_1"), CLOCK: _kind("C_CS_NA_1", CP56),
    104: _kind("C_TS_NA_1", FBP), 105: _kind("C_RP_NA_1", QRP),
    106: _kind("C_CD_NA_1", ELAPSED), 107: _kind("C_TS_TA_1", TSC, CP56),
    110: _kind("P_ME_NA_1", NVA, QPM), 111: _kind("P_ME_NB_1", SVA, QPM),
    112: _kind("P_ME_NC_1", R32, QPM), 113: _kind("P_AC_NA_1", QPA),
    120: _kind("F_FR_NA_1", opaque(6)), 121: _kind("F_SR_NA_1", opaque(7)),
    122: _kind("F_SC_NA_1", opaque(4)), 123: _kind("F_LS_NA_1", opaque(5)),
    124: _kind("F_AF_NA_1", opaque(4)), 125: Kind("F_SG_NA_1"),
    126: _kind("F_DR_TA_1", opaque(6), CP56), 127: _kind("F_SC_NB_1", opaque(16)),
}  # fmt: skip

KINDS = MONITORED | _COMMANDS | _TIMED | _SYSTEM

CAUSES = {
    1: "周期、循环", 2: "背景扫描", 3: "突发", 4: "初始化", 5: "请求或被请求", 6: "激活",
    7: "激活确认", 8: "停止激活", 9: "停止激活确认", 10: "激活终止", 11: "远方命令引起的返送信息",
    12: "当地命令引起的返送信息", 13: "文件传输", 20: "响应站召唤",
    **{20 + group: f"响应第{group}组召唤" for group in range(1, 17)},
    37: "响应计数量召唤", **{37 + group: f"响应第{group}组计数量召唤" for group in range(1, 5)},
    44: "未知的类型标识", 45: "未知的传送原因", 46: "未知的公共地址", 47: "未知的信息对象地址",
}  # fmt: skip
