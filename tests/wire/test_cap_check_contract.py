"""`anlan cap check` as its contract says: one line a file, in order, and the exit status."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.cap import doubts
from anlan.cap.schema import NAMESPACES
from anlan.cap.sign.write import sign
from anlan.cap.xml.document import MOST_BYTES, MOST_DEPTH, MOST_MARKS, MOST_NAMESPACES
from anlan.site.cli import main
from tests.pure.cap.messages import ALERT, ALERT_1_0, INFO
from tests.pure.cap.papers import pen

FIELDS = [
    *("file", "verdict", "version", "identifier", "sender", "sent", "status", "msgType", "scope"),
    *("infos", "areas", "signed", "signature", "reasons", "warnings"),
]
ROOT = Path(__file__).resolve().parents[2]
AT = ["--at", "2026-07-01T09:00:00+08:00"]


def ran(*words: str, data: bytes = b"") -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the lines."""
    result = CliRunner().invoke(main, ["cap", "check", "--json", *AT, *words], input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def judged(folder: Path, content: bytes) -> dict[str, Any]:
    path = folder / "alert.xml"
    path.write_bytes(content)
    status, (line,) = ran(str(path))
    assert list(line) == FIELDS
    assert line["file"] == str(path)
    assert status == (0 if line["verdict"] == "valid" else 1)
    assert bool(line["reasons"]) == (line["verdict"] != "valid")
    return line


def test_a_valid_message_is_told_whole(tmp_path: Path) -> None:
    line = judged(tmp_path, ALERT.encode())
    del line["file"]
    assert line == {
        "verdict": "valid",
        "version": "1.2",
        "identifier": "99010041600000_20260701080000",
        "sender": "met@anlan.example",
        "sent": "2026-07-01T08:00:00+08:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "infos": 1,
        "areas": 1,
        "signed": False,
        "signature": "absent",
        "reasons": [],
        "warnings": [],
    }


def test_older_versions_are_judged_by_their_own_schema(tmp_path: Path) -> None:
    line = judged(tmp_path, ALERT_1_0.encode())
    assert (line["verdict"], line["version"], line["scope"]) == ("valid", "1.0", None)
    newer = ALERT_1_0.replace(NAMESPACES["1.0"], NAMESPACES["1.1"]).encode()
    assert judged(tmp_path, newer)["verdict"] == "invalid"


@pytest.mark.parametrize("namespace", ["urn:oasis:names:tc:emergency:cap:1.3", "http://x/", None])
def test_another_namespace_is_invalid_and_its_fields_are_read(
    tmp_path: Path, namespace: str | None
) -> None:
    told = "" if namespace is None else f'xmlns="{namespace}"'
    line = judged(tmp_path, ALERT.replace(f'xmlns="{NAMESPACES["1.2"]}"', told).encode())
    assert (line["verdict"], line["version"]) == ("invalid", None)
    assert (line["identifier"], line["msgType"]) == ("99010041600000_20260701080000", "Alert")
    assert (line["infos"], line["areas"]) == (1, 1)


def test_fields_are_trimmed_and_null_where_absent(tmp_path: Path) -> None:
    text = ALERT.replace("<scope>Public</scope>", "").replace("<sender>met", "<sender> \n\tmet")
    line = judged(tmp_path, text.replace("<status>Actual", "<status>").encode())
    assert (line["verdict"], line["scope"], line["status"]) == ("invalid", None, "")
    assert line["sender"] == "met@anlan.example"


def test_prefixes_and_counts(tmp_path: Path) -> None:
    text = re.sub(r"<(/?)(\w)", r"<\1c:\2", ALERT.replace(INFO, INFO * 3))
    line = judged(tmp_path, text.replace("xmlns=", "xmlns:c=").encode())
    assert (line["verdict"], line["version"]) == ("valid", "1.2")
    assert (line["infos"], line["areas"]) == (3, 3)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_messages_are_read_in_their_encoding(tmp_path: Path, encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>\n' + ALERT.replace("met@", "气象@")
    line = judged(tmp_path, text.encode(encoding))
    assert (line["verdict"], line["sender"]) == ("valid", "气象@anlan.example")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "gbk"), ("utf-16", "utf-8"), ("us-ascii", "utf-8")],
)
def test_a_wrong_encoding_is_malformed(tmp_path: Path, declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>{ALERT}'
    assert judged(tmp_path, text.encode(encoding))["verdict"] == "malformed"


BROKEN = {
    "empty": b"",
    "blank": b" \n",
    "zeros": b"\0" * 1000,
    "text": b"no alert",
    "json": b'{"alert": 1}',
    "cut": ALERT.encode()[:-10],
    "two": (ALERT + ALERT).encode(),
    "prefix": b"<c:alert/>",
    "control": ALERT.replace("met@", "\x01").encode(),
    "unknown encoding": b'<?xml version="1.0" encoding="martian"?>' + ALERT.encode(),
    "deep": b"<alert>" + b"<a>" * MOST_DEPTH + b"</a>" * MOST_DEPTH + b"</alert>",
    "long": ALERT.encode() + b" " * MOST_BYTES,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_xml_is_malformed_and_tells_nothing(tmp_path: Path, content: bytes) -> None:
    line = judged(tmp_path, content)
    assert line["verdict"] == "malformed"
    assert [line[name] for name in FIELDS[2:9]] == [None] * 7
    assert [line[name] for name in FIELDS[9:13]] == [0, 0, False, "absent"]
    assert len(line["reasons"]) == 1


@pytest.mark.parametrize(
    "root",
    ['<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>', "<rss>{}</rss>", "<Alert>{}</Alert>"],
)
def test_another_root_is_invalid_and_named(tmp_path: Path, root: str) -> None:
    line = judged(tmp_path, root.format(ALERT).encode())
    assert (line["verdict"], line["version"], line["identifier"]) == ("invalid", None, None)
    assert root[1:4] in line["reasons"][0]


def test_part_of_a_message_is_none(tmp_path: Path) -> None:
    """Schemas declare `value` for all; it is no message."""
    text = f'<value xmlns="{NAMESPACES["1.2"]}">x</value>'
    assert judged(tmp_path, text.encode())["verdict"] == "invalid"


def test_signatures_are_told_beside_the_verdict(tmp_path: Path) -> None:
    signed = sign(ALERT.encode(), pen())
    line = judged(tmp_path, signed)
    assert (line["verdict"], line["signed"], line["signature"]) == ("valid", True, "valid")
    changed = signed.replace(b"<status>Actual", b"<status>Test")
    line = judged(tmp_path, changed)
    assert (line["verdict"], line["signed"], line["signature"]) == ("valid", True, "invalid")


def test_the_verdict_is_not_that_of_the_warnings(tmp_path: Path) -> None:
    text = ALERT.replace("T20:00:00+08:00</expires>", "T08:30:00+08:00</expires>")
    text = text.replace("<msgType>Alert", "<msgType>Cancel")
    line = judged(tmp_path, f"<!DOCTYPE alert>{text}".encode())
    assert line["verdict"] == "valid"
    assert line["warnings"] == ["dtd", "dangling: Cancel without references", "expired"]


def paths(folder: Path, *contents: str) -> Sequence[str]:
    made = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.xml"
        path.write_text(content, encoding="utf-8")
        made.append(str(path))
    return made


def test_lines_stand_in_the_order_given_one_a_file(tmp_path: Path) -> None:
    good, bad = paths(tmp_path, ALERT, "<x/>")
    gone, folder = str(tmp_path / "gone.xml"), str(tmp_path)
    given = [bad, good, gone, good, folder, bad]
    status, lines = ran(*given)
    assert status == 1
    assert [line["file"] for line in lines] == given
    assert [line["verdict"] for line in lines] == [
        "invalid",
        "valid",
        "malformed",
        "valid",
        "malformed",
        "invalid",
    ]
    assert lines[2]["reasons"] == ["cannot be read: No such file or directory"]
    assert ran(good, good)[0] == 0


def test_a_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("预警 1.xml", "./a\n\u2028b.xml", os.fsdecode(b"\xff.xml")):
        Path(name).write_text(ALERT, encoding="utf-8")
        status, (line,) = ran(name)
        assert (status, line["file"]) == (0, name)


def test_standard_input_is_a_file_as_well() -> None:
    status, (line,) = ran("-", data=ALERT.encode())
    assert (status, line["file"], line["verdict"]) == (0, "-", "valid")


@pytest.mark.parametrize("words", [[], ["--what", "x"], ["--at", "today", "x"]])
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    result = CliRunner().invoke(main, ["cap", "check", "--json", *words])
    assert (result.exit_code, result.stdout) == (2, "")


def test_people_are_told_the_same(tmp_path: Path) -> None:
    good, bad = paths(tmp_path, ALERT.replace("met@", "met\x9b31m@"), "<x/>")
    result = CliRunner().invoke(main, ["cap", "check", *AT, good, bad])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == f"valid     {good}"
    assert "Actual Alert Public" in result.stdout
    assert "\x9b" not in result.stdout
    assert "the root is x" in result.stdout
    assert result.stdout.splitlines()[-1] == "2 files: 1 invalid, 1 valid"


def test_the_page_names_the_fields_and_the_limits() -> None:
    page = (ROOT / "docs/reference/cap.md").read_text(encoding="utf-8")
    rows = page.split("| field | |")[1].split("\n\n")[0].splitlines()[2:]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])] == FIELDS
    for limit in (f"{MOST_BYTES >> 20} MiB", f"{MOST_DEPTH} elements", f"{MOST_MARKS:,}"):
        assert limit in page
    assert f"{MOST_NAMESPACES:,}" in page
    words = re.findall(r"^(\w+) {2,}", doubts.__doc__ or "", re.MULTILINE)
    assert words == re.findall(r"^\| `(\w+)` \|", page.split("| word | |")[1], re.MULTILINE)
