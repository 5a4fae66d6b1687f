"""Photographs that a platform hands over (1502), each of a vehicle."""

from anlan.connectors.frames import Frame, Media

_PHOTO = "0x1502"


def media(frame: Frame) -> tuple[Media, ...]:
    """The photograph of a message that is whole, as long as it says; none where none was taken."""
    if frame.header.get("sub") != _PHOTO or frame.fault:
        return ()
    data = bytes.fromhex(str(frame.fields.get("photo", "")))
    length = frame.fields.get("photo_length", 0)
    if not 0 < length <= len(data):
        return ()
    return (Media(data[:length], f"图像 镜头{frame.fields['lens']}"),)
