"""What the demo's ears have heard, line by line in a file; and what its people are to answer."""

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
    what a device was told to do."""

    kind: str
    to: str
    at_ms: int
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody in the city answers: `number` writes `text` back."""

    number: str
    text: str


class Kept:
    """The file of one demo, in a folder of its own; thread-safe, and read by other processes."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "sandtable" / "ears"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file, self._lock = self._folder / "heard.ndjson", threading.Lock()

    def hear(self, one: Heard) -> None:
        """Adds what has arrived; of a long life the older half is forgotten."""
        line = json.dumps(asdict(one), ensure_ascii=False) + "\n"
        with self._lock:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line)
            if self._file.stat().st_size > _MOST_BYTES:
                self._forget()

    def newest(self, most: int) -> list[Heard]:
        """The newest first."""
        try:
            with self._file.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                octets = file.read()
        except FileNotFoundError:
            return []
        lines = octets.decode("utf-8", "replace").splitlines()
        whole = lines if size <= _TAIL_BYTES else lines[1:]
        return [Heard(**json.loads(line)) for line in reversed(whole[-most:])]

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

    def _forget(self) -> None:
        lines = self._file.read_text("utf-8").splitlines(keepends=True)
        part = self._file.with_suffix(".part")
        part.write_text("".join(lines[len(lines) // 2 :]), "utf-8")
        part.replace(self._file)
