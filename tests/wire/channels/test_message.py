"""A message bears its status wherever it is read; a retry waits longer each time, within bounds."""

from dataclasses import replace

import pytest

from anlan.channels import MARKS, Status, marked, retry_at
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import a_message


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
def test_a_drill_says_so_in_every_part(status: Status) -> None:
    message = a_message(status=status, html="<p>请核实</p>")
    mark = MARKS[status]
    assert message.subject == mark + "梧桐县清水河站水位超保证水位"
    assert message.text.startswith(mark)
    assert message.html is not None
    assert message.html.startswith(f"<p><strong>{mark}</strong></p>")


def test_the_marks_are_the_trades() -> None:
    assert MARKS == {Status.ACTUAL: "", Status.EXERCISE: "【演练】", Status.TEST: "【测试】"}


def test_an_actual_message_bears_no_mark() -> None:
    message = a_message()
    assert message.subject == "梧桐县清水河站水位超保证水位"


def test_the_mark_stands_once() -> None:
    message = a_message(status=Status.EXERCISE, html="<p>x</p>")
    assert replace(message, key="again") == replace(a_message(status=Status.EXERCISE), key="again",
                                                    html=message.html)  # fmt: skip
    assert marked("【演练】水位", Status.EXERCISE) == "【演练】水位"
    assert marked("【测试】水位", Status.EXERCISE) == "【演练】【测试】水位"


def test_a_long_subject_is_cut_at_its_end_not_at_its_mark() -> None:
    message = a_message(subject="字" * 400, status=Status.TEST)
    assert message.subject == "【测试】" + "字" * 252
    assert replace(message, key="again").subject == message.subject


@pytest.mark.parametrize("field", ["subject", "text"])
@pytest.mark.parametrize("value", ["【演练】水位", " 【测试】水位"])
def test_an_actual_message_cannot_call_itself_a_drill(field: str, value: str) -> None:
    with pytest.raises(Malformed, match="mark of a drill"):
        a_message(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "a b"),
        ("key", "a\r\nb"),
        ("key", "水位"),
        ("key", "a" * 129),
        ("status", "Actuall"),
        ("language", "zh\r\nBcc: x"),
        ("created_at", 2**62),
        ("subject", " \n "),
        ("html", "<html><body>x</body></html>"),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(Malformed) as error:
        a_message(**{field: value})
    assert error.value.where == field


def test_signs_that_no_wire_carries_do_not_keep_a_message_back() -> None:
    message = a_message(subject="清水河\r\nBcc: x\x00 \ud800", text="一\r二\r\n三\x00\ud800")
    assert message.subject == "清水河 Bcc: x ?"
    assert message.text == "一\n二\n三?"


def test_a_status_of_the_records_is_understood() -> None:
    assert a_message(status="Exercise").status is Status.EXERCISE


def test_each_retry_waits_longer_and_never_over_an_hour() -> None:
    waits = [retry_at(tries, 0, jitter=0.0) for tries in range(1, 12)]
    assert waits[:4] == [15_000, 30_000, 60_000, 120_000]
    assert waits == sorted(waits)
    assert waits[-1] == retry_at(10_000, 0, jitter=0.0) == 3_600_000
    assert retry_at(-1, 7, jitter=0.0) == 15_007


def test_jitter_takes_up_to_a_quarter_off() -> None:
    assert retry_at(3, 0, jitter=1.0) == 45_000
    assert retry_at(3, 0, jitter=0.5) == 52_500
    assert retry_at(3, 0, jitter=9.0) == 45_000


def test_a_wait_that_is_asked_for_is_honoured_within_bounds() -> None:
    assert retry_at(1, 0, jitter=1.0, wait_s=120) == 120_000
    assert retry_at(9, 0, jitter=0.0, wait_s=120) == 3_600_000
    assert retry_at(1, 0, jitter=0.0, wait_s=10**9) == 3_600_000
