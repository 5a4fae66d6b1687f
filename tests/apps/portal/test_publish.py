"""The public's files: what is in force, what was, as it was sent; and never a drill."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader

from anlan.apps.portal.queries import PUBLIC
from anlan.apps.warning import actions
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.audience.sinks import takes
from anlan.cap.feed import read_feed
from anlan.cap.read import read
from tests.apps.warning.conftest import CHIEF, WRITER, Office

ASKED = re.compile(r"/public/(zh|en)/(here.*|subscribe)")
"""What is no file: it is made when somebody asks."""
Publish = Callable[[], Path]
MOST_BYTES = 100_000


def text_of(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def month_of(office: Office) -> str:
    """The month that the public's history has it in: Beijing's."""
    return f"{timezone.localtime(office.now):%Y-%m}"


def lift(office: Office, one: Warning) -> Warning:
    """Cancels a warning, signed by the chief."""
    one = actions.cancel(office.asker(WRITER), one.key, version=one.version, reason="水位已回落")
    one = actions.review(office.asker("county-admin"), one.key, version=one.version)
    return office.signed(one, CHIEF)


def test_before_the_first_warning_the_pages_say_so(publish: Publish) -> None:
    folder = publish()
    assert "目前没有生效的预警" in text_of(folder, "zh/index.html")
    assert "No warning is in force" in text_of(folder, "en/index.html")
    assert json.loads(text_of(folder, "warnings.json"))["features"] == []
    assert read_feed((folder / "atom.xml").read_bytes()).entries == ()


def test_a_warning_is_on_every_page_that_it_belongs_to(office: Office, publish: Publish) -> None:
    one = office.issued()
    folder = publish()
    headline = "安澜县应急管理局发布洪水橙色预警"
    for name in ("index", "banner", "place/990101", "place/990101001", "place/9901",
                 f"warning/{one.key}", f"history/{month_of(office)}"):  # fmt: skip
        assert headline in text_of(folder, f"zh/{name}.html"), name
    assert "issues an orange warning: flood" in text_of(folder, "en/index.html")
    assert headline not in text_of(folder, "zh/place/none.html")
    assert not (folder / "zh/place/990102.html").exists()
    page = text_of(folder, f"zh/warning/{one.key}.html")
    for said in ("▲", "橙色", "生效中", "城关镇", "清河上段", "抢险队伍和物资到位"):
        assert said in page
    feature = json.loads(text_of(folder, "warnings.json"))["features"][0]
    assert feature["geometry"]["type"] == "Polygon"
    told = feature["properties"]
    assert (told["status"], told["level"], told["regions"]) == ("Actual", "orange", ["990101001"])
    assert told["sent"] == one.messages.get().sent


def test_the_messages_stand_there_as_they_were_sent(office: Office, publish: Publish) -> None:
    one = lift(office, office.issued())
    folder = publish()
    for message in one.messages.all():
        assert (folder / f"cap/{message.identifier}.xml").read_bytes() == message.xml
    for name in ("atom.xml", "rss.xml", "feed/990101.xml"):
        entries = read_feed((folder / name).read_bytes()).entries
        links = [entry.link for entry in entries]
        assert links == [f"https://anlan.county.example/public/cap/{m.identifier}.xml"
                         for m in one.messages.order_by("-order")]  # fmt: skip
        assert all(entry.key.startswith("urn:uuid:") for entry in entries)
    assert read_feed((folder / "feed/990102.xml").read_bytes()).entries == ()


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_no_drill_reaches_the_public(office: Office, publish: Publish, status: str) -> None:
    folder = publish()
    before = {path.relative_to(folder) for path in folder.rglob("*")}
    one = office.issued(status=status)
    lift(office, one)
    office.later(minutes=2)
    folder = publish()
    assert {path.relative_to(folder) for path in folder.rglob("*")} == before
    for path in folder.rglob("*.*"):
        for word in ("演练", "测试", one.key, one.messages.all()[0].identifier):
            assert word not in path.read_text("utf-8"), path


@pytest.mark.parametrize("status", ["Actual", "Exercise", "Test", "System", "Draft", ""])
def test_a_way_out_takes_messages_of_its_own_status_only(status: str) -> None:
    assert takes(PUBLIC, status) == (status == "Actual")
    assert takes(status, status)


def test_it_is_the_bytes_that_say_whether_it_is_a_drill(office: Office, publish: Publish) -> None:
    drill = office.issued(status="Exercise").messages.get()
    real = office.issued()
    # A row that calls a drill's bytes actual: nothing in the platform writes one.
    Message.objects.bulk_create([Message(
        warning=real, order=2, kind="Update", status="Actual", identifier="wrong", sender="s",
        sent=drill.sent, references="", body=drill.xml, digest="", content={},
        issued_at=office.now)])  # fmt: skip
    folder = publish()
    files = [path for path in folder.rglob("*.*") if path.is_file()]
    assert not [path for path in files if drill.identifier.encode() in path.read_bytes()]
    told = [page.extract_text() for path in folder.rglob("*.pdf") for page in PdfReader(path).pages]
    assert told
    assert not [text for text in told if drill.identifier in text]
    assert real.messages.get(order=1).identifier in text_of(folder, "warnings.json")


def test_a_lifted_warning_goes_from_the_front_page_into_the_history(
    office: Office, publish: Publish
) -> None:
    one = office.issued()
    publish()
    office.later(minutes=5)
    lift(office, one)
    folder = publish()
    assert "目前没有生效的预警" in text_of(folder, "zh/index.html")
    assert not (folder / "zh/place/990101.html").exists()
    page = text_of(folder, f"zh/warning/{one.key}.html")
    assert page.count("(CAP)") + page.count("（CAP）") == 2
    assert "已解除" in page
    assert "已解除" in text_of(folder, f"zh/history/{month_of(office)}.html")


def test_a_warning_that_ends_leaves_at_its_minute(office: Office, publish: Publish) -> None:
    one = office.issued()
    folder = publish()
    assert one.expires is not None
    office.now = one.expires - timedelta(seconds=1)
    assert "1条预警生效中" in text_of(publish(), "zh/index.html")
    office.now = one.expires
    assert "目前没有生效的预警" in text_of(publish(), "zh/index.html")
    assert "已到期" in text_of(folder, f"zh/warning/{one.key}.html")


def test_it_writes_when_something_is_new_and_else_once_a_minute(
    office: Office, publish: Publish
) -> None:
    written = publish() / "written.json"
    first = json.loads(written.read_text())
    office.later(seconds=59)
    publish()
    assert json.loads(written.read_text()) == first
    office.later(seconds=1)
    publish()
    second = json.loads(written.read_text())
    assert second["written_at"] > first["written_at"]
    office.later(seconds=1)
    office.issued()
    publish()
    third = json.loads(written.read_text())
    assert (third["written_at"] > second["written_at"], third["cursor"] > second["cursor"]) == (
        True, True)  # fmt: skip


def test_what_was_removed_or_spoilt_is_written_again(office: Office, publish: Publish) -> None:
    one = office.issued()
    folder = publish()
    message = one.messages.get()
    (folder / f"cap/{message.identifier}.xml").unlink()
    (folder / "manifest.json").write_text("{")
    (folder / "left.html").write_text("of an older version")
    office.later(minutes=1)
    publish()
    assert (folder / f"cap/{message.identifier}.xml").read_bytes() == message.xml
    assert not (folder / "left.html").exists()
    assert [path for path in folder.rglob("*") if path.name.startswith(".part-")] == []


def test_every_link_leads_somewhere_and_every_page_is_small(
    office: Office, publish: Publish
) -> None:
    lift(office, office.issued())
    office.issued()
    folder = publish()
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 15
    for path in pages:
        assert path.stat().st_size + (folder / "style.css").stat().st_size < MOST_BYTES
        for link in _links(path):
            if link.startswith("/public/") and not ASKED.fullmatch(link):
                name = link.removeprefix("/public/")
                is_place = re.fullmatch(r"(zh|en)/place/\d+\.html", name)
                assert (folder / name).exists() or is_place, f"{path}: {link}"


def _links(path: Path) -> set[str]:
    found: set[str] = set()

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "style"), path
            found.update(v for k, v in attrs if k in ("href", "src") and v)
            assert not any(k == "style" or k.startswith("on") for k, _v in attrs), path

    Links().feed(path.read_text("utf-8"))
    return found


def test_a_text_of_a_warning_cannot_break_the_page(office: Office, publish: Publish) -> None:
    one = office.drafted()
    nasty = '<script>alert(1)</script><img src=x onerror="alert(1)"> & "'
    one = actions.edit(office.asker(WRITER), one.key, version=one.version,
                       fields={"description_zh": one.description_zh + nasty})  # fmt: skip
    one = actions.submit(office.asker(WRITER), one.key, version=one.version)
    one = actions.review(office.asker("county-admin"), one.key, version=one.version)
    office.signed(one, one.signatures.get().asked)
    folder = publish()
    for path in folder.rglob("*.html"):
        assert "<script" not in path.read_text("utf-8")
        _links(path)
    assert nasty in (read(one.messages.get().xml).info[0].description or "")
