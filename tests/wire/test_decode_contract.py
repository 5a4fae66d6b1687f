"""`anlan decode` as its contract says: one object a frame, in order; the exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.live.gateway.protocols import MODULES
from anlan.site.cli import main

FIELDS = ["line", "protocol", "verdict", "reason", "header", "fields", "readings"]
GOOD = b"a level 1.5 1000"


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "tiny", "tests.pure.gateway.tiny")


def ran(*words: str, data: bytes = b"") -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["decode", "tiny", *words], input=data)
    assert result.exit_code == 0, result.output
    told = [json.loads(line, parse_constant=pytest.fail) for line in result.stdout.splitlines()]
    assert all(list(one) == FIELDS for one in told)
    assert all(bool(one["reason"]) == (one["verdict"] == "refused") for one in told)
    return told


def verdicts(told: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(one["line"], one["verdict"]) for one in told]


def test_a_frame_is_told_whole(tmp_path: Path) -> None:
    file = tmp_path / "stream"
    file.write_bytes(GOOD + b"\r\n")
    assert ran(str(file)) == [
        {
            "line": 1,
            "protocol": "tiny",
            "verdict": "ok",
            "reason": "",
            "header": {},
            "fields": {"value": 1.5},
            "readings": [
                {"sensor": "a.level", "time": "1970-01-01T00:00:01Z", "value": 1.5,
                 "quality": "good"}
            ],
        }
    ]  # fmt: skip


def test_frames_of_a_stream_bear_their_lines_and_the_last_needs_no_end() -> None:
    told = ran("-", data=GOOD + b"\nnonsense\n\n" + GOOD)
    assert verdicts(told) == [(1, "ok"), (2, "refused"), (4, "ok")]


def test_each_line_of_hexadecimal_is_a_buffer_of_its_own() -> None:
    pair = (GOOD + b"\n" + GOOD).hex().upper()
    lines = [GOOD.hex(" "), pair, "", "61zz", "616", GOOD[:7].hex(), (GOOD + b"\n").hex()]
    told = ran("--hex", data="\r\n".join(lines).encode())
    assert verdicts(told) == [
        (1, "ok"), (2, "ok"), (2, "ok"), (3, "refused"), (4, "refused"), (5, "refused"),
        (6, "refused"), (7, "ok"),
    ]  # fmt: skip


def test_a_long_line_is_read_in_pieces() -> None:
    told = ran("--hex", data=((GOOD + b"\n") * 10_000).hex(" ").encode() + b"\n" + b"00")
    assert verdicts(told) == [(1, "ok")] * 10_000 + [(2, "refused")]


def test_a_stream_without_a_frame_is_one_refusal_and_nothing_is_none() -> None:
    assert verdicts(ran("-", data=b"\n\n")) == [(2, "refused")]
    assert ran("-", data=b"") == []


def test_what_is_no_number_is_null() -> None:
    (told,) = ran("-", data=b"a level nan 1000")
    assert told["fields"]["value"] is told["readings"][0]["value"] is None


def test_wrong_usage_is_two_and_the_list_names_what_is_here() -> None:
    for words in ([], ["nothing"], ["tiny", "/no/such/file"]):
        assert CliRunner().invoke(main, ["decode", *words]).exit_code == 2
    listed = CliRunner().invoke(main, ["decode", "--list"]).stdout.split()
    assert listed[-1] == "tiny"
