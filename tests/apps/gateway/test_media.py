"""Pictures of a device are shown to those who may see it, and nothing that came runs anywhere."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from anlan.connectors.frames import Media
from anlan.live.gateway.devices.kept import Kept
from anlan.live.gateway.devices.media import Shelf, pieces_of
from tests.apps.gateway.conftest import BUS, now_ms

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db
PATH = f"/gateway/jt808/{BUS}"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 100


def test_pictures_are_shown_and_other_files_handed_out(fleet: Path, client_for: ClientFor) -> None:
    shelf = Shelf(fleet, Kept())
    page, text = Media(b"<html><script>"), Media("<i>水位".encode(), is_text=True)
    shelf.keep("jt808", BUS, [Media(JPEG, "通道1"), page, text], at=now_ms())
    shelf.keep("jt808", "other", [Media(b"GIF89a")], at=now_ms())
    shelf.close()
    own, kinds = client_for("county"), {}
    for one in pieces_of(fleet, "jt808", BUS, most=9):
        answer = own.get(f"{PATH}/media/{one.name}")
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        kinds[one.kind] = (answer["Content-Type"], answer["Content-Disposition"].split(";")[0])
        assert client_for("county-b").get(f"{PATH}/media/{one.name}").status_code == 404
    plain = ("application/octet-stream", "attachment")
    assert kinds == {"jpg": ("image/jpeg", "inline"), "bin": plain, "txt": plain}
    shown = own.get(PATH).text
    assert "通道1" in shown
    assert "&lt;i&gt;水位" in shown
    (others,) = pieces_of(fleet, "jt808", "other", most=9)
    for name in (others.name, "kept.sqlite", "x" * 64 + ".jpg", ".."):
        assert own.get(f"{PATH}/media/{name}").status_code == 404
