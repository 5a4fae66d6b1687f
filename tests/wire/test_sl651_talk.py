"""A centre's conversation with hydrologic stations: what is confirmed, asked for again, asked."""

from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.sl651 import PROTOCOL
from anlan.terms.errors import Malformed
from tests.wire.stations import (
    GOOD,
    NOW,
    NOW_MS,
    REPORT,
    SENT,
    STATION,
    WHERE,
    framed,
    read,
    texted,
)


def talking(*data: bytes, **words: Any) -> tuple[Talk, list[Frame]]:
    talk = PROTOCOL.talk(Way(words=words))
    return talk, [frame for one in data for frame in talk.feed(one)]


@pytest.mark.parametrize(
    ("end", "words", "said"),
    [
        ("03", {}, "04"),  # EOT: the station may leave
        ("03", {"stay": True}, "1b"),  # ESC: it stays on the line
        ("17", {}, "06"),  # ACK: more follows
    ],
)
def test_a_report_is_confirmed_with_its_serial(end: str, words: Any, said: str) -> None:
    talk, (frame,) = talking(framed("32", REPORT, end=end), **words)
    assert talk.answer(frame, NOW_MS) == framed("32", "0007" + NOW, end=said, down=True)
    talk, (frame,) = talking(texted("32", SENT, end=chr(int(end, 16))), **words)
    confirmed = texted("32", "0007" + NOW, end=chr(int(said, 16)), down=True)
    assert talk.answer(frame, NOW_MS) == confirmed


def test_what_nobody_confirms() -> None:
    talk, frames = talking(framed("2f", SENT), framed("32", SENT, end="05", down=True))
    assert [talk.answer(frame, NOW_MS) for frame in frames] == [b"", b""]
    talk, (frame,) = talking(GOOD, answer=False)
    assert not talk.answer(frame, NOW_MS)
    assert not talk.refuse(frame, NOW_MS)


JPEG = bytes(range(256)) * 3
WHOLE = REPORT + "f3f3" + JPEG.hex()
PARTS = [WHOLE[at : at + 400] for at in range(0, len(WHOLE), 400)]


def part(number: int, end: str = "17") -> bytes:
    return framed("36", PARTS[number - 1], end=end, part=f"{len(PARTS):03x}{number:03x}")


def down(number: int, end: str) -> bytes:
    packets = f"{len(PARTS):03x}{number:03x}"
    return framed("36", "0007" + NOW, end=end, down=True, part=packets)


def test_a_picture_in_packets_is_confirmed_once() -> None:
    count = len(PARTS)
    talk, frames = talking(*(part(n) for n in range(1, count)), part(count, "03"))
    assert [talk.answer(frame, NOW_MS) for frame in frames] == [b""] * (count - 1) + [
        down(count, "04")
    ]
    last = frames[-1].fields
    assert (last["picture"], last["picture_bytes"]) == (JPEG.hex(), len(JPEG))
    assert last["observed"] == "202611300830"
    (again,) = talk.feed(part(count, "03"))  # the confirmation was lost
    assert talk.answer(again, NOW_MS) == down(count, "04")
    assert "picture" not in again.fields


def test_missing_packets_are_asked_for_one_by_one() -> None:
    count = len(PARTS)
    talk, frames = talking(part(1), part(count, "03"))
    said = [talk.answer(frame, NOW_MS) for frame in frames]
    assert said == [b"", down(2, "15")]
    for number in range(2, count):
        (frame,) = talk.feed(part(number, "03"))
        end = "04" if number == count - 1 else "15"
        assert talk.answer(frame, NOW_MS) == down(count if end == "04" else number + 1, end)
    assert frame.fields["picture_bytes"] == len(JPEG)


def test_a_packet_that_never_comes_is_given_up() -> None:
    talk, _ = talking(part(1))
    frames = [talk.feed(part(len(PARTS), "03"))[0] for _ in range(3)]
    assert [talk.answer(one, NOW_MS)[-3] for one in frames] == [0x15, 0x15, 0x04]
    assert frames[2].fault == f"packet 2 of {len(PARTS)} never came"


ASKS: list[tuple[str, dict[str, Any], str, str]] = [
    ("set_time", {}, "4a", ""),
    ("clock", {}, "51", ""),
    ("realtime", {}, "37", ""),
    ("picture", {}, "36", ""),
    ("manual", {}, "39", ""),
    ("elements", {"elements": ["Z", "PJ", "DRP"]}, "3a", "3923" "2019" "f460"),
    ("period", {"first": "26113000", "last": "26113008", "step_min": 5, "element": "Z"}, "38",
     "26113000" "26113008" "0418000005" "3923"),
    ("period", {"first": "26113000", "last": "26113008", "step_min": 120, "element": "PJ"}, "38",
     "26113000" "26113008" "0418000200" "2019"),
    ("elements", {"device": STATION, "elements": "Z,PJ"}, "3a", "3923" "2019"),
    ("read_basic", {"settings": ["0C", "02"]}, "41", "0c08" "0228"),
    ("set_basic", {"settings": {"0c": 2, "01": "05060000"}}, "40", "0c0802" "0120" "05060000"),
    ("read_running", {"settings": ["20"]}, "43", "2008"),
    ("read_running", {"settings": 20}, "43", "2008"),
    ("set_running", {"settings": {"28": -1.5, "30": 0.2, "25": 0.5}}, "42",
     "282bff00001500" "301b000200" "250905"),
    ("version", {}, "45", ""),
    ("state", {}, "46", ""),
    ("events", {}, "50", ""),
    ("motors", {}, "44", ""),
    ("pumps", {"on": [True, False, True]}, "4c", "0105"),
    ("valves", {"on": [False] * 8 + [True]}, "4d", "020001"),
    ("gates", {"on": [True, False], "openings_cm": [120, 0]}, "4e", "02" "01" "01200000"),
    ("quota", {"on": True}, "4f", "ff"),
    ("card", {"on": True}, "4b", "4520" "00000200"),
    ("password", {"old": "1234", "new": "03e8"}, "49", "03101234" "031003e8"),
    ("clear_store", {}, "47", "9700"),
    ("factory_reset", {}, "48", "9800"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "function", "data"), ASKS)
def test_each_question_is_asked_as_the_standard_says(
    name: str, words: dict[str, Any], function: str, data: str
) -> None:
    talk, _ = talking(GOOD)
    ref, said = talk.ask(Ask(name, words), NOW_MS)
    assert said == framed(function, "0000" + NOW + data, end="05", down=True)
    asked = read(said)
    assert asked.is_ok
    assert not asked.fault
    assert "data" not in asked.fields
    answers = talk.feed(framed("32", REPORT) + framed(function, SENT + WHERE))
    assert [one.ask for one in answers] == ["", ref]


def test_each_question_can_be_asked_and_is_asked_in_ascii_too() -> None:
    assert {name for name, *_ in ASKS} == set(PROTOCOL.asks)
    for name, words, function, _ in ASKS:
        talk, _ = talking(texted("32", SENT))
        _, said = talk.ask(Ask(name, words), NOW_MS)
        frame = read(said)
        assert frame.is_ok
        assert not frame.fault
        assert frame.header["func"] == f"0x{function.upper()}"
        assert "data" not in frame.fields
    talk, _ = talking(texted("32", SENT))
    _, said = talk.ask(Ask(*ASKS[6][:2]), NOW_MS)
    body = f"0000{NOW}26113000 26113008 DRN05 Z "
    assert said == texted("38", body, end="\x05", down=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fly", {}),
        ("elements", {}),
        ("elements", {"elements": ["XX"]}),
        ("period", {"first": "2611", "last": "26113008", "step_min": 5, "element": "Z"}),
        ("period", {"first": "26113000", "last": "26113008", "step_min": 61, "element": "Z"}),
        ("set_running", {"settings": {"20": 100}}),
        ("set_running", {"settings": {}}),
        ("set_basic", {"settings": {"02": "00"}}),
        ("pumps", {"on": []}),
        ("gates", {"on": [True], "openings_cm": [10_000]}),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, words: dict[str, Any]) -> None:
    talk, _ = talking(GOOD)
    with pytest.raises(Malformed):
        talk.ask(Ask(name, words), NOW_MS)
    with pytest.raises(Malformed):
        talk.ask(Ask("clock", {"device": "0099887766"}), NOW_MS)
    with pytest.raises(Malformed):
        PROTOCOL.talk(Way()).ask(Ask("clock", {}), NOW_MS)  # nobody has been heard yet


def test_a_setting_that_there_is_not_is_said() -> None:
    wrong: list[dict[str, Any]] = [
        {"stay": 1}, {"hold": True}, {"states": ["fire"]}, {"states": [[]]}, {"states": True}
    ]  # fmt: skip
    for words in wrong:
        with pytest.raises(Malformed):
            PROTOCOL.talk(Way(words=words))
