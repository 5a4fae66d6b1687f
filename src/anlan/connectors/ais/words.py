"""What codes of AIS mean, in words."""

CLASSES = {
    0: "船舶位置报告（A类）", 1: "船舶位置报告（A类）", 2: "船舶位置报告（A类，指定）",
    3: "船舶位置报告（A类，应询）", 4: "基站报告", 5: "船舶静态及航次数据", 6: "寻址二进制电文",
    7: "二进制确认", 8: "广播二进制电文", 9: "搜救航空器位置报告", 10: "时间询问", 11: "时间应答",
    12: "寻址安全电文", 13: "安全电文确认", 14: "广播安全电文", 15: "询问", 16: "指定模式命令",
    17: "差分改正广播", 18: "船舶位置报告（B类）", 19: "船舶位置报告（B类，扩展）",
    20: "数据链管理", 21: "航标报告", 22: "信道管理", 23: "群组指定", 24: "静态数据报告",
    25: "单时隙二进制电文", 26: "多时隙二进制电文", 27: "远距离位置报告", 28: "航标报告（单时隙）",
}  # fmt: skip

STATUSES = {
    0: "机动航行", 1: "锚泊", 2: "失控", 3: "操纵受限", 4: "吃水受限", 5: "系泊", 6: "搁浅",
    7: "从事捕捞", 8: "驶帆航行", 9: "预留（高速船）", 10: "预留（地效翼船）", 11: "机动拖带",
    12: "机动顶推或旁拖", 13: "预留", 14: "AIS-SART 示位发射", 15: "未定义",
}  # fmt: skip

SHIPS = {
    30: "渔船", 31: "拖带船", 32: "大型拖带船", 33: "疏浚或水下作业船", 34: "潜水作业船",
    35: "军事作业船", 36: "帆船", 37: "游艇", 50: "引航船", 51: "搜救船", 52: "拖轮",
    53: "港口供应船", 54: "防污染船", 55: "执法船", 58: "医疗运输船", 59: "非冲突方船舶",
}  # fmt: skip
_TENS = {2: "地效翼船", 4: "高速船", 6: "客船", 7: "货船", 8: "液货船", 9: "其他船舶"}
_CARGO = {1: "X类", 2: "Y类", 3: "Z类", 4: "OS类"}
"""Of dangerous goods, harmful substances and pollutants, by IMO's classes."""


def ship_word(code: int) -> str | None:
    """What kind of ship it is, and the class of what dangerous it carries; None where undefined."""
    tens, unit = divmod(code, 10)
    if code in SHIPS:
        return SHIPS[code]
    if tens not in _TENS:
        return None
    cargo = _CARGO.get(unit)
    return f"{_TENS[tens]}（载{cargo}危险货物）" if cargo else _TENS[tens]
