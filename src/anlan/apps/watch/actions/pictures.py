"""Uploaded pictures: checked by content, their place and time kept, all else stripped."""

import io
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeAlias

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from anlan.apps.watch.models import Picture
from anlan.apps.watch.models.handling import AnyPicture
from anlan.terms.errors import Refused

Upload: TypeAlias = "BinaryIO | File[Any]"
MOST_PICTURES = 9
_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 2560
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as it will be kept: JPEG without any metadata, and what it said of itself."""

    content: bytes
    width: int
    height: int
    lon: float | None
    lat: float | None
    taken_at: datetime | None


def prepare(files: Iterable[Upload]) -> list[Prepared]:
    """The pictures of some uploads; Refused names the one that cannot be taken, and why."""
    found = list(files)
    if len(found) > MOST_PICTURES:
        raise Refused(_("At most %(most)d pictures at once.") % {"most": MOST_PICTURES})
    return [_prepared(file, number) for number, file in enumerate(found, 1)]


def _prepared(file: Upload, number: int) -> Prepared:
    most = settings.PLACE.options.upload_bytes
    content = file.read(most + 1)
    if len(content) > most:
        raise Refused(_("Picture %(n)d is larger than %(most)d MB.")
                      % {"n": number, "most": most // 1_000_000})  # fmt: skip
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise Refused(_("Picture %(n)d has too many pixels.") % {"n": number})
            return _stripped(image)
    except (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError,
            Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # fmt: skip
        raise Refused(
            _("Picture %(n)d is no JPEG, PNG or WebP picture, or is damaged.") % {"n": number}
        ) from error


def _stripped(image: Image.Image) -> Prepared:
    """The picture upright, bounded and painted anew, so that nothing hidden comes along."""
    lon, lat, taken_at = _said_of_itself(image)
    image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    clear = upright.convert("RGBA")
    canvas = Image.new("RGB", clear.size, "white")
    canvas.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Prepared(out.getvalue(), *canvas.size, lon, lat, taken_at)


def _said_of_itself(image: Image.Image) -> tuple[float | None, float | None, datetime | None]:
    """Longitude, latitude and time of its EXIF; None for what is missing or cannot be."""
    try:
        exif = image.getexif()
        place, shot = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return None, None, None  # a damaged EXIF block does not spoil the picture
    lon = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef)
    lat = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef)
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90):
        lon = lat = None
    return lon, lat, _time(shot)


def _degrees(place: dict[int, Any], angle: int, ref: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[angle])
        size = degrees + minutes / 60 + seconds / 3600
        west_or_south = str(place.get(ref, "")).strip("\x00 ").upper() in ("W", "S")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (-size if west_or_south else size) if size == size else None


def _time(shot: dict[int, Any]) -> datetime | None:
    """When it was taken; the camera's zone, or the site's where it names none."""
    text = str(shot.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
    zone = str(shot.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
    try:
        if zone:
            return datetime.strptime(f"{text} {zone}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
        bare = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - made aware below
        return timezone.make_aware(bare).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def keep(step: Any, pictures: Sequence[Prepared], model: type[Any] = Picture) -> None:
    """Stores pictures with a step of theirs; takes back the files where one cannot be stored.

    model: of `AnyPicture`, with that step.
    """
    kept: list[AnyPicture] = []
    try:
        for one in pictures:
            key = secrets.token_hex(16)
            picture = model(key=key, step=step, width=one.width, height=one.height,
                            lon=one.lon, lat=one.lat, taken_at=one.taken_at)  # fmt: skip
            kept.append(picture)
            picture.file.save(f"{key}.jpg", ContentFile(one.content), save=True)
    except BaseException:
        for picture in kept:
            picture.file.delete(save=False)
        raise
