"""The standard's tables, as data: what each number is called.

Bits as (name of the sensor, word where 1, word where 0). Tables 2 to 6 of GB/T 26875.3-2011 were
read in its text. The bits of states and operations are drawings there (figures 6, 7, 9, 13, 14):
those of the transmission device were read too, the others were compared with a second source only.
"""

from typing import NamedTuple

COMMANDS = {1: "控制命令", 2: "发送数据", 3: "确认", 4: "请求", 5: "应答", 6: "否认"}

TYPES = {
    1: "上传建筑消防设施系统状态",
    2: "上传建筑消防设施部件运行状态",
    3: "上传建筑消防设施部件模拟量值",
    4: "上传建筑消防设施操作信息",
    5: "上传建筑消防设施软件版本",
    6: "上传建筑消防设施系统配置情况",
    7: "上传建筑消防设施部件配置情况",
    8: "上传建筑消防设施系统时间",
    21: "上传用户信息传输装置运行状态",
    24: "上传用户信息传输装置操作信息",
    25: "上传用户信息传输装置软件版本",
    26: "上传用户信息传输装置配置情况",
    28: "上传用户信息传输装置系统时间",
    61: "读建筑消防设施系统状态",
    62: "读建筑消防设施部件运行状态",
    63: "读建筑消防设施部件模拟量值",
    64: "读建筑消防设施操作信息",
    65: "读建筑消防设施软件版本",
    66: "读建筑消防设施系统配置情况",
    67: "读建筑消防设施部件配置情况",
    68: "读建筑消防设施系统时间",
    81: "读用户信息传输装置运行状态",
    84: "读用户信息传输装置操作信息记录",
    85: "读用户信息传输装置软件版本",
    86: "读用户信息传输装置配置情况",
    88: "读用户信息传输装置系统时间",
    89: "初始化用户信息传输装置",
    90: "同步用户信息传输装置时钟",
    91: "查岗命令",
}

SYSTEMS = {
    0: "通用",
    1: "火灾报警系统",
    10: "消防联动控制器",
    11: "消火栓系统",
    12: "自动喷水灭火系统",
    13: "气体灭火系统",
    14: "水喷雾灭火系统（泵启动方式）",
    15: "水喷雾灭火系统（压力容器启动方式）",
    16: "泡沫灭火系统",
    17: "干粉灭火系统",
    18: "防烟排烟系统",
    19: "防火门及卷帘系统",
    20: "消防电梯",
    21: "消防应急广播",
    22: "消防应急照明和疏散指示系统",
    23: "消防电源",
    24: "消防电话",
}

COMPONENTS = {
    0: "通用",
    1: "火灾报警控制器",
    10: "可燃气体探测器",
    11: "点型可燃气体探测器",
    12: "独立式可燃气体探测器",
    13: "线型可燃气体探测器",
    16: "电气火灾监控报警器",
    17: "剩余电流式电气火灾监控探测器",
    18: "测温式电气火灾监控探测器",
    21: "探测回路",
    22: "火灾显示盘",
    23: "手动火灾报警按钮",
    24: "消火栓按钮",
    25: "火灾探测器",
    30: "感温火灾探测器",
    31: "点型感温火灾探测器",
    32: "点型感温火灾探测器（S型）",
    33: "点型感温火灾探测器（R型）",
    34: "线型感温火灾探测器",
    35: "线型感温火灾探测器（S型）",
    36: "线型感温火灾探测器（R型）",
    37: "光纤感温火灾探测器",
    40: "感烟火灾探测器",
    41: "点型离子感烟火灾探测器",
    42: "点型光电感烟火灾探测器",
    43: "线型光束感烟火灾探测器",
    44: "吸气式感烟火灾探测器",
    50: "复合式火灾探测器",
    51: "复合式感烟感温火灾探测器",
    52: "复合式感光感温火灾探测器",
    53: "复合式感光感烟火灾探测器",
    61: "紫外火焰探测器",
    62: "红外火焰探测器",
    69: "感光火灾探测器",
    74: "气体探测器",
    78: "图像摄像方式火灾探测器",
    79: "感声火灾探测器",
    81: "气体灭火控制器",
    82: "消防电气控制装置",
    83: "消防控制室图形显示装置",
    84: "模块",
    85: "输入模块",
    86: "输出模块",
    87: "输入／输出模块",
    88: "中继模块",
    91: "消防水泵",
    92: "消防水箱",
    95: "喷淋泵",
    96: "水流指示器",
    97: "信号阀",
    98: "报警阀",
    99: "压力开关",
    101: "阀驱动装置",
    102: "防火门",
    103: "防火阀",
    104: "通风空调",
    105: "泡沫液泵",
    106: "管网电磁阀",
    111: "防烟排烟风机",
    113: "排烟防火阀",
    114: "常闭送风口",
    115: "排烟口",
    116: "电控挡烟垂壁",
    117: "防火卷帘控制器",
    118: "防火门监控器",
    121: "警报装置",
}


class Analog(NamedTuple):
    """An analog value: how its sensor is named, the word, the unit, the size of a step, its range.

    One step of a number of the device is 1/steps of the unit.
    """

    sensor: str
    word: str
    unit: str
    steps: int
    least: float
    most: float


ANALOGS = {
    1: Analog("events", "事件计数", "件", 1, 0, 32000),
    2: Analog("height", "高度", "m", 100, 0, 320),
    3: Analog("temperature", "温度", "℃", 10, -273, 3200),
    4: Analog("pressure_mpa", "压力", "MPa", 10, 0, 3200),
    5: Analog("pressure_kpa", "压力", "kPa", 10, 0, 3200),
    6: Analog("gas", "气体浓度", "%LEL", 10, 0, 100),
    7: Analog("duration", "时间", "s", 1, 0, 32000),
    8: Analog("voltage", "电压", "V", 10, 0, 3200),
    9: Analog("current", "电流", "A", 10, 0, 3200),
    10: Analog("flow", "流量", "L/s", 10, 0, 3200),
    11: Analog("air_flow", "风量", "m³/min", 10, 0, 3200),
    12: Analog("wind_speed", "风速", "m/s", 1, 0, 20),
}

Bit = tuple[str, str, str]

_COMMON: list[Bit] = [
    ("normal", "正常运行", "测试"),
    ("fire", "火警", ""),
    ("fault", "故障", ""),
    ("shield", "屏蔽", ""),
    ("supervise", "监管", ""),
    ("start", "启动（开启）", ""),
    ("feedback", "反馈", ""),
    ("delay", "延时", ""),
]

SYSTEM_BITS: list[Bit] = [
    *_COMMON,
    ("main_power_fault", "主电故障", ""),
    ("backup_power_fault", "备电故障", ""),
    ("bus_fault", "总线故障", ""),
    ("manual", "手动", "自动"),
    ("config_changed", "配置改变", ""),
    ("reset", "复位", ""),
]

COMPONENT_BITS: list[Bit] = [*_COMMON, ("power_fault", "电源故障", "")]

DEVICE_BITS: list[Bit] = [
    ("normal", "正常监视", "测试"),
    ("fire", "火警", ""),
    ("fault", "故障", ""),
    ("main_power_fault", "主电故障", ""),
    ("backup_power_fault", "备电故障", ""),
    ("channel_fault", "与监控中心通信信道故障", ""),
    ("line_fault", "监测连接线路故障", ""),
]

OPERATION_BITS: list[Bit] = [
    ("op_reset", "复位", ""),
    ("op_mute", "消音", ""),
    ("op_manual_alarm", "手动报警", ""),
    ("op_clear", "警情消除", ""),
    ("op_self_test", "自检", ""),
    ("op_confirm", "确认", ""),
    ("op_test", "测试", ""),
]

DEVICE_OPERATION_BITS: list[Bit] = [
    *OPERATION_BITS[:5],
    ("op_duty_answer", "查岗应答", ""),
    OPERATION_BITS[6],
]
DUTY_ANSWER = 1 << 5
"""The bit of a device's operation that says that somebody on duty answered."""


def spoken(bits: list[Bit], state: int) -> list[str]:
    """The words of a state, the lowest bit first."""
    words = [bit[1] if state >> at & 1 else bit[2] for at, bit in enumerate(bits)]
    return [word for word in words if word]


def called(table: dict[int, str], number: int, *, own_from: int = 128) -> str:
    """The word of a number; those that the table lacks are reserved, or the vendor's own."""
    return table.get(number) or ("用户自定义" if number >= own_from else "预留")
