"""What codes mean: systems, commands, marks of values, results.

source: HJ 212-2017 tables 5 to 8 and Appendix C; those of 2005 and 2025 are unverified: they were
read in other programs, not in print.
"""

from typing import NamedTuple

from anlan.terms.quality import Quality

VERSIONS = {0: "HJ/T 212-2005", 1: "HJ 212-2017", 2: "HJ 212-2025"}

SYSTEMS = {
    "21": "地表水质量监测", "22": "空气质量监测", "23": "声环境质量监测", "24": "地下水质量监测",
    "25": "土壤质量监测", "26": "海水质量监测", "27": "挥发性有机物监测", "31": "大气环境污染源",
    "32": "地表水体环境污染源", "33": "地下水体环境污染源", "34": "海洋环境污染源",
    "35": "土壤环境污染源", "36": "声环境污染源", "37": "振动环境污染源", "38": "放射性环境污染源",
    "39": "工地扬尘污染源", "41": "电磁环境污染源", "51": "烟气排放过程监控",
    "52": "污水排放过程监控", "91": "系统交互",
}  # fmt: skip

DOWN = {
    "1000": "设置超时时间及重发次数", "1002": "设置数采仪MN编码", "1011": "提取现场机时间",
    "1012": "设置现场机时间", "1014": "上位机下发新密钥", "1021": "提取污染物报警门限值",
    "1022": "设置污染物报警门限值", "1061": "提取实时数据间隔", "1062": "设置实时数据间隔",
    "1063": "提取分钟数据间隔", "1064": "设置分钟数据间隔", "1072": "设置现场机访问密码",
    "2011": "取污染物实时数据", "2012": "停止察看污染物实时数据", "2013": "取原始监测数据",
    "2021": "取设备运行状态数据", "2022": "停止察看设备运行状态", "2031": "取污染物日历史数据",
    "2041": "取设备运行时间日历史数据", "2051": "取污染物分钟数据", "2052": "取噪声单次测量数据",
    "2061": "取污染物小时数据", "2062": "取自动标样核查校准数据", "2071": "取污染物报警记录",
    "3011": "零点校准量程校准", "3012": "即时采样", "3013": "启动清洗反吹", "3014": "比对采样",
    "3015": "超标留样", "3016": "设置采样时间周期", "3017": "提取采样时间周期",
    "3018": "提取出样时间", "3019": "提取设备唯一标识", "3020": "提取现场机信息",
    "3021": "设置现场机参数", "3022": "下发即时留样任务", "3024": "启动标样核查",
    "9013": "通知应答", "9014": "数据应答",
}  # fmt: skip
"""Commands of the platform."""

UP = {
    "1001": "上传数采仪硬件序号", "1011": "上传现场机时间", "1013": "现场机时间校准请求",
    "1014": "现场机获取新密钥", "1021": "上传污染物报警门限值", "1061": "上传实时数据间隔",
    "1063": "上传分钟数据间隔", "2011": "上传污染物实时数据", "2013": "上传原始监测数据",
    "2021": "上传设备运行状态数据", "2031": "上传污染物日历史数据",
    "2041": "上传设备运行时间日历史数据", "2051": "上传污染物分钟数据",
    "2052": "上传噪声单次测量数据", "2061": "上传污染物小时数据",
    "2062": "上传自动标样核查校准数据", "2071": "上传污染物报警记录", "2072": "上传报警事件",
    "2081": "上传数采仪开机时间", "2111": "上传炉膛温度5min均值", "3015": "上传超标留样信息",
    "3017": "上传采样时间周期", "3018": "上传出样时间", "3019": "上传设备唯一标识",
    "3020": "上传现场机信息", "9011": "请求应答", "9012": "执行结果", "9013": "通知应答",
    "9014": "数据应答", "9015": "心跳包",
}  # fmt: skip
"""Commands of the device in the field."""

NOTICES = frozenset(("1013", "1014", "9015"))
"""What a device tells to be answered by 9013; all else that it sends is data, answered by 9014."""

PERIODS = {
    "2011": "", "2021": "", "2072": "", "2031": "day", "2041": "day", "2051": "minute",
    "2061": "hour",
}  # fmt: skip
"""What stands in a sensor's name between the quantity and the kind of value; else the command."""

VALUES = frozenset(
    [
        "Rtd",
        "ZsRtd",
        "Min",
        "ZsMin",
        "Avg",
        "ZsAvg",
        "Max",
        "ZsMax",
        "Cou",
        "RS",
        "RT",
        "Ala",
        "Data",
        "DayData",
        "NightData",
    ]
)
"""Kinds of values that are measured: of 2005, 2017, and 折算 (Zs)."""


class Mark(NamedTuple):
    """What a value's Flag says of it."""

    name: str
    quality: Quality = Quality.GOOD


UNKNOWN = Mark("标记不明", Quality.UNCERTAIN)
MARKS = {
    "N": Mark("正常"),
    "T": Mark("超测量上限", Quality.UNCERTAIN),
    "S": Mark("手工输入", Quality.UNCERTAIN),
    "F": Mark("排放源停运", Quality.UNCERTAIN),
    "M": Mark("维护", Quality.BAD),
    "C": Mark("校准", Quality.BAD),
    "D": Mark("故障", Quality.BAD),
    "B": Mark("通讯异常", Quality.BAD),
    "P": Mark("电源故障", Quality.BAD),
    "0": Mark("校准", Quality.BAD),
    "1": Mark("气象参数"),
    "2": Mark("异常", Quality.UNCERTAIN),
    "3": Mark("正常"),
}
"""P and the digits are of 2005, the digits of its air stations. T and S may be true, and what is
beyond the range may be what matters most; the others of BAD measure something else."""


def mark_of(flag: str) -> Mark:
    """What a Flag says, in small letters too."""
    return MARKS.get(flag.strip().upper(), UNKNOWN)


ACCEPTED = {
    1: "准备执行请求", 2: "请求被拒绝", 3: "PW错误", 4: "MN错误", 5: "ST错误", 6: "Flag错误",
    7: "QN错误", 8: "CN错误", 9: "CRC校验错误", 100: "未知错误",
}  # fmt: skip
"""QnRtn."""

EXECUTED = {
    1: "执行成功", 2: "执行失败，但不知道原因", 3: "命令请求条件错误", 4: "通讯超时",
    5: "系统繁忙不能执行", 6: "系统故障", 100: "没有数据",
}  # fmt: skip
"""ExeRtn."""

SUCCESS = 1
