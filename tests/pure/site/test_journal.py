"""A line of the log is one object, whatever is put into it, and holds no secret."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.live.journal import FORM, JsonLine, TextLine, masked


class Odd:
    """Tells nothing of itself without a fault."""

    method = property(lambda self: 1 / 0)

    def __repr__(self) -> str:
        raise ValueError("no")


class Request:
    method, path = "POST", "/people/users"

    def __repr__(self) -> str:
        return "<POST /people/users?phone=13800000000>"


def record(message: Any = "it is so", *words: Any, **more: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "anlan.test", "levelno": 30, "levelname": "WARNING"})
    made.msg, made.args = message, words
    vars(made).update(more)
    return made


def told(made: logging.LogRecord) -> dict[str, Any]:
    line = JsonLine("web").format(made)
    assert line.splitlines() == [line]
    return dict(json.loads(line, parse_constant=lambda word: pytest.fail(word)))


def test_a_line_says_when_who_and_what() -> None:
    one = told(record("%s is so", "水位", status_code=500))
    moment = datetime.fromisoformat(one.pop("time"))
    assert moment.tzinfo is not None
    assert one == {
        "level": "WARNING",
        "logger": "anlan.test",
        "part": "web",
        "message": "水位 is so",
        "fields": {"status_code": 500},
    }


def test_a_fault_is_text_within_the_line() -> None:
    try:
        raise KeyError("a\u2028b\nc")
    except KeyError:
        one = told(record(exc_info=sys.exc_info()))
    assert one["exception"].startswith("Traceback (most recent call last):\n")
    assert "test_journal.py" in one["exception"]


def test_a_request_is_told_without_its_query() -> None:
    assert told(record(request=Request()))["fields"] == {
        "request": {"method": "POST", "path": "/people/users"}
    }


@pytest.mark.parametrize(
    "value",
    [Odd(), object(), {Odd(): Odd()}, [Odd()], float("nan"), -float("inf"), 10**6000, b"\xff",
     "\udc80", {"a": {"b": {"c": {"d": {"e": 1}}}}}, lambda: 1, Path("/x"), {1, 2}],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_no_field_can_break_a_line(value: Any) -> None:
    assert told(record(field=value))["fields"]


def test_a_list_within_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert told(record(field=endless))["fields"]


@pytest.mark.parametrize(
    ("message", "words"), [("%d", ("x",)), ("%s %s", ("x",)), ("%s", (Odd(),)), (Odd(), ())]
)
def test_no_sentence_can_break_a_line(message: Any, words: tuple[Any, ...]) -> None:
    assert "message" in told(record(message, *words))


@given(st.text(), st.recursive(st.none() | st.floats() | st.text(), lambda one: st.lists(one)))
def test_any_text_is_one_line(text: str, value: Any) -> None:
    told(record("%s", text, field=value, text=text))


@pytest.mark.parametrize(
    "secret",
    ["anl_" + "x" * 43, "anp_" + "y" * 43, "op_" + "z" * 43, "13812345678", "li.si@county.example",
     "110101199003071234", "11010119900307123X", "anlan:geheim"],
)  # fmt: skip
def test_secrets_and_people_are_masked(secret: str) -> None:
    text = f"postgresql://{secret}@db/anlan" if ":" in secret else f"for {secret}."
    assert secret not in masked(text)
    assert "***" in masked(text)
    one = told(record(text, field=text, deep=[{"password": "geheim", "of": text}]))
    assert secret not in json.dumps(one)
    assert "geheim" not in json.dumps(one)


def test_the_row_that_postgresql_quotes_is_masked() -> None:
    assert masked("exists\nDETAIL:  Key (name)=(李四) already.\nmore") == "exists\nDETAIL:***\nmore"


@pytest.mark.parametrize("plain", ["1751299200000", "330106001", "s1-20260701", "0.1.0", "a@b"])
def test_what_is_no_secret_stays(plain: str) -> None:
    assert masked(plain) == plain


def test_text_for_people_cannot_be_forged() -> None:
    made = record("Not Found: /x\n2026-07-01 web ERROR all is lost", levelno=logging.WARNING)
    line = TextLine("web").format(made)
    assert line.endswith(
        r" web WARNING anlan.test: Not Found: /x\n2026-07-01 web ERROR all is lost"
    )
    assert len(line.splitlines()) == 1
    assert TextLine("web").format(record(levelno=logging.INFO)) == "it is so"


PROGRAM = """
import threading, warnings, logging
from anlan.live import journal
journal.begin("web")
warnings.warn("old\\nway")
logging.getLogger("library").info("not heard")
logging.getLogger("library").error("%d", "x")
one = threading.Thread(target=lambda: {}["gone"])
one.start(); one.join()
class Ends:
    def __del__(self): raise ValueError("late")
Ends()
raise RuntimeError("the\\nend")
"""


def test_what_nobody_caught_is_said_in_the_same_form() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {FORM: "json"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (1, "")
    assert [(one["logger"], one["level"]) for one in lines] == [
        ("py.warnings", "WARNING"), ("library", "ERROR"), ("anlan", "ERROR"),
        ("anlan", "ERROR"), ("anlan", "CRITICAL"),
    ]  # fmt: skip
    assert "RuntimeError: the\nend" in lines[-1]["exception"]
