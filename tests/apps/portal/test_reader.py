"""What was sent to the public is read once, by many at a time."""

import pytest

from anlan.apps.portal.queries import Reader, sent
from anlan.cap.message import Alert
from anlan.cap.read import read
from tests.apps.warning.conftest import Office


def test_who_reads_meanwhile_takes_nothing_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = office.issued(), office.issued()
    reader, times = Reader(), list[bytes]()

    def reads(body: bytes) -> Alert:
        times.append(body)
        if len(times) == 2:
            # Another thread that asked before anything was sent is done only now.
            with monkeypatch.context() as before:
                before.setattr(sent, "PUBLIC", "nothing yet")
                assert reader.courses() == []
        return read(body)

    monkeypatch.setattr(sent, "read", reads)
    assert {course.key for course in reader.courses()} == {one.key, two.key}
    assert len(times) == 2


def test_an_area_is_made_once(office: Office) -> None:
    office.issued()
    reader = Reader()
    first, again = reader.courses()[0].last, reader.courses()[0].last
    assert first.shape is again.shape is not None
    assert first.regions is again.regions


def test_nowhere_is_not_warned_by_a_code(office: Office) -> None:
    office.issued()
    [course] = Reader().courses()
    assert not course.touches("")
    assert course.touches("99")
