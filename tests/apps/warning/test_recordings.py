"""Recordings for loudspeakers: judged by what they contain, heard before use, and frozen."""

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.apps.people.actions import deed
from anlan.apps.people.models import AuditLine
from anlan.apps.warning.actions.letters import Letters
from anlan.apps.warning.actions.recording import (
    Purpose,
    keep_recording,
    retire_recording,
    use_recording,
)
from anlan.apps.warning.models import Addressee, Recording
from anlan.apps.warning.queries.audience import Sink
from anlan.apps.warning.queries.audience.sounds import recording_for
from anlan.cap.read import read
from anlan.channels import Message, Status
from anlan.channels.sound import recording_of, seconds_of
from anlan.site.options import Options
from anlan.terms.errors import Malformed, Refused
from tests.apps.conftest import COUNTY
from tests.apps.warning.conftest import Office

pytestmark = pytest.mark.django_db


def a_wav(seconds: float = 2.0) -> bytes:
    """Silence at 8 kHz, 16 bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(seconds * 16_000)))
    return out.getvalue()


def an_mp3(frames: int = 80) -> bytes:
    """Frames of MPEG 1 layer III, 128 kbit/s at 44.1 kHz, behind a tag: 26 ms each."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    return b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + frame * frames


def purpose(**more: Any) -> Purpose:
    usual: dict[str, Any] = {"region": COUNTY, "title": "洪水转移", "event": "", "level": 0,
                             "language": "zh", "status": "Actual"}  # fmt: skip
    return Purpose(**{**usual, **more})


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    options = Options(speaker_platform="https://platform.example/ebd")
    settings.PLACE = replace(django_settings.PLACE, data=tmp_path, options=options)
    settings.PLACE.ready_file.parent.mkdir()
    settings.PLACE.ready_file.touch()
    return tmp_path / "files" / "recordings"


def used(office: Office, data: bytes | None = None, **more: Any) -> Recording:
    one = keep_recording(office.asker("county"), purpose(**more), data or a_wav())
    use_recording(office.asker("county"), one.key)
    one.refresh_from_db()
    return one


def test_the_length_is_that_of_the_sound() -> None:
    assert seconds_of(a_wav(2.5)) == pytest.approx(2.5)
    assert seconds_of(an_mp3(80)) == pytest.approx(80 * 1152 / 44_100)


@pytest.mark.parametrize("data", [
    b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3", b"\xff\xfb", b"%PDF-1.4", a_wav(0.2), a_wav(301),
    b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(16) + b"data\xff\xff\xff\x7f" + bytes(100),
])  # fmt: skip
def test_what_is_no_recording_of_a_fitting_length_is_refused(office: Office, data: bytes) -> None:
    with pytest.raises(Malformed):
        keep_recording(office.asker("county"), purpose(), data)
    assert not Recording.objects.exists()


@pytest.mark.parametrize("more", [
    {"title": " "}, {"region": "x"}, {"event": "nothing"}, {"level": 7}, {"language": "fr"},
    {"status": "Draft"},
])  # fmt: skip
def test_what_it_is_for_must_be_something(office: Office, more: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        keep_recording(office.asker("county"), purpose(**more), a_wav())


def test_it_is_used_only_after_it_was_heard_and_never_in_a_drill(office: Office) -> None:
    one = keep_recording(office.asker("county"), purpose(), a_wav())
    draft = office.drafted()
    assert recording_for(draft, "zh") is None
    use_recording(office.asker("county"), one.key)
    assert recording_for(draft, "zh") == Recording.objects.get()
    assert recording_for(draft, "en") is None
    draft.status = "Exercise"
    assert recording_for(draft, "zh") is None
    draft.status, draft.kind = "Actual", "Cancel"
    assert recording_for(draft, "zh") is None
    retire_recording(office.asker("county"), one.key)
    draft.status, draft.kind = "Actual", "Alert"
    assert recording_for(draft, "zh") is None
    acts = [line.detail["act"] for line in AuditLine.objects.filter(act="warning.record")]
    assert acts[::-1] == ["keep", "use", "retire"]


def test_the_nearest_and_the_most_fitting_is_taken(office: Office) -> None:
    draft = office.drafted()
    used(office, title="任何")
    fitting = used(office, title="本级", event=draft.event, level=int(draft.level))
    used(office, title="别的级别", event=draft.event, level=5 - int(draft.level))
    assert recording_for(draft, "zh") == fitting


def test_a_message_names_its_recording_for_ever_and_whoever_speaks_finds_it(
    office: Office, folder: Path
) -> None:
    one = used(office, an_mp3())
    message = office.issued().messages.get()
    resources = {info.language: info.resource for info in read(message.xml).info}
    assert [r.digest for r in resources["zh-CN"]] == [one.digest]
    assert resources["en-US"] == ()
    sink = Sink(kind=Addressee.By.SPEAKER, status="Actual", name="", region="")
    fields = Letters(message).for_sink(sink)
    told = Message(key="k", kind="warning", subject=fields["subject"], text=fields["text"],
                   status=Status.ACTUAL, cause="message:1", created_at=1_800_000_000_000,
                   body=fields["body"].encode(), media_type=fields["media_type"])  # fmt: skip
    assert recording_of(told, folder) == folder / one.digest
    assert recording_of(replace(told, language="en"), folder) is None
    (folder / one.digest).write_bytes(a_wav(3))
    assert recording_of(told, folder) is None, "a file that was changed is not played"


def test_another_county_neither_hears_nor_changes_it(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one = keep_recording(office.asker("county"), purpose(), a_wav())
    with pytest.raises(Refused, match="没有这段录音"):
        use_recording(office.asker("county-b-chief"), one.key)
    with pytest.raises(Refused):
        keep_recording(office.asker("county-b-chief"), purpose(), a_wav())
    there = client_for("county-b")
    assert there.get(f"/warnings/recordings/{one.key}.sound").status_code == 404
    assert "洪水转移" not in there.get("/warnings/recordings/").content.decode()


def test_an_operator_uploads_hears_and_lets_it_be_used(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    client = client_for("county")
    form = {"region": COUNTY, "title": "洪水转移", "event": "", "level": "0", "language": "zh",
            "status": "Actual"}  # fmt: skip
    wrong = client.post(
        "/warnings/recordings/", {**form, "file": SimpleUploadedFile("a.wav", b"x")}
    )
    assert wrong.status_code == 422
    assert "WAV 或 MP3" in wrong.content.decode()
    assert client.post("/warnings/recordings/", form).status_code == 422
    data = a_wav()
    client.post("/warnings/recordings/", {**form, "file": SimpleUploadedFile("a.wav", data)})
    one = Recording.objects.get()
    page = client.get("/warnings/recordings/").content.decode()
    assert f'<audio controls preload="none" src="/warnings/recordings/{one.key}.sound"' in page
    assert "2.0 s" in page
    heard = client.get(f"/warnings/recordings/{one.key}.sound")
    assert (heard.headers["Content-Type"], heard.getvalue()) == ("audio/wav", data)
    client.post(f"/warnings/recordings/{one.key}/use")
    assert Recording.objects.get().is_in_use
    draft = office.drafted()
    assert "洪水转移" in client.get(f"/warnings/{draft.key}/outlook").content.decode()
    client.post(f"/warnings/recordings/{one.key}/retire")
    assert "没有合适的录音" in client.get(f"/warnings/{draft.key}/outlook").content.decode()


def test_what_a_county_would_send_of_the_city_it_hears_and_does_not_change(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one = keep_recording(office.asker("city"), purpose(region="9901", title="全市"), a_wav())
    use_recording(office.asker("city"), one.key)
    assert recording_for(office.drafted(), "zh") == one
    there = client_for("county")
    assert there.get(f"/warnings/recordings/{one.key}.sound").status_code == 200
    page = there.get("/warnings/recordings/").content.decode()
    assert "全市" in page
    assert f"/warnings/recordings/{one.key}/retire" not in page
    assert there.post(f"/warnings/recordings/{one.key}/retire").status_code == 404
    below = keep_recording(office.asker("county"), purpose(), a_wav())
    assert client_for("town").get(f"/warnings/recordings/{below.key}.sound").status_code == 200
    assert client_for("county-b").get(f"/warnings/recordings/{below.key}.sound").status_code == 404


def test_what_somebody_else_did_between_looking_and_changing_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (keep_recording(office.asker("county"), purpose(), a_wav()) for _n in "12")
    first = deed

    def late(*args: Any, **words: Any) -> Any:
        """Another's change comes just before ours begins."""
        Recording.objects.filter(pk=one.pk).update(heard_name="别人", heard_at=office.now)
        Recording.objects.filter(pk=other.pk).update(retired_at=office.now)
        return first(*args, **words)

    monkeypatch.setattr("anlan.apps.warning.actions.recording.deed", late)
    retire_recording(office.asker("county"), one.key)
    one.refresh_from_db()
    assert (one.heard_name, one.retired_at) == ("别人", office.now)
    with pytest.raises(Refused, match="没有这段录音"):
        use_recording(office.asker("county"), other.key)
