"""`anlan cap check`: whether files are CAP messages, one line a file."""

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from anlan.cap.check import MALFORMED, VALID, Checked, unreadable
from anlan.cap.check import check as judge
from anlan.cap.message import moment_of
from anlan.cap.xml.document import MOST_BYTES

_HELP = f"""Judge FILES, each a CAP 1.0, 1.1 or 1.2 message; - is standard input.

A file is valid where it is well formed and as the schema of its version wants it, and malformed
where it is no XML, cannot be read, is longer than {MOST_BYTES >> 20} MiB, nested too deep, or
holds more than a message can. Nothing that a file names is fetched or resolved. What no schema
sees is a warning and changes nothing: crossing, open, degenerate, duplicated or holed polygons,
dangling references, what is expired, a DTD, a weak signature.

\b
With --json one object a line, in the order given:
  file, verdict (valid, invalid, malformed), version (1.0, 1.1, 1.2, null),
  identifier, sender, sent, status, msgType, scope (null where absent),
  infos, areas, signed, signature (absent, valid, invalid, unchecked),
  reasons, warnings

\b
Examples:
  anlan cap check alert.xml
  anlan cap check --json inbox/*.xml | jq -r 'select(.verdict != "valid") | .file'
  anlan cap check --at 2026-07-01T08:00:00+08:00 alert.xml

\b
Exit status: 0 all are valid · 1 some are not · 2 wrong usage.
"""
_ENDS_A_LINE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029"}


@click.command("check", help=_HELP, short_help="Judge files by well-formedness and schema.")
@click.argument("files", nargs=-1, required=True)
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.option("--at", "at", metavar="TIME", help="Judge what is expired at this time, not now.")
def check(files: tuple[str, ...], *, is_json: bool, at: str | None) -> None:
    now = datetime.now(UTC) if at is None else moment_of(at)
    if now is None:
        raise click.BadParameter("write a time with a zone: 2026-07-01T08:00:00+08:00")
    counts: Counter[str] = Counter()
    for name in files:
        found = judged(name, now)
        counts[found.verdict] += 1
        for line in [as_json(name, found)] if is_json else for_people(name, found):
            # Bytes: whatever the terminal speaks, and whatever a file is called.
            click.echo(line.encode("utf-8", "backslashreplace"))
    if not is_json and len(files) > 1:
        told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        click.echo(f"{len(files)} files: {told}")
    raise SystemExit(0 if counts[VALID] == len(files) else 1)


def judged(name: str, now: datetime) -> Checked:
    """The judgement of a file; one that cannot be read is malformed."""
    try:
        data = _bytes_of(name)
    except OSError as error:
        return unreadable(f"cannot be read: {error.strerror or error}")
    return judge(data, now)


def _bytes_of(name: str) -> bytes:
    """The bytes of a file, of one that is too long no more than tells so."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def as_json(name: str, found: Checked) -> str:
    """One line of the contract: the fields in their order, named as in CAP."""
    told: dict[str, Any] = {"file": name, **dataclasses.asdict(found)}
    renamed = {("msgType" if key == "msg_type" else key): value for key, value in told.items()}
    return json.dumps(renamed, ensure_ascii=False).translate(_ENDS_A_LINE)


def for_people(name: str, found: Checked) -> Iterator[str]:
    """A file and its verdict, what message it is, then what is to be said of it."""
    yield _plain(f"{found.verdict:<10}{name}")
    if found.verdict != MALFORMED:
        words = (found.status, found.msg_type, found.scope)
        known = ",".join(text or "?" for text in (found.sender, found.identifier, found.sent))
        yield _plain(
            f"  CAP {found.version or '?'}, {' '.join(word or '?' for word in words)}, {known}; "
            f"infos {found.infos}, areas {found.areas}, signature {found.signature}"
        )
    yield from (_plain(f"  {reason}") for reason in found.reasons)
    yield from (_plain(f"  warning: {warning}") for warning in found.warnings)


def _plain(text: str) -> str:
    """Text that cannot steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
