"""Pictures of an explanation: place and time kept, all else gone, bad files refused."""

import io
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import Http404
from PIL import Image

from anlan.apps.watch.actions import explain
from anlan.apps.watch.actions.pictures import prepare
from anlan.apps.watch.models import Picture
from anlan.apps.watch.queries import picture_for
from anlan.terms.errors import Refused
from tests.apps.watch.conftest import Night


def _photo(**exif: Any) -> bytes:
    """A photo as a phone takes it: turned by a quarter, with its place, time and maker."""
    image = Image.new("RGB", (400, 300), "red")
    said = Image.Exif()
    said[0x0112] = 6  # to be turned right
    said[0x010F] = "SECRET-MAKER"
    said.get_ifd(0x8825).update({1: "N", 2: (30.0, 30.0, 0.0), 3: "E", 4: (110.0, 15.0, 0.0)})
    said.get_ifd(0x8769).update({0x9003: "2026:07:01 02:03:04", 0x9011: "+08:00"})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=said, comment=b"SECRET-COMMENT", **exif)
    return out.getvalue()


def test_place_and_time_are_kept_and_everything_else_is_gone() -> None:
    [kept] = prepare([io.BytesIO(_photo())])
    assert (kept.lon, kept.lat) == (110.25, 30.5)
    assert kept.taken_at == datetime(2026, 6, 30, 18, 3, 4, tzinfo=UTC)
    assert (kept.width, kept.height) == (300, 400)  # upright
    assert b"SECRET" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as image:
        assert not image.getexif()


def test_what_hides_behind_the_picture_is_gone() -> None:
    [kept] = prepare([io.BytesIO(_photo() + b"<script>alert(1)</script>")])
    assert b"<script>" not in kept.content


def test_a_large_picture_is_made_smaller() -> None:
    out = io.BytesIO()
    Image.new("L", (6000, 3000)).save(out, "PNG")
    [kept] = prepare([io.BytesIO(out.getvalue())])
    assert (kept.width, kept.height) == (2560, 1280)


def _bomb() -> bytes:
    """A PNG of a few bytes that claims 50,000 × 50,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _gif() -> bytes:
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", _gif(),
     _photo()[:2000], _bomb()],
    ids=["empty", "text", "svg", "pdf", "gif", "cut", "bomb"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_its_number(content: bytes) -> None:
    with pytest.raises(Refused, match="2"):
        prepare([io.BytesIO(_photo()), io.BytesIO(content)])


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(Refused):
        prepare([io.BytesIO(_photo() + b"\0" * 20_000_001)])


@pytest.mark.filterwarnings("ignore:.*EXIF")
def test_broken_exif_does_not_spoil_the_picture() -> None:
    image, out = Image.new("RGB", (8, 8)), io.BytesIO()
    image.save(out, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert prepare([io.BytesIO(out.getvalue())])[0].lon is None


def test_pictures_belong_to_the_alarm_and_its_jurisdiction(night: Night, asker_for: Any) -> None:
    alarm, plant = night.raised(), asker_for("enterprise")
    explain(plant, alarm.key, version=1, cause="泄漏", measure="关阀",
            pictures=[io.BytesIO(_photo())])  # fmt: skip
    picture = Picture.objects.get()
    assert picture.step.kind == "explain"
    with picture.file.open() as stored:
        assert stored.read(2) == b"\xff\xd8"
    assert picture_for(asker_for("county"), picture.key) == picture
    with pytest.raises(Http404):
        picture_for(asker_for("county-b"), picture.key)


def test_one_bad_picture_leaves_nothing_behind(night: Night, asker_for: Any) -> None:
    alarm = night.raised()
    with pytest.raises(Refused):
        explain(asker_for("county"), alarm.key, version=1, cause="泄漏", measure="关阀",
                pictures=[io.BytesIO(_photo()), io.BytesIO(b"no")])  # fmt: skip
    alarm.refresh_from_db()
    assert (alarm.state, Picture.objects.count()) == ("raised", 0)
