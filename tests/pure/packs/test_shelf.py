"""Packs are read anew when their files change, whatever an editor leaves beside them."""

from pathlib import Path

import pytest

from anlan.packs import PackError, load_pack, shelf
from tests.pure.packs.build import write_pack


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a pack on the program's own shelf."""
    own = write_pack(tmp_path)
    monkeypatch.setattr(shelf, "own_shelf", lambda: own)
    return tmp_path / "tiny"


def test_an_editors_lock_is_no_part_of_a_pack(tiny: Path) -> None:
    for file in ("rules.toml", "tables/grades.toml"):
        (tiny / file).with_name(f".#{Path(file).name}").symlink_to("who@host.1:2")
    pack = load_pack("tiny")
    assert list(pack.sheets) == ["grades"]
    assert load_pack("tiny") is pack  # it is not read twice
    about = tiny / "pack.toml"
    about.write_text(about.read_text(encoding="utf-8").replace("for tests", "for many tests"))
    assert load_pack("tiny").about.en == "for many tests"


def test_a_file_that_cannot_be_looked_at_is_told_and_breaks_nothing(tiny: Path) -> None:
    (tiny / "stray.toml").symlink_to("nowhere")
    with pytest.raises(PackError, match="no such file in a pack"):
        load_pack("tiny")
