"""Pictures and texts entered by hand that a station sends."""

from anlan.connectors.frames import Frame, Media


def media(frame: Frame) -> tuple[Media, ...]:
    """What a whole body holds of them."""
    found: list[Media] = []
    if "picture" in frame.fields:
        found.append(Media(bytes.fromhex(frame.fields["picture"]), "图片"))
    if frame.fields.get("manual"):
        found.append(Media(frame.fields["manual"].encode(), "人工置数", is_text=True))
    return tuple(found)
