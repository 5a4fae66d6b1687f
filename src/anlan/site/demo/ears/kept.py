"""What the demo's ears have heard, line by line in files; and what its people are to answer."""

import json
import os
import threading
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

_MOST_BYTES = 4_000_000
_TAIL_BYTES = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that arrived. kind: email, sms … · to: at whom · at_ms: UTC · subject: of a mail,
    what a device was told to do · level: whose colour a screen shows,
    `none` where it was cleared."""

    kind: str
    to: str
    at_ms: int
    text: str
    subject: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody in the city answers: `number` writes `text` back."""

    number: str
    text: str


class Kept:
    """The files of one demo, one for each kind, in a folder of their own; thread-safe, and read by
    other processes. Thousands of mails do not push the one screen out."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "sandtable" / "ears"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    def hear(self, one: Heard) -> None:
        """Adds what has arrived; of a long life the older half is forgotten."""
        line = json.dumps(asdict(one), ensure_ascii=False) + "\n"
        path = self._folder / f"{one.kind}.ndjson"
        with self._lock:
            with path.open("a", encoding="utf-8") as file:
                file.write(line)
            if path.stat().st_size > _MOST_BYTES:
                _forget(path)

    def newest(self, most: int, kind: str = "*") -> list[Heard]:
        """The newest first, of one kind or of all."""
        found = [one for path in self._folder.glob(f"{kind}.ndjson") for one in _tail(path, most)]
        return sorted(found, key=lambda one: one.at_ms, reverse=True)[:most]

    def answer(self, one: Answer) -> None:
        """Puts an answer where the ears find it."""
        part = self._folder / f"{uuid.uuid4().hex}.part"
        part.write_text(json.dumps(asdict(one), ensure_ascii=False), "utf-8")
        part.replace(part.with_suffix(".say"))

    def answers(self) -> list[Answer]:
        """The answers that were given since the last time."""
        found = []
        for path in sorted(self._folder.glob("*.say")):
            found.append(Answer(**json.loads(path.read_text("utf-8"))))
            path.unlink()
        return found


def _tail(path: Path, most: int) -> list[Heard]:
    """The last lines of a file, the newest first."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        octets = file.read()
    lines = octets.decode("utf-8", "replace").splitlines()
    whole = lines if size <= _TAIL_BYTES else lines[1:]
    return [Heard(**json.loads(line)) for line in reversed(whole[-most:])]


def _forget(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    part = path.with_suffix(".part")
    part.write_text("".join(lines[len(lines) // 2 :]), "utf-8")
    part.replace(path)
