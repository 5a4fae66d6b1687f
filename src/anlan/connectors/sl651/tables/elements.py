"""Elements that a report may hold (appendix C): identifier, code, name, unit, digits, decimals.

A row with a range stands for as many elements, numbered from 1 where {} is.
"""

from collections.abc import Iterator
from typing import NamedTuple

STEP, SPAN, GATE_HEIGHT, GATE, GATE_KIND, GATE_COUNT = 0x04, 0x05, 0x09, 0x0A, 0x0B, 0x0C
FLOW_OF_GATE, STATE = 0x31, 0x45
OBSERVED, STATION, MANUAL, PICTURE, RAIN, LEVEL, LAST_LEVEL, FLOWS, MORE = (
    0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xFC, 0xFD, 0xFF,
)  # fmt: skip
SEEN = frozenset((0x04, 0x20, 0x26, 0x38, 0x39, *range(0x70, 0x76), RAIN, LEVEL))
"""Borne out by frames of real stations; all others stand here as the draft has them."""

_ROWS = """
01 AC 断面面积 m² 8 2
02 AI 瞬时气温 °C 3 1
03 C 瞬时水温 °C 3 1
04 DR 时间步长码 - 6 0
05 DT 时段长,降水、引排水、抽水历时 h.min 4 2
06 ED 日蒸发量 mm 5 1
07 EJ 当前蒸发 mm 5 1
08 FL 气压 hPa 5 0
09 GH 闸坝、水库闸门开启高度 m 5 2
0A GN 输水设备、闸门(组)编号 - 3 0
0B GS 输水设备类别 - 1 0
0C GT 水库、闸坝闸门开启孔数 孔 3 0
0D GTP 地温 °C 3 1
0E H 地下水瞬时埋深 m 6 2
0F HW 波浪高度 m 5 2
10 M10 10厘米处土壤含水量 % 4 1
11 M20 20厘米处土壤含水量 % 4 1
12 M30 30厘米处土壤含水量 % 4 1
13 M40 40厘米处土壤含水量 % 4 1
14 M50 50厘米处土壤含水量 % 4 1
15 M60 60厘米处土壤含水量 % 4 1
16 M80 80厘米处土壤含水量 % 4 1
17 M100 100厘米处土壤含水量 % 4 1
18 MST 湿度 % 4 1
19 NS 开机台数 台 2 0
1A P1 1小时时段降水量 mm 5 1
1B P2 2小时时段降水量 mm 5 1
1C P3 3小时时段降水量 mm 5 1
1D P6 6小时时段降水量 mm 5 1
1E P12 12小时时段降水量 mm 5 1
1F PD 日降水量 mm 5 1
20 PJ 当前降水量 mm 5 1
21 PN01 1分钟时段降水量 mm 5 1
22 PN05 5分钟时段降水量 mm 5 1
23 PN10 10分钟时段降水量 mm 5 1
24 PN30 30分钟时段降水量 mm 5 1
25 PR 暴雨量 mm 5 1
26 PT 降水量累计值 mm 6 1
27 Q 瞬时流量、抽水流量 m³/s 9 3
28-2F Q{} 取(排)水口流量{} m³/s 9 3
30 QA 总出库流量、过闸总流量 m³/s 9 3
31 QZ 输水设备流量、过闸(组)流量 m³/s 9 3
32 SW 输沙量 万t 11 3
33 UC 风向 - 2 0
34 UE 风力(级) - 2 0
35 US 风速 m/s 4 1
36 VA 断面平均流速 m/s 5 3
37 VJ 当前瞬时流速 m/s 5 3
38 VT 电源电压 V 4 2
39 Z 瞬时河道水位、潮位 m 7 3
3A ZB 库(闸、站)下水位 m 7 3
3B ZU 库(闸、站)上水位 m 7 3
3C-43 Z{} 取(排)水口水位{} m 7 3
44 SQ 含沙量 kg/m³ 9 3
45 ZT 遥测站状态及报警信息 - 8 0
46 pH pH值 - 4 2
47 DO 溶解氧 mg/L 4 1
48 COND 电导率 μS/cm 5 0
49 TURB 浊度 度 3 0
4A CODMN 高锰酸盐指数 mg/L 4 1
4B REDOX 氧化还原电位 mV 5 1
4C NH4N 氨氮 mg/L 6 2
4D TP 总磷 mg/L 5 3
4E TN 总氮 mg/L 5 2
4F TOC 总有机碳 mg/L 4 2
50 CU 铜 mg/L 7 4
51 ZN 锌 mg/L 6 4
52 SE 硒 mg/L 7 5
53 AS 砷 mg/L 7 5
54 THG 总汞 mg/L 7 5
55 CD 镉 mg/L 7 5
56 PB 铅 mg/L 7 5
57 CHLA 叶绿素a mg/L 4 2
58-5F WP{} 水压{} kPa 5 2
60-67 SYL{} 水表{}剩余水量 m³ 11 3
68-6F SBL{} 水表{}每小时水量 m³/h 10 2
70 VTA 交流A相电压 V 4 1
71 VTB 交流B相电压 V 4 1
72 VTC 交流C相电压 V 4 1
73 VIA 交流A相电流 A 4 1
74 VIB 交流B相电流 A 4 1
75 VIC 交流C相电流 A 4 1
F2 RGZS 人工置数 - 0 0
F3 PIC 图片信息 - 0 0
F4 DRP 1小时内每5分钟时段雨量 mm 24 1
F5-FC DRZ{} 1小时内5分钟间隔相对水位{} m 48 2
FD DATA 流速批量数据传输 - 0 0
"""


class Element(NamedTuple):
    """One kind of what is measured or told. digits, decimals: of its number, where it is one."""

    ident: int
    code: str
    name: str
    unit: str
    digits: int
    decimals: int

    @property
    def size(self) -> int:
        """Bytes of a value that is not negative."""
        return (self.digits + 1) // 2

    @property
    def is_series(self) -> bool:
        """Twelve values, five minutes apart."""
        return RAIN <= self.ident <= LAST_LEVEL

    @property
    def is_measured(self) -> bool:
        """Whether its numbers are readings; the others say something of other values."""
        return self.is_series or (self.ident not in _WORDS and self.ident < OBSERVED)


_WORDS = frozenset((STEP, SPAN, GATE, GATE_KIND))


def rows(table: str) -> Iterator[Element]:
    """The elements of a table written like the one above."""
    for row in table.strip().splitlines():
        idents, code, name, unit, digits, decimals = row.split()
        first, _, last = idents.partition("-")
        for number, ident in enumerate(range(int(first, 16), int(last or first, 16) + 1), 1):
            told = (code.format(number), name.format(number), "" if unit == "-" else unit)
            yield Element(ident, *told, int(digits), int(decimals))


ELEMENTS = {one.ident: one for one in rows(_ROWS)}
BY_CODE = {one.code: one for one in ELEMENTS.values()}
