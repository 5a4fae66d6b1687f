"""The parameters of a terminal: number, length, value (JT/T 808 table 12, JT/T 1078 table 2)."""

from dataclasses import dataclass
from typing import Any

from anlan.connectors.road.fields import TENTH32, U8, U16, U32, Body, Code, Kind, Raw, Short, Text

_TEXTS = (
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x1A, 0x1D, 0x23, 0x24, 0x25, 0x26,
    *range(0x40, 0x46), 0x48, 0x49, 0x83,
)  # fmt: skip
_WORDS = (0x31, 0x5B, 0x5C, 0x5D, 0x5E, 0x81, 0x82, 0x101, 0x103)
_BYTES = (0x84, 0x90, 0x91, 0x92, 0x94)
_NAMES = {
    0x01: "heartbeat_s", 0x02: "tcp_timeout_s", 0x03: "tcp_retries", 0x04: "udp_timeout_s",
    0x05: "udp_retries", 0x06: "sms_timeout_s", 0x07: "sms_retries", 0x10: "apn",
    0x11: "apn_user", 0x12: "apn_password", 0x13: "server", 0x14: "spare_apn", 0x17: "spare_server",
    0x18: "tcp_port", 0x19: "udp_port", 0x20: "report_way", 0x21: "report_scheme",
    0x22: "no_driver_interval_s", 0x27: "sleep_interval_s", 0x28: "emergency_interval_s",
    0x29: "interval_s", 0x2C: "distance_m", 0x2D: "no_driver_distance_m",
    0x2E: "sleep_distance_m", 0x2F: "emergency_distance_m", 0x30: "turn_angle",
    0x31: "fence_radius_m", 0x32: "illegal_drive_times", 0x40: "platform_phone",
    0x41: "reset_phone", 0x42: "factory_phone", 0x43: "sms_phone", 0x44: "alarm_sms_phone",
    0x45: "answer_way", 0x46: "call_most_s", 0x47: "month_call_most_s", 0x48: "listen_phone",
    0x49: "privilege_phone", 0x50: "alarm_mask", 0x51: "alarm_sms", 0x52: "alarm_picture",
    0x53: "alarm_picture_kept", 0x54: "key_alarms", 0x55: "most_kmh", 0x56: "overspeed_s",
    0x57: "most_driving_s", 0x58: "most_day_driving_s", 0x59: "least_rest_s",
    0x5A: "most_parking_s", 0x5B: "overspeed_margin", 0x5C: "fatigue_margin_s",
    0x5D: "collision", 0x5E: "rollover_angle", 0x64: "timed_picture", 0x65: "distance_picture",
    0x70: "picture_quality", 0x71: "brightness", 0x72: "contrast", 0x73: "saturation",
    0x74: "chroma", 0x75: "audio_video", 0x76: "channels", 0x77: "channel_video",
    0x79: "alarm_recording", 0x7A: "video_alarm_mask", 0x7B: "image_analysis", 0x7C: "sleep",
    0x80: "mileage_km", 0x81: "province", 0x82: "city", 0x83: "plate", 0x84: "plate_colour",
    0x90: "gnss", 0x91: "gnss_rate", 0x92: "gnss_output", 0x93: "gnss_sample_s",
    0x94: "gnss_upload", 0x95: "gnss_upload_setting", 0x100: "can_1_ms", 0x101: "can_1_upload_s",
    0x102: "can_2_ms", 0x103: "can_2_upload_s", 0x110: "can_id",
}  # fmt: skip
NUMBERS = {name: number for number, name in _NAMES.items()}
"""Name → number of a parameter."""

_RAW = (0x32, 0x75, 0x76, 0x77, 0x79, 0x7B, 0x7C, 0x110)
_HEAD = Code(4)


def kind_of(number: int) -> Kind:
    """How a parameter is written; those unknown here are raw."""
    for kind, numbers in ((Text(), _TEXTS), (U16, _WORDS), (U8, _BYTES), (Raw(), _RAW)):
        if number in numbers:
            return kind
    if number == 0x80:
        return TENTH32
    return U32 if number in _NAMES else Raw()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of them; its value only where its length is that of its kind."""

    def read(self, body: Body) -> dict[str, Any]:
        number = int.from_bytes(body.take(4), "big")
        data = body.take(body.take(1)[0])
        item = {"id": f"0x{number:04X}", "name": _NAMES.get(number, ""), "raw": data.hex()}
        inner, kind = Body(data, body.version), kind_of(number)
        try:
            value = kind.read(inner)
        except Short:
            return item
        return item | {"value": value} if inner.is_read else item

    def write(self, value: Any, version: int) -> bytes:
        number = int(value["id"], 16) if "id" in value else NUMBERS[value["name"]]
        if "raw" in value:
            data = bytes.fromhex(value["raw"])
        else:
            data = kind_of(number).write(value["value"], version)
        return _HEAD.write(hex(number), version) + bytes((len(data),)) + data


PARAMETER = Parameter()
