"""What codes of GB/T 28181 mean.

source: GB/T 28181-2016 appendices A, D and J, and of 2022 what it adds; read in descriptions of
the standard and in other platforms' open sources, not in print: unverified.
"""

from typing import NamedTuple

COMMANDS = {
    "Keepalive": "状态信息报送", "Catalog": "设备目录", "DeviceInfo": "设备信息",
    "DeviceStatus": "设备状态", "RecordInfo": "录像检索", "Alarm": "报警",
    "MobilePosition": "移动设备位置", "MediaStatus": "媒体状态", "DeviceControl": "设备控制",
    "DeviceConfig": "设备配置", "ConfigDownload": "设备配置查询", "PresetQuery": "预置位查询",
    "Broadcast": "语音广播", "HomePositionQuery": "看守位查询",
    "CruiseTrackListQuery": "巡航轨迹列表",
    "CruiseTrackQuery": "巡航轨迹", "PTZPosition": "云台精准状态", "SDCardStatus": "存储卡状态",
    "SnapShotConfig": "图像抓拍配置", "UploadSnapShotFinished": "图像抓拍完成",
    "DeviceUpgradeResult": "设备升级结果", "VideoUploadNotify": "音视频上传",
    "VideoParamOpt": "视频参数范围",
}  # fmt: skip

KINDS = {
    "111": "DVR", "112": "视频服务器", "113": "编码器", "114": "解码器", "115": "视频切换矩阵",
    "116": "音频切换矩阵", "117": "报警控制器", "118": "网络视频录像机", "119": "移动终端",
    "120": "智能分析设备", "130": "混合硬盘录像机", "131": "摄像机", "132": "网络摄像机",
    "133": "显示器", "134": "报警输入设备", "135": "报警输出设备", "136": "语音输入设备",
    "137": "语音输出设备", "138": "移动传输设备", "139": "其他外围设备",
    "200": "中心信令控制服务器", "201": "Web应用服务器", "202": "媒体分发服务器",
    "203": "代理服务器", "204": "安全服务器", "205": "报警服务器", "206": "数据库服务器",
    "207": "GIS服务器", "208": "管理服务器", "209": "接入网关", "210": "媒体存储服务器",
    "211": "信令安全路由网关", "215": "业务分组", "216": "虚拟组织",
    "300": "中心用户", "400": "终端用户",
}  # fmt: skip
"""Digits 11 to 13 of an identifier."""

_CHANNELS = range(131, 140)


class Method(NamedTuple):
    """How an alarm came about. key: in sensors' names · kinds: AlarmType → key and name."""

    key: str
    name: str
    kinds: dict[str, tuple[str, str]] = {}  # noqa: RUF012 - of a named tuple: a default that nobody changes


METHODS = {
    "1": Method("phone", "电话报警"),
    "2": Method(
        "device", "设备报警",
        {"1": ("video_loss", "视频丢失报警"), "2": ("tamper", "设备防拆报警"),
         "3": ("disk_full", "存储设备磁盘满报警"), "4": ("hot", "设备高温报警"),
         "5": ("cold", "设备低温报警")},
    ),
    "3": Method("sms", "短信报警"),
    "4": Method("gps", "GPS报警"),
    "5": Method(
        "video", "视频报警",
        {"1": ("manual", "人工视频报警"), "2": ("motion", "运动目标检测报警"),
         "3": ("left", "遗留物检测报警"), "4": ("removed", "物体移除检测报警"),
         "5": ("tripwire", "绊线检测报警"), "6": ("intrusion", "入侵检测报警"),
         "7": ("wrong_way", "逆行检测报警"), "8": ("loitering", "徘徊检测报警"),
         "9": ("flow", "流量统计报警"), "10": ("crowd", "密度检测报警"),
         "11": ("abnormal", "视频异常检测报警"), "12": ("fast", "快速移动报警"),
         "13": ("blocked", "图像遮挡报警")},
    ),
    "6": Method(
        "fault", "设备故障报警",
        {"1": ("disk", "存储设备磁盘故障报警"), "2": ("fan", "存储设备风扇故障报警")},
    ),
    "7": Method("other", "其他报警"),
}  # fmt: skip
"""AlarmMethod."""

PRIORITIES = {"1": "一级警情", "2": "二级警情", "3": "三级警情", "4": "四级警情"}
PTZ_TYPES = {"1": "球机", "2": "半球", "3": "固定枪机", "4": "遥控枪机", "5": "遥控半球",
             "6": "多目设备的全景/拼接通道", "7": "多目设备的分割通道"}  # fmt: skip
ON, OFF = frozenset(("ON", "ONLINE", "OK", "1")), frozenset(("OFF", "OFFLINE", "0", "ERROR"))
"""How devices say that a channel works, or does not."""


def kind_of(identifier: str) -> str:
    """What an identifier of 20 digits names, in the standard's words; empty for another text."""
    is_one = len(identifier) == 20 and identifier.isascii() and identifier.isdigit()
    return KINDS.get(identifier[10:13], "") if is_one else ""


def is_channel(identifier: str) -> bool:
    """Whether it is a camera, an alarm input or something like it, and no group or place."""
    kind = identifier[10:13]
    is_one = len(identifier) == 20 and identifier.isascii() and identifier.isdigit()
    return is_one and int(kind) in _CHANNELS


def alarm_key(method: str | None, kind: str | None) -> str:
    """`video.motion`; of what is unknown the numbers."""
    found = METHODS.get(method or "")
    first = found.key if found else f"method_{method}" if method else "unknown"
    if not kind:
        return first
    return f"{first}.{found.kinds[kind][0] if found and kind in found.kinds else f'type_{kind}'}"


def alarm_words(method: str | None, kind: str | None) -> dict[str, str]:
    """What the codes of an alarm are called."""
    found = METHODS.get(method or "")
    if found is None:
        return {}
    told = {"AlarmMethod": found.name}
    return told | ({"AlarmType": found.kinds[kind][1]} if kind in found.kinds else {})
