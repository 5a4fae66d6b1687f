"""A base map in one file, as city IT copies it onto a site without a network."""

import gzip
import struct
from pathlib import Path

import pytest

from anlan.apps.atlas.queries.tiles.archive import picture, tile_id
from anlan.apps.atlas.queries.tiles.grid import Tile
from anlan.terms.errors import Malformed

PICTURES = {Tile(0, 0, 0): b"world", Tile(1, 1, 0): b"north-east", Tile(2, 3, 3): b"corner"}


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    firsts = [one[0] for one in entries]
    steps = [b - a for a, b in zip([0, *firsts], firsts, strict=False)]
    columns = [[len(entries)], steps, *([one[k] for one in entries] for k in (1, 2))]
    offsets = [one[3] + 1 for one in entries]
    return gzip.compress(b"".join(_varint(n) for part in (*columns, offsets) for n in part))


def archive_in(path: Path, *, kind: int = 2) -> Path:
    """The root leads to the first picture and to a directory with the others."""
    tiles = sorted(PICTURES, key=tile_id)
    body, entries = b"", []
    for tile in tiles:
        entries.append((tile_id(tile), 1, len(PICTURES[tile]), len(body)))
        body += PICTURES[tile]
    leaf = _directory(entries[1:])
    root = _directory([entries[0], (entries[1][0], 0, len(leaf), 0)])
    at = 127 + len(root)
    head = b"PMTiles\x03" + struct.pack(
        "<11Q", 127, len(root), at, 0, at, len(leaf), at + len(leaf), len(body), 3, 3, 3
    )
    path.write_bytes(head + bytes([1, 2, 1, kind, 0, 2]) + bytes(25) + root + leaf + body)
    return path


def test_the_order_of_tiles_is_the_formats() -> None:
    """By the table of the specification."""
    known = [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0)]
    assert [tile_id(Tile(*one)) for one in known] == [0, 1, 2, 3, 4, 5]
    assert tile_id(Tile(12, 3423, 1763)) == 19078479
    for z in range(5):
        found = {tile_id(Tile(z, x, y)) for x in range(1 << z) for y in range(1 << z)}
        low = ((1 << (2 * z)) - 1) // 3
        assert found == set(range(low, low + (1 << (2 * z))))


def test_every_picture_is_found_and_no_other(tmp_path: Path) -> None:
    path = archive_in(tmp_path / "base.pmtiles")
    for z in range(4):
        for x in range(1 << z):
            for y in range(1 << z):
                found = picture(path, Tile(z, x, y))
                wanted = PICTURES.get(Tile(z, x, y))
                assert found == (wanted and (wanted, "image/png"))


def test_another_file_is_named_as_wrong(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="only pictures"):
        picture(archive_in(tmp_path / "vectors.pmtiles", kind=1), Tile(0, 0, 0))
    (tmp_path / "text").write_text("x" * 200)
    with pytest.raises(Malformed, match="no PMTiles"):
        picture(tmp_path / "text", Tile(0, 0, 0))
    short = archive_in(tmp_path / "short.pmtiles")
    short.write_bytes(short.read_bytes()[:-20])
    with pytest.raises(Malformed):
        picture(short, Tile(2, 3, 3))
    with pytest.raises(Malformed):
        picture(tmp_path / "none.pmtiles", Tile(0, 0, 0))
