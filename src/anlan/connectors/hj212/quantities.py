"""What is measured 监测因子: names and units by code of HJ 212-2017 Appendix B, and codes of 2005.

unverified: taken from a second source (srdgame/lua-HJ212, MIT), not from the printed table; units
are those of the table, and what a station sends may be in others. Codes that stand there twice are
left out: no name is better than a wrong one. Of e… and g… two digits follow, the number of the
equipment; of i333x one.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_LONGEST = 16


class Quantity(NamedTuple):
    """unit, total_unit: empty where there is none or it is not known."""

    name: str
    unit: str = ""
    total_unit: str = ""


# house: a table, one line a code: code · code of 2005 · name · unit · unit of Cou
_TABLE = """
w00000 B01 污水 L/s m³
w01001 001 pH值 - -
w01002 002 色度 度 -
w01006 - 溶解性总固体 mg/L kg
w01009 - 溶解氧 mg/L -
w01010 - 水温 ℃ -
w01012 003 悬浮物 mg/L kg
w01014 - 电导率 µS/cm -
w01017 010 五日生化需氧量 mg/L kg
w01018 011 化学需氧量 mg/L kg
w01019 - 高锰酸盐指数 mg/L kg
w01020 015 总有机碳 mg/L kg
w02003 550 粪大肠菌群 个/L -
w02006 - 细菌总数 个/L -
w03001 570 总α放射性 Bq/L -
w03002 571 总β放射性 Bq/L -
w19001 - 表面活性剂 mg/L kg
w19002 520 阴离子表面活性剂 mg/L kg
w20012 039 钡 mg/L kg
w20023 037 硼 mg/L kg
w20038 040 钴 mg/L kg
w20061 038 钼 mg/L kg
w20089 041 铊 ng/L mg
w20092 036 锡 mg/L kg
w20111 020 总汞 µg/L g
w20113 021 烷基汞 ng/L mg
w20115 022 总镉 µg/L g
w20116 023 总铬 mg/L kg
w20117 024 六价铬 µg/L g
w20119 026 总砷 µg/L g
w20120 027 总铅 µg/L g
w20121 028 总镍 mg/L kg
w20122 029 总铜 mg/L kg
w20123 030 总锌 mg/L kg
w20124 031 总锰 mg/L kg
w20125 032 总铁 mg/L kg
w20126 033 总银 mg/L kg
w20127 034 总铍 µg/L g
w20128 035 总硒 µg/L g
w20138 - 铜 mg/L kg
w20139 - 锌 mg/L kg
w20140 - 硒 mg/L kg
w20141 - 砷 mg/L kg
w20142 - 汞 µg/L g
w20143 - 镉 µg/L g
w20144 - 铅 mg/L kg
w21001 065 总氮 mg/L kg
w21003 060 氨氮 mg/L kg
w21004 062 凯氏氮 mg/L kg
w21006 063 亚硝酸盐 mg/L kg
w21007 064 硝酸盐 mg/L kg
w21011 101 总磷 mg/L kg
w21016 070 氰化物 mg/L kg
w21017 072 氟化物 mg/L kg
w21019 071 硫化物 mg/L kg
w21022 090 氯化物 mg/L kg
w21038 - 硫酸盐 mg/L kg
w22001 080 石油类 mg/L kg
w23002 110 挥发酚 mg/L kg
w25043 540 苯并[α]芘 µg/L g
w33001 350 六六六 ng/L mg
w33007 351 滴滴涕 ng/L mg
w99001 061 有机氮 mg/L kg
a00000 B02 废气 m³/s m³
a01001 - 温度 ℃ -
a01002 - 湿度 % -
a01006 - 气压 kPa -
a01007 - 风速 m/s -
a01008 - 风向 ° -
a01010 37 林格曼黑度 - -
a01011 S02 烟气流速 m/s -
a01012 S03 烟气温度 ℃ -
a01013 S08 烟气压力 kPa -
a01014 S05 烟气湿度 % -
a01015 S06 制冷温度 ℃ -
a01016 S07 烟道截面积 m² -
a01017 S04 烟气动压 kPa -
a01901 - 垃圾焚烧炉膛内焚烧平均温度 ℃ -
a01902 - 垃圾焚烧炉膛内DCS温度 ℃ -
a05001 30 二氧化碳 mg/m³ kg
a05002 - 甲烷 ng/m³ g
a05008 - 三氯一氟甲烷 mg/m³ kg
a05009 - 二氯二氟甲烷 mg/m³ kg
a05013 - 三氯三氟乙烷 mg/m³ kg
a19001 S01 氧气含量 % -
a20007 - 砷 ng/m³ g
a20016 36 铍及其化合物 mg/m³ kg
a20025 33 镉及其化合物 mg/m³ kg
a20026 - 镉 ng/m³ g
a20043 32 铅及其化合物 mg/m³ kg
a20044 - 铅 ng/m³ g
a20057 31 汞及其化合物 mg/m³ kg
a20058 - 汞 ng/m³ g
a20063 35 镍及其化合物 mg/m³ kg
a20091 34 锡及其化合物 mg/m³ kg
a21001 10 氨（氨气） ng/m³ g
a21002 03 氮氧化物 mg/m³ kg
a21003 - 一氧化氮 mg/m³ kg
a21004 - 二氧化氮 mg/m³ kg
a21005 04 一氧化碳 mg/m³ kg
a21017 07 氰化物 mg/m³ kg
a21018 06 氟化物 mg/m³ kg
a21022 11 氯气 mg/m³ kg
a21024 08 氯化氢 mg/m³ kg
a21026 02 二氧化硫 mg/m³ kg
a21028 05 硫化氢 mg/m³ kg
a23001 27 酚类 mg/m³ kg
a24003 - 二氯甲烷 mg/m³ kg
a24004 - 三氯甲烷 mg/m³ kg
a24005 - 四氯甲烷 mg/m³ kg
a24006 - 二溴一氯甲烷 mg/m³ kg
a24007 - 一溴二氯甲烷 mg/m³ kg
a24008 - 溴甲烷 mg/m³ kg
a24009 - 三溴甲烷 mg/m³ kg
a24015 - 氯乙烷 mg/m³ kg
a24016 - 1,1-二氯乙烷 mg/m³ kg
a24017 - 1,2-二氯乙烷 mg/m³ kg
a24018 - 1,1,1-三氯乙烷 mg/m³ kg
a24019 - 1,1,2-三氯乙烷 mg/m³ kg
a24020 - 1,1,2,2-四氯乙烷 mg/m³ kg
a24027 - 1,2-二氯丙烷 mg/m³ kg
a24034 - 1,2-二溴乙烷 mg/m³ kg
a24036 - 环己烷 mg/m³ kg
a24042 - 正己烷 mg/m³ kg
a24043 - 正庚烷 mg/m³ kg
a24046 29 氯乙烯 mg/m³ kg
a24047 - 1,1-二氯乙烯 mg/m³ kg
a24049 - 三氯乙烯 mg/m³ kg
a24050 - 四氯乙烯 mg/m³ kg
a24053 - 丙烯 mg/m³ kg
a24054 - 1,3-二氯丙烯 mg/m³ kg
a24072 - 1,4-二恶烷 mg/m³ kg
a24078 - 1,3-丁二烯 mg/m³ kg
a24087 25 碳氢化合物 mg/m³ kg
a24088 - 非甲烷总烃 mg/m³ kg
a24099 - 氯甲烷 mg/m³ kg
a24110 - 反式-1,2-二氯乙烯 mg/m³ kg
a24111 - 顺式-1,2-二氯乙烯 mg/m³ kg
a24112 - 反式-1,3-二氯丙烯 mg/m³ kg
a24113 - 六氯-1,3-丁二烯 mg/m³ kg
a25002 - 苯 mg/m³ kg
a25003 17 甲苯 mg/m³ kg
a25004 - 乙苯 mg/m³ kg
a25005 18 二甲苯 mg/m³ kg
a25006 - 1,2-二甲基苯 mg/m³ kg
a25007 - 1,3-二甲基苯 mg/m³ kg
a25008 - 1,4-二甲基苯 mg/m³ kg
a25010 23 氯苯 mg/m³ kg
a25011 - 1,2-二氯苯 mg/m³ kg
a25012 - 1,3-二氯苯 mg/m³ kg
a25013 - 1,4-二氯苯 mg/m³ kg
a25014 - 1-乙基-4-甲基苯 mg/m³ kg
a25015 - 1,2,4-三氯苯 mg/m³ kg
a25019 - 1,2,4-三甲基苯 mg/m³ kg
a25020 - 1,2,3-三甲基苯 mg/m³ kg
a25021 - 1,3,5-三甲基苯 mg/m³ kg
a25023 22 硝基苯 mg/m³ kg
a25038 - 乙烯基苯 mg/m³ kg
a25044 20 苯并[a]芘 mg/m³ kg
a25072 - 四氢呋喃 mg/m³ kg
a26001 21 苯胺类 mg/m³ kg
a29017 - 乙酸乙酯 mg/m³ kg
a29026 - 乙酸乙烯酯 mg/m³ kg
a30001 28 甲醇 mg/m³ kg
a30008 - 异丙醇 mg/m³ kg
a30022 13 硫醇 mg/m³ kg
a31001 19 甲醛 mg/m³ kg
a31002 26 乙醛 mg/m³ kg
a31024 - 丙酮 mg/m³ kg
a31025 - 2-丁酮 mg/m³ kg
a31030 - 甲基异丁基甲酮 mg/m³ kg
a34001 - 总悬浮颗粒物TSP ng/m³ g
a34002 - 可吸入颗粒物PM10 ng/m³ g
a34004 - 细微颗粒物PM2.5 ng/m³ g
a34005 - 亚微米颗粒物PM1.0 ng/m³ g
a34011 - 降尘 t/(km²·月) -
a34013 01 烟尘 mg/m³ kg
a34017 - 炭黑尘 mg/m³ kg
a34038 09 沥青烟 mg/m³ kg
a34039 14 硫酸雾 mg/m³ kg
a34040 15 铬酸雾 mg/m³ kg
a99010 - 丙烯腈 mg/m³ kg
a99049 24 光气 mg/m³ kg
a99051 12 二硫化碳 mg/m³ kg
LA B03 A权声级 dB -
L5 - 累计百分声级L5 dB -
L10 - 累计百分声级L10 dB -
L50 - 累计百分声级L50 dB -
L90 - 累计百分声级L90 dB -
L95 - 累计百分声级L95 dB -
Leq - 等效声级 dB -
Ldn - 昼夜等效声级 dB -
Ld - 昼间等效声级 dB -
Ln - 夜间等效声级 dB -
LMx - 最大的瞬时声级 dB -
LMn - 最小的瞬时声级 dB -
e101 - 进水口流量 L/s -
e102 - 进水口COD mg/L -
e103 - 进水口氨氮 mg/L -
e104 - 进水口总磷 mg/L -
e105 - 进水口总氮 mg/L -
e106 - 进水口pH - -
e201 - 出水口流量 L/s -
e202 - 出水口COD mg/L -
e203 - 出水口氨氮 mg/L -
e204 - 出水口总磷 mg/L -
e205 - 出水口pH - -
e301 - 污水提升泵 A -
e302 - 鼓风机 A -
e303 - 鼓风量 mg/L -
e304 - 生化池污泥浓度 mg/L -
e305 - 生化池溶解氧浓度 mg/L -
e306 - 污泥剩余泵 A -
e307 - 污泥回流泵 A -
e308 - 污泥回流量 kg -
e309 - 污泥剩余量 kg -
e310 - 污泥压滤机 A -
e311 - 阀门状态 - -
e312 - 储泥池液位 m -
e313 - 加药量 mg/L -
e314 - 生化池氧化还原电位 mV -
e401 - 污水提升泵 A -
e402 - 曝气设备 A -
e403 - 生化池污泥浓度 mg/L -
e404 - 厌氧池溶解氧浓度 mg/L -
e405 - 缺氧池溶解氧浓度 mg/L -
e406 - 好氧池溶解氧浓度 mg/L -
e407 - 污泥剩余泵 A -
e408 - 污泥回流泵 A -
e409 - 污泥回流量 kg -
e410 - 污泥剩余量 kg -
e411 - 污泥压滤机 A -
e412 - 搅拌器状态 - -
e413 - 阀门状态 - -
e414 - 缺氧池氧化还原电位 mV -
e415 - 好氧池氧化还原电位 mV -
e416 - 提升泵池液位 m -
e417 - 储泥池液位 m -
e418 - 加药量 mg/L -
e501 - 污水提升泵 A -
e502 - 曝气设备 A -
e503 - 供气量状态 - -
e504 - 生化池污泥浓度 mg/L -
e505 - 厌氧池溶解氧浓度 mg/L -
e506 - 缺氧池溶解氧浓度 mg/L -
e507 - 好氧池溶解氧浓度 mg/L -
e508 - 混合液回流泵 A -
e509 - 剩余污泥泵 A -
e510 - 剩余污泥量 kg -
e511 - 搅拌器状态 - -
e512 - 阀门状态 - -
e513 - 缺氧池氧化还原电位 mV -
e514 - 好氧池氧化还原电位 mV -
e515 - 提升泵池液位 m -
e516 - 储泥池液位 m -
e517 - 加药量 mg/L -
e601 - 污水提升泵 A -
e602 - 曝气设备 A -
e603 - SBR池污泥浓度 mg/L -
e604 - SBR池溶解氧浓度 mg/L -
e605 - 污泥剩余泵 A -
e606 - 污泥回流泵 A -
e607 - 污泥回流量 kg -
e608 - 污泥剩余量 kg -
e609 - 污泥压滤机 A -
e610 - 搅拌器 A -
e614 - SBR池曝气搅拌时氧化还原电位 mV -
e615 - 阀门状态 - -
e616 - 提升泵池液位 m -
e617 - 储泥池液位 m -
e701 - 污水提升泵 A -
e702 - 曝气设备 A -
e703 - 接触氧化池污泥浓度 mg/L -
e704 - 接触氧化池溶解氧浓度 mg/L -
e705 - 剩余污泥泵 A -
e706 - 剩余污泥量 kg -
e707 - 污泥压滤机 A -
e708 - 阀门状态 - -
e709 - 提升泵池液位 m -
e710 - 储泥池液位 m -
e801 - 污水提升泵 A -
e802 - 曝气设备 A -
e803 - 污泥浓度 mg/L -
e804 - 溶解氧浓度 mg/L -
e805 - 剩余污泥泵 A -
g101 - 增压风机状态 - -
g102 - 增压风机电流 A -
g103 - 浆液循环泵状态 - -
g104 - 浆液循环泵电流 A -
g105 - 密封机状态 - -
g106 - 密封机电流 A -
g107 - GGH运行状态 - -
g108 - GGH电机电流 A -
g109 - 浆液泵状态 - -
g110 - 浆液泵流量 m³/h -
g111 - 脱硫塔内浆液pH - -
g112 - 吸收塔除雾器状态 - -
g113 - 吸收塔除雾器电流 A -
g114 - 吸收塔搅拌器状态 - -
g115 - 吸收塔浆液密度 kg/m³ -
g116 - 旁路挡板门开度 ° -
g117 - 石膏排除泵状态 - -
g118 - 石膏排除泵电流 A -
g119 - 脱硫率 % -
g201 - 脱硫塔内喷水泵电流 A -
g202 - 脱硫剂输送装置 A -
g203 - 称重给煤机计量信号 - -
g204 - 炉膛床压 Pa -
g205 - 炉膛床温 ℃ -
g206 - 冷渣器转速 r/min -
g207 - 返料风机电流 A -
g208 - 引风机电流 A -
g209 - 一次风机电流 A -
g210 - 二次风机电流 A -
g211 - 石灰石给料机电流 A -
g212 - 脱硫率 % -
g301 - 氨喷射系统电流 A -
g302 - 稀释风机状态 - -
g303 - 稀释风机电流 A -
g304 - 氨泵风机状态 - -
g305 - 氨泵风机电流 A -
g306 - 旁路挡板状态 - -
g307 - 旁路挡板开度 ° -
g308 - 旁路挡板左右压差 kPa -
i11001 - 运行日志 - -
i12001 - 工作状态 - -
i12002 - 分析仪与数采仪通讯状态 - -
i12003 - COD分析仪报警状态 - -
i13001 - 测量量程 - -
i13002 - 测量精度 - -
i13003 - 测量间隔 min -
i13004 - 消解温度 ℃ -
i13005 - 消解时长 min -
i13006 - 校准时间 - -
i13007 - 截距 - -
i13008 - 斜率 - -
i13009 - 测量检出限 - -
i21001 - 运行日志 - -
i22001 - 工作状态 - -
i22002 - 用户状态 - -
i22003 - 数采仪与上位机通讯状态 - -
i22101 - 数采仪通道通讯状态 - -
i23001 - 本地大气压力 kPa -
i31001 - 门禁日志 - -
i32001 - 门禁状态 - -
i33001 - CEMS伴热管温度 ℃ -
i33002 - CEMS冷凝温度 ℃ -
i33101 - 监测站房温度 ℃ -
i33102 - 监测站房湿度 % -
i33103 - 监测站房电压 V -
i33104 - 监测站房原水压力 kPa -
i33105 - 监测站房进样压力1 kPa -
i33106 - 监测站房进样压力2 kPa -
i33107 - 沉砂池清洗时间 s -
i33200 - 污水处理站（厂）电流量 A -
i33201 - 污水处理站（厂）累计耗电量 kW·h -
i33202 - 污水处理站（厂）日耗电量 kW·h -
i3331 - 炉膛内上部焚烧温度 ℃ -
i3332 - 炉膛内中部焚烧温度 ℃ -
i3333 - 炉膛内下部焚烧温度 ℃ -
i3334 - 炉膛内二次空气喷入点温度 ℃ -
i33400 - 生产负荷 % -
"""


def _cell(text: str) -> str:
    return "" if text == "-" else text


def _read() -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for row in _TABLE.split("\n"):
        if row:
            code, old, *cells = row.split()
            quantity = Quantity(*map(_cell, cells))
            found |= {one: quantity for one in (code, old) if one != "-"}
    return found


QUANTITIES = _read()


def quantity_of(code: str) -> Quantity | None:
    """What a code stands for; None where it is not in the table."""
    found = QUANTITIES.get(code)
    if found is None and code[:1] in "egi":
        found = QUANTITIES.get(code[:4] if code[:1] != "i" else code[:5])
    return found


@lru_cache(maxsize=1 << 12)
def _told(code: str) -> dict[str, str] | None:
    found = quantity_of(code)
    return None if found is None else {"name": found.name, "unit": found.unit}


def described(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name and unit of those that are in the table."""
    return {
        code: told for code in codes if len(code) < _LONGEST and (told := _told(code)) is not None
    }
