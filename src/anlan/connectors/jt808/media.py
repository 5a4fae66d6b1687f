"""Pictures, sounds and videos that a terminal hands over (0801)."""

from anlan.connectors.frames import Frame, Media
from anlan.connectors.jt808.shown import head_of

_MEDIA = 0x0801
_KINDS = {0: "图像", 1: "音频", 2: "视频"}
_EVENTS = {
    0: "平台下发指令", 1: "定时动作", 2: "抢劫报警触发", 3: "碰撞侧翻报警触发", 4: "门开拍照",
    5: "门关拍照", 6: "车门由开变关", 7: "定距拍照",
}  # fmt: skip


def media(frame: Frame) -> tuple[Media, ...]:
    """The file of a message that is whole, of a terminal that is believed."""
    if head_of(frame).id != _MEDIA or frame.fault or "data" not in frame.fields:
        return ()
    told = frame.fields
    words = [_KINDS.get(told["type"], ""), f"通道{told['channel']}", _EVENTS.get(told["event"], "")]
    return (Media(bytes.fromhex(told["data"]), " ".join(filter(None, words))),)
