"""Questions and commands for devices: files that whoever asks puts down and the gateway takes up.

`ID.ask` → `ID.taken` → `ID.done`, in `gateway/asks` of the data folder. The process that has the
device takes it; a command is sent once, also where a process is killed: one that was taken and has
no answer is never sent again. What came of it is kept.
"""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from anlan.connectors.frames import Ask, Frame
from anlan.live.gateway.station import Station
from anlan.terms.errors import AnlanError, Malformed

_LOOK_S, ANSWER_S, _MORE_S = 0.2, 30.0, 1.0
_KEPT, _MOST_ANSWERS = 1_000, 100


def folder_of(data: Path) -> Path:
    """Where questions lie; for the owner of the data folder alone."""
    path = data / "gateway" / "asks"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def put(data: Path, device: str, name: str, words: Mapping[str, Any], *, by: str) -> str:
    """Puts a question down; its id."""
    at = time.time_ns() // 1_000_000
    number = f"{at}-{secrets.token_hex(4)}"
    asked = {"id": number, "at": at, "by": by, "device": device, "ask": name, "words": dict(words)}
    _write(folder_of(data) / f"{number}.ask", asked)
    return number


def result_of(data: Path, number: str) -> dict[str, Any] | None:
    """What came of a question, None while it is open: `result` is one of answered, silent (no
    answer came), wrong (`reason` says why it was not sent)."""
    try:
        found: dict[str, Any] = json.loads((folder_of(data) / f"{number}.done").read_text())
    except FileNotFoundError:
        return None
    return found


def withdraw(data: Path, number: str) -> bool:
    """Takes a question back that nobody has taken up; whether it still could be."""
    with suppress(FileNotFoundError):
        (folder_of(data) / f"{number}.ask").unlink()
        return True
    return False


class Asks:
    """Takes up what is asked of the devices of these stations."""

    def __init__(self, data: Path, stations: Sequence[Station]) -> None:
        self._folder, self._stations = folder_of(data), stations
        self._open: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Looks until it is cancelled."""
        for path in self._folder.glob("*.taken"):  # of a process that was killed
            with suppress(OSError, ValueError):
                if time.time() - path.stat().st_mtime > 2 * ANSWER_S:
                    asked = json.loads(path.read_text())
                    self._close(path, asked | {"result": "silent", "answers": []})
        while True:
            for path in sorted(self._folder.glob("*.ask")):
                self._take(path)
            await asyncio.sleep(_LOOK_S)

    def _take(self, path: Path) -> None:
        try:
            asked = json.loads(path.read_text())
            station = self._station_of(str(asked["device"]))
            if station is None:
                return
            taken = path.rename(path.with_suffix(".taken"))
        except FileNotFoundError:  # another process has it
            return
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            return
        task = asyncio.create_task(self._settle(taken, station, asked))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    def _station_of(self, device: str) -> Station | None:
        """The station that the device is connected to."""
        has = (s for s in self._stations if device in s.devices and s.devices[device].back)
        return next(has, None)

    async def _settle(self, taken: Path, station: Station, asked: dict[str, Any]) -> None:
        try:
            answers = await _answers(station, asked)
            told = {"result": "answered" if answers else "silent", "answers": answers}
        except AnlanError as error:
            told = {"result": "wrong", "reason": str(error)}
        self._close(taken, asked | told | {"protocol": station.speech.name})

    def _close(self, taken: Path, told: dict[str, Any]) -> None:
        _write(taken.with_suffix(".done"), told)
        taken.unlink(missing_ok=True)
        for old in sorted(self._folder.glob("*.done"))[:-_KEPT]:
            old.unlink(missing_ok=True)


async def _answers(station: Station, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Sends it, and gathers what comes back within a second of the last."""
    device, words = str(asked["device"]), asked["words"]
    if not isinstance(words, dict):
        raise Malformed("words must be a table")
    name = station.devices[device].back.ask(Ask(str(asked["ask"]), {"device": device, **words}))
    come: asyncio.Queue[Frame] = asyncio.Queue(_MOST_ANSWERS)
    station.asked[device, name] = come
    answers: list[dict[str, Any]] = []
    try:
        with suppress(TimeoutError):
            wait_s = ANSWER_S
            while len(answers) < _MOST_ANSWERS:
                frame = await asyncio.wait_for(come.get(), wait_s)
                answers.append({"header": frame.header, "fields": frame.fields})
                wait_s = _MORE_S
    finally:
        del station.asked[device, name]
    return answers


def _write(path: Path, told: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        json.dump(told, file, ensure_ascii=False, default=dict)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
