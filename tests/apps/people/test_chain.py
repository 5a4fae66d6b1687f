"""The audit chain: whatever is done to it behind the platform's back is found and named."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from anlan.apps.people.actions import deed, note_head
from anlan.apps.people.asker import Machine
from anlan.apps.people.models import AuditHead, AuditLine
from anlan.apps.people.queries.chain import Noted, digest_of, noted_in
from anlan.apps.people.queries.verify import Break, verify

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 21, 2, 14, 5, 123456, UTC)


def write(count: int, **detail: Any) -> None:
    for number in range(count):
        with deed(Machine("test", NOW), "test.do", f"thing-{number}", region="990101") as told:
            told.update(detail)


def rechain(first: int = 1) -> None:
    """What somebody with the database's password would do to hide a change."""
    before = AuditLine.objects.filter(number__lt=first).order_by("number").last()
    digest = before.digest if before else ""
    for line in AuditLine.objects.filter(number__gte=first).order_by("number"):
        line.digest = digest = digest_of(line, digest)
        line.save()
    last = AuditLine.objects.order_by("number").last()
    assert last is not None
    AuditHead.objects.update(number=last.number, digest=last.digest)


class Book:
    """A register that keeps what is entered."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def enter(self, entries: Any) -> int:
        self.entries += entries
        return len(self.entries)

    @property
    def heads(self) -> list[Noted]:
        return noted_in(entry["text"] for entry in self.entries)


def test_a_whole_chain_is_whole() -> None:
    write(5, state="open", number=3, share=0.25, words="签收", nothing=None, list=[1, {"b": 1}])
    assert verify() == []


def test_times_of_other_zones_and_tuples_are_read_as_written() -> None:
    local = timezone(timedelta(hours=8))
    with deed(Machine("test", NOW.astimezone(local)), "test.do", "x") as told:
        told["keys"] = ("a", "b")
    assert verify() == []


@pytest.mark.parametrize(
    "change",
    [{"who": "other"}, {"act": "other"}, {"target": "other"}, {"region": "99"},
     {"detail": {"a": 2}}, {"at": NOW + timedelta(microseconds=1)}, {"digest": "0" * 64}],
    ids=str,
)  # fmt: skip
def test_any_changed_field_is_named(change: dict[str, Any]) -> None:
    write(6, a=1)
    AuditLine.objects.filter(number=3).update(**change)
    found = verify()
    assert found[0] == Break("changed", 3, 3)


def test_a_changed_line_is_the_only_one_named() -> None:
    write(6)
    AuditLine.objects.filter(number__in=(2, 3, 6)).update(who="other")
    assert verify() == [Break("changed", 2, 3), Break("changed", 6, 6)]


def test_removed_lines_are_named_from_the_first_to_the_last() -> None:
    write(9)
    AuditLine.objects.filter(number__in=(1, 4, 5, 9)).delete()
    assert verify() == [Break("removed", 1, 1), Break("removed", 4, 5), Break("removed", 9, 9)]


def test_a_removed_line_is_found_though_the_rest_is_numbered_anew() -> None:
    write(8)
    AuditLine.objects.filter(number=4).delete()
    for line in AuditLine.objects.filter(number__gt=4).order_by("number"):
        AuditLine.objects.filter(pk=line.pk).update(number=F("number") - 1)
    assert verify() == [Break("removed", 4, 4)]


@pytest.mark.parametrize("fits", [True, False])
def test_an_inserted_line_is_named(fits: bool) -> None:
    write(8)
    for line in AuditLine.objects.filter(number__gte=4).order_by("-number"):
        AuditLine.objects.filter(pk=line.pk).update(number=F("number") + 1)
    forged = AuditLine(number=4, at=NOW, who="evil", act="a.b", target="t", digest="f" * 64)
    if fits:
        forged.digest = digest_of(forged, AuditLine.objects.get(number=3).digest)
    forged.save()
    assert verify() == [Break("inserted", 4, 4)]


def test_a_line_put_behind_the_head_is_named() -> None:
    write(3)
    forged = AuditLine(number=4, at=NOW, who="evil", act="a.b", target="t")
    forged.digest = digest_of(forged, AuditLine.objects.get(number=3).digest)
    forged.save()
    assert verify() == [Break("inserted", 4, 4)]


def test_the_last_lines_are_missed_though_the_head_was_set_back() -> None:
    book = Book()
    write(6)
    note_head(book)
    AuditLine.objects.filter(number__gt=4).delete()
    rechain()
    assert verify() == []
    assert verify(book.heads) == [Break("removed", 5, 6)]


def test_a_chain_computed_anew_is_found_by_the_ordered_log() -> None:
    book = Book()
    for _minute in range(3):
        write(2)
        note_head(book)
    AuditLine.objects.filter(number=4).update(who="other")
    rechain(first=4)
    assert verify() == []
    assert verify(book.heads) == [Break("rewritten", 3, 6)]


def test_an_emptied_chain_is_found_by_the_ordered_log() -> None:
    book = Book()
    write(3)
    note_head(book)
    AuditLine.objects.all().delete()
    AuditHead.objects.all().delete()
    assert verify(book.heads) == [Break("removed", 1, 3)]


def test_a_head_goes_into_the_log_once() -> None:
    book = Book()
    assert not note_head(book)
    write(2)
    assert note_head(book)
    assert not note_head(book)
    assert [head.number for head in book.heads] == [2]


def test_heads_are_read_back_from_a_real_log(tmp_path: Path) -> None:
    from anlan.history.log import Log, RecordKind, store_in
    from anlan.live.reach import Desk

    write(2)
    with Desk(tmp_path) as desk:
        note_head(desk)
    with Log.open(store_in(tmp_path)) as log:
        texts = [record.body.decode() for record in log.records(kinds={RecordKind.NOTE})]
    head = AuditHead.objects.get()
    assert noted_in(texts) == [Noted(head.number, head.digest)]


def test_what_fails_leaves_neither_row_nor_line() -> None:
    write(1)

    def fail() -> None:
        with deed(Machine("test", NOW), "test.do", "x"):
            AuditHead.objects.update(noted=77)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (AuditLine.objects.count(), AuditHead.objects.get().noted) == (1, 0)


_WRITER = """
import sys, django
django.setup()
from datetime import UTC, datetime
from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
for number in range(int(sys.argv[1])):
    with deed(Machine("test", datetime.now(UTC)), "test.do", "x", region="99"):
        pass
"""


def test_processes_that_write_at_once_make_one_chain(
    tmp_path: Path, own_site: dict[str, str]
) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, "20"], env=own_site)
               for _number in range(3)]  # fmt: skip
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert _verified(tmp_path) == (0, "whole: 60 lines; the log vouches for them up to 0")
    with contextlib.closing(sqlite3.connect(tmp_path / "desk" / "desk.sqlite3")) as database:
        database.execute("UPDATE people_auditline SET who = 'x' WHERE number = 7")
        database.execute("DELETE FROM people_auditline WHERE number IN (20, 21)")
        database.commit()
    assert _verified(tmp_path) == (1, "line 7 was changed\nlines 20 to 21 were removed")


def _verified(data: Path) -> tuple[int, str]:
    """What the command says of a data folder."""
    anlan = Path(sys.executable).with_name("anlan")
    command = [str(anlan), "audit", "verify", "--data", str(data)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.strip()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its test database is one connection")
@pytest.mark.django_db(transaction=True)
def test_threads_that_write_at_once_make_one_chain(in_threads: Callable[..., None]) -> None:
    def some() -> None:
        write(10)

    in_threads(some, 6)
    assert AuditLine.objects.count() == 60
    assert verify() == []
