"""Functions of frames (appendix B), classes of stations (appendix A), bits of a station's state."""

FUNCTIONS = {
    0x2F: "链路维持报",
    0x30: "测试报",
    0x31: "均匀时段水文信息报",
    0x32: "遥测站定时报",
    0x33: "遥测站加报报",
    0x34: "遥测站小时报",
    0x35: "遥测站人工置数报",
    0x36: "遥测站图片报或查询图片",
    0x37: "查询遥测站实时数据",
    0x38: "查询遥测站时段数据",
    0x39: "查询遥测站人工置数",
    0x3A: "查询遥测站指定要素数据",
    0x40: "修改遥测站基本配置表",
    0x41: "读取或自报遥测站基本配置表",
    0x42: "修改遥测站运行参数配置表",
    0x43: "读取或自报遥测站运行参数配置表",
    0x44: "查询水泵电机实时工作数据",
    0x45: "查询遥测终端软件版本",
    0x46: "查询遥测站状态和报警信息",
    0x47: "初始化固态存储数据",
    0x48: "恢复终端出厂设置",
    0x49: "修改密码",
    0x4A: "设置遥测站时钟",
    0x4B: "设置遥测终端IC卡状态",
    0x4C: "控制水泵开关或水泵状态自报",
    0x4D: "控制阀门开关或阀门状态自报",
    0x4E: "控制闸门开关或闸门状态自报",
    0x4F: "水量定值控制",
    0x50: "查询遥测站事件记录",
    0x51: "查询遥测站时钟",
}
KEEP, TEST, PICTURE = 0x2F, 0x30, 0x36
"""One that nobody answers, one whose values are none of the river's, one that is long."""

CLASSES = {
    0x50: "降水",
    0x48: "河道",
    0x4B: "水库(湖泊)",
    0x5A: "闸坝",
    0x44: "泵站",
    0x54: "潮汐",
    0x4D: "墒情",
    0x47: "地下水",
    0x51: "水质",
    0x49: "取水口",
    0x4F: "排水口",
}

STATE_BITS = (
    ("交流电充电状态", "正常", "停电"),
    ("蓄电池电压状态", "正常", "电压低"),
    ("水位超限报警状态", "正常", "报警"),
    ("流量超限报警状态", "正常", "报警"),
    ("水质超限报警状态", "正常", "报警"),
    ("流量仪表状态", "正常", "故障"),
    ("水位仪表状态", "正常", "故障"),
    ("终端箱门状态", "开启", "关闭"),
    ("存储器状态", "正常", "异常"),
    ("IC卡功能有效", "关闭", "IC卡有效"),
    ("水泵工作状态", "水泵工作", "水泵停机"),
    ("剩余水量报警", "未超限", "水量超限"),
)
"""Table 58, from bit 0: its name, what 0 says and what 1 says."""
STATE_WORDS = (
    "mains_off",
    "battery_low",
    "level_alarm",
    "flow_alarm",
    "quality_alarm",
    "flow_meter_fault",
    "level_meter_fault",
    "door_closed",
    "store_fault",
    "card_on",
    "pump_stopped",
    "water_left_alarm",
)
"""The same bits as quantities: 1 where the bit is set."""

EVENTS = (
    "历史数据初始化",
    "参数变更",
    "状态量变位",
    "传感器及仪表故障",
    "密码修改",
    "终端故障",
    "交流失电",
    "蓄电池电压低告警",
    "终端箱非法打开",
    "水泵故障",
    "剩余水量超限告警",
    "水位超限告警",
    "水压超限告警",
    "水质参数超限告警",
    "数据出错",
    "发报文",
    "收报文",
    "发报文出错",
)
"""Table 82, from event 1: what is counted."""
