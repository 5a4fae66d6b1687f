"""Settings of a station (appendix D): basic ones (01 to 0F) and those of its running (20 on)."""

from anlan.connectors.sl651.tables.elements import rows

CENTRES, ADDRESS, PASSWORD, FIRST_CHANNEL, LAST_CHANNEL = 0x01, 0x02, 0x03, 0x04, 0x0B
MODE, SENSES, SERVED, CARD, CLEAR, RESET = 0x0C, 0x0D, 0x0E, 0x0F, 0x97, 0x98
SEEN = frozenset(
    (0x01, 0x02, 0x03, 0x04, 0x05, 0x0C, 0x0D, 0x0F, *range(0x20, 0x29), 0x30, 0x38, 0x40, 0x41)
)
"""Borne out by frames of real stations; all others stand here as the draft has them."""

CHANNELS = {0: "禁用", 1: "短信", 2: "IPV4", 3: "北斗", 4: "海事卫星", 5: "PSTN", 6: "超短波"}
MODES = {1: "自报工作状态", 2: "自报确认工作状态", 3: "查询/应答工作状态", 4: "调试或维修状态"}

_ROWS = """
01 - 中心站地址 - 8 0
02 - 遥测站地址 - 10 0
03 - 密码 - 4 0
04 - 中心站1主信道类型及地址 - 0 0
05 - 中心站1备用信道类型及地址 - 0 0
06 - 中心站2主信道类型及地址 - 0 0
07 - 中心站2备用信道类型及地址 - 0 0
08 - 中心站3主信道类型及地址 - 0 0
09 - 中心站3备用信道类型及地址 - 0 0
0A - 中心站4主信道类型及地址 - 0 0
0B - 中心站4备用信道类型及地址 - 0 0
0C - 工作方式 - 2 0
0D - 遥测站采集要素设置 - 16 0
0E - 中继站(集合转发站)服务地址范围 - 0 0
0F - 遥测站通信设备识别号 - 0 0
20 - 定时报时间间隔 h 2 0
21 - 加报时间间隔 min 2 0
22 - 降水量日起始时间 h 2 0
23 - 采样间隔 s 4 0
24 - 水位数据存储间隔 min 2 0
25 - 雨量计分辨力 mm 2 1
26 - 水位计分辨力 cm 2 1
27 - 雨量加报阈值 mm 2 0
28-2F - 水位基值{} m 7 3
30-37 - 水位修正基值{} m 5 3
38-3F - 加报水位{} m 4 2
40 - 加报水位以上加报阈值 m 3 2
41 - 加报水位以下加报阈值 m 3 2
42 - 流量加报阈值 m³/s 6 3
43 - 流速加报阈值 m/s 5 3
44 - 闸位加报阈值 m 3 2
45 - 功率加报阈值 kW 6 0
46 - 气压加报阈值 hPa 4 0
47 - 风速加报阈值 m/s 4 2
48 - 水温加报阈值 °C 2 1
49-58 - 取(排)水口{}水位 m 4 2
59-68 - 取(排)水口{}水压 kPa 8 2
69-6A - 水温 °C 3 1
6B-6C - pH值 - 2 1
6D-6E - 溶解氧 mg/L 4 1
6F-70 - 高锰酸盐指数 mg/L 4 1
71-72 - 电导率 μS/cm 5 0
73-74 - 氧化还原电位 mV 5 1
75-76 - 浊度 度 3 0
77-78 - 氨氮 mg/L 6 2
79-7A - 总氮 mg/L 5 2
7B-7C - 铜 mg/L 7 4
7D-7E - 锌 mg/L 6 4
7F-80 - 氟化物 mg/L 5 2
81-82 - 硒 mg/L 7 5
83-84 - 砷 mg/L 7 5
85-86 - 汞 mg/L 7 5
87-88 - 镉 mg/L 7 5
89-8A - 总有机碳 mg/L 4 2
8B-8C - 叶绿素 mg/L 4 2
8D - 流量上限 m³/s 11 3
8E-95 - 水表{}充值水量 m³ 11 3
96 - 水量定值量 m³ 11 3
97 - 固态存储数据初始化 - 0 0
98 - 遥测终端参数恢复出厂设置 - 0 0
99-A0 - 水表{}水量表底(初始)值 m³ 11 3
A1-A8 - 水表{}剩余水量报警值 m³ 11 3
"""
_FIRST_LIMIT, _LAST_LIMIT = 0x49, 0x8C
"""Here each name has two rows, its upper limit and its lower one."""


def _named(ident: int, name: str) -> str:
    if not _FIRST_LIMIT <= ident <= _LAST_LIMIT:
        return name
    is_upper = (ident - _FIRST_LIMIT) % 2 == 0
    return name + ("上限" if is_upper else "下限")


def _intake(name: str, ident: int) -> str:
    """Intakes are numbered by pairs of limits, not by rows."""
    pair = (ident - _FIRST_LIMIT) // 2 % 8 + 1
    return "取(排)水口" + str(pair) + name[-2:] if name.startswith("取") else name


SETTINGS = {
    one.ident: one._replace(code="", name=_named(one.ident, _intake(one.name, one.ident)))
    for one in rows(_ROWS)
}
