"""The standard's tables, as data: what each value is called, how it travels, its words.

Read from public descriptions of GB/T 32960.3-2016 (tables 3 to 22 and B) and compared with captured
frames; the print was not at hand, so words and ranges are unverified.
"""

from struct import Struct
from typing import NamedTuple

LOGIN, LIVE, AGAIN, LOGOUT, PLATFORM_LOGIN, PLATFORM_LOGOUT, BEAT, CLOCK = range(1, 9)
READ, SET, CONTROL = 0x80, 0x81, 0x82

COMMANDS = {
    LOGIN: "车辆登入",
    LIVE: "实时信息上报",
    AGAIN: "补发信息上报",
    LOGOUT: "车辆登出",
    PLATFORM_LOGIN: "平台登入",
    PLATFORM_LOGOUT: "平台登出",
    BEAT: "心跳",
    CLOCK: "终端校时",
    READ: "参数查询",
    SET: "参数设置",
    CONTROL: "车载终端控制",
}
RESPONSES = {1: "成功", 2: "错误", 3: "VIN重复", 0xFE: "命令"}
ENCRYPTIONS = {1: "不加密", 2: "RSA", 3: "AES128", 0xFE: "异常", 0xFF: "无效"}


class Cell(NamedTuple):
    """A value. code: as struct has it · per: how many of it make one of the unit.

    off: what is taken away before · words: where it is a code for something.
    """

    name: str
    code: str
    per: int = 1
    off: int = 0
    words: dict[int, str] | None = None
    is_measured: bool = True

    @property
    def nothing(self) -> dict[int, str]:
        """Numbers that say that there is no value."""
        top = (1 << 8 * Struct(self.code).size) - 1
        return {top: "无效", top - 1: "异常"}


def _code(name: str, words: dict[int, str] | None = None, code: str = "B") -> Cell:
    return Cell(name, code, words=words, is_measured=False)


def _hot(name: str) -> Cell:
    return Cell(name, "B", 1, 40)


_SWITCH = {1: "工作", 2: "断开"}
_CURRENT = ("H", 10, 10_000)

VEHICLE = [
    _code("state", {1: "启动", 2: "熄火", 3: "其他"}),
    _code("charge", {1: "停车充电", 2: "行驶充电", 3: "未充电", 4: "充电完成"}),
    _code("mode", {1: "纯电", 2: "混动", 3: "燃油"}),
    Cell("speed", "H", 10),
    Cell("mileage", "I", 10),
    Cell("voltage", "H", 10),
    Cell("current", *_CURRENT),
    Cell("soc", "B"),
    _code("dcdc", _SWITCH),
    _code("gear"),
    Cell("insulation", "H"),
    Cell("accelerator", "B"),
    Cell("brake", "B"),
]
MOTOR = [
    _code("number"),
    _code("state", {1: "耗电", 2: "发电", 3: "关闭", 4: "准备"}),
    _hot("controller_temperature"),
    Cell("rpm", "H", 1, 20_000),
    Cell("torque", "H", 10, 20_000),
    _hot("temperature"),
    Cell("controller_voltage", "H", 10),
    Cell("controller_current", *_CURRENT),
]
FUEL_CELL_HEAD = [
    Cell("voltage", "H", 10),
    Cell("current", "H", 10),
    Cell("consumption", "H", 100),
]
FUEL_CELL_TAIL = [
    Cell("hydrogen_temperature_max", "H", 10, 400),
    _code("hydrogen_temperature_probe"),
    Cell("hydrogen_concentration_max", "H"),
    _code("hydrogen_concentration_sensor"),
    Cell("hydrogen_pressure_max", "H", 10),
    _code("hydrogen_pressure_sensor"),
    _code("dcdc", _SWITCH),
]
ENGINE = [
    _code("state", {1: "启动", 2: "关闭"}),
    Cell("rpm", "H"),
    Cell("consumption", "H", 100),
]
EXTREMES = [
    _code("cell_voltage_max_system"),
    _code("cell_voltage_max_cell"),
    Cell("cell_voltage_max", "H", 1000),
    _code("cell_voltage_min_system"),
    _code("cell_voltage_min_cell"),
    Cell("cell_voltage_min", "H", 1000),
    _code("temperature_max_system"),
    _code("temperature_max_probe"),
    _hot("temperature_max"),
    _code("temperature_min_system"),
    _code("temperature_min_probe"),
    _hot("temperature_min"),
]
VOLTAGES = [
    _code("system"),
    Cell("voltage", "H", 10),
    Cell("current", *_CURRENT),
    _code("cells", code="H"),
    _code("first", code="H"),
]
CELL_VOLTAGE = Cell("cell_voltage", "H", 1000)
PROBE = _hot("temperature")

ALARMS = [
    ("temperature_difference", "温度差异报警"),
    ("battery_hot", "电池高温报警"),
    ("pack_over_voltage", "车载储能装置类型过压报警"),
    ("pack_under_voltage", "车载储能装置类型欠压报警"),
    ("soc_low", "SOC低报警"),
    ("cell_over_voltage", "单体电池过压报警"),
    ("cell_under_voltage", "单体电池欠压报警"),
    ("soc_high", "SOC过高报警"),
    ("soc_jump", "SOC跳变报警"),
    ("battery_mismatch", "可充电储能系统不匹配报警"),
    ("cell_inconsistent", "电池单体一致性差报警"),
    ("insulation_fault", "绝缘报警"),
    ("dcdc_hot", "DC-DC温度报警"),
    ("brake_fault", "制动系统报警"),
    ("dcdc_fault", "DC-DC状态报警"),
    ("controller_hot", "驱动电机控制器温度报警"),
    ("interlock_open", "高压互锁状态报警"),
    ("motor_hot", "驱动电机温度报警"),
    ("over_charge", "车载储能装置类型过充"),
]
FAULTS = ("battery_faults", "motor_faults", "engine_faults", "other_faults")
