"""Files of devices are kept once, by what their bytes say, within bounds."""

from pathlib import Path

import pytest

from anlan.connectors.frames import Media
from anlan.live.gateway.devices.kept import Kept
from anlan.live.gateway.devices.media import NAME, Shelf, path_of, pieces_of
from anlan.terms.errors import Malformed

JPEG, DAY_MS = b"\xff\xd8\xff\xe0" + b"\x00" * 100, 86_400_000
NOW = 1_796_011_200_000


def pieces(data: Path, device: str = "bus") -> list[str]:
    return [one.name for one in pieces_of(data, "jt808", device, most=100)]


def test_kept_once_and_named_by_what_they_are(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, Kept())
    page = Media(b"<html><script>alert(1)</script>", "image.jpg")
    text = Media("水位已过警戒".encode(), is_text=True)
    for _ in range(2):
        shelf.keep("jt808", "bus", [Media(JPEG, "通道1"), page, text, Media(b"")], at=NOW)
    shelf.keep("jt808", "coach", [Media(JPEG)], at=NOW + 1)
    shelf.close()
    assert sorted(name[-3:] for name in pieces(tmp_path)) == ["bin", "jpg", "txt"]
    assert all(NAME.fullmatch(name) for name in pieces(tmp_path))
    assert set(pieces(tmp_path, "coach")) < set(pieces(tmp_path))
    file = path_of(tmp_path, pieces(tmp_path, "coach")[0])
    assert file.read_bytes() == JPEG
    assert file.stat().st_mode & 0o777 == 0o600
    assert pieces_of(tmp_path, "sl651", "bus", most=9) == []


def test_the_oldest_go_where_there_is_no_room_or_time(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, Kept(media_mb=1, media_days=30))
    large = [Media(bytes((n,)) * 400_000) for n in range(1, 6)]
    for n, one in enumerate(large):
        shelf.keep("jt808", "bus", [one], at=NOW + n)
    files = list((tmp_path / "gateway/media").glob("*/*.bin"))
    assert len(pieces(tmp_path)) == len(files) == 2
    shelf.keep("jt808", "coach", [Media(JPEG)], at=NOW + 31 * DAY_MS)
    assert pieces(tmp_path) == []
    shelf.keep("jt808", "coach", [Media(b"x" * (2 << 20))], at=NOW + 31 * DAY_MS)
    assert len(pieces(tmp_path, "coach")) == 1
    shelf.close()


@pytest.mark.parametrize("table", [[], {"media_mb": -1}, {"media_mb": True}, {"media": 1}])
def test_a_wrong_bound_is_named(table: object) -> None:
    with pytest.raises(Malformed, match="kept"):
        Kept.of(table)
