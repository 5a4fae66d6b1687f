"""The pages know the packs as the live process has them, whichever of the two began first."""

from pathlib import Path
from typing import Any

import pytest

from anlan.apps.atlas import shelf
from anlan.live.reach import Running
from anlan.site.options import Place


def titled(data: Path, overlay: str) -> Path:
    """An overlay that calls the water level otherwise."""
    folder = data / overlay / "flood"
    folder.mkdir(parents=True)
    (folder / "quantities.toml").write_text(
        f'[water_level]\ntitle.zh = "{overlay}"\ntitle.en = "{overlay}"\n'
        'source = "plan"\napprover = "office"\n'
    )
    return folder.parent


def test_a_live_process_that_comes_later_is_heard(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PLACE = Place(tmp_path)
    monkeypatch.setattr(shelf, "_LOOK_S", -1.0)
    running: list[Running | None] = [None]
    monkeypatch.setattr(shelf, "running", lambda _data: running[0])
    mine = shelf.Shelf()

    def title() -> str:
        name = mine.packs()["flood"].quantities["water_level"].title
        assert name is not None
        return name.zh

    plain = title()
    assert title() == plain != "east"
    told = tmp_path / "live" / "running.json"
    told.parent.mkdir()
    for overlay in ("east", "west"):
        running[0] = live = Running("127.0.0.1", 1, "token")
        live.packs = titled(tmp_path, overlay)
        told.write_text(overlay)
        assert title() == overlay
    running[0] = None
    assert title() == "west"
