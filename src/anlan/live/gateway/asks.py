"""Questions and commands for devices: files that whoever asks puts down and the gateway takes up.

`ID.ask` → `ID.taken` → `ID.done`, in `gateway/asks` of the data folder. The process that has the
device takes it; a command is sent once, also where a process is killed: one that was taken and has
no answer is never sent again. What came of it is kept.
"""

import asyncio
import json
import logging
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from anlan.connectors.frames import Ask, Frame
from anlan.live.gateway.devices.covers import hidden
from anlan.live.gateway.station import Station
from anlan.terms.errors import AnlanError, Malformed

_LOOK_S, ANSWER_S, _MORE_S, _LATE_MS = 0.2, 30.0, 1.0, 60_000
_KEPT, _MOST_ANSWERS, _SHOWN = 1_000, 100, 200
_ACTUAL = "Actual"
_log = logging.getLogger("anlan.gateway")


def folder_of(data: Path) -> Path:
    """Where questions lie; for the owner of the data folder alone."""
    path = data / "gateway" / "asks"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def put(
    data: Path, device: str, name: str, words: Mapping[str, Any], *, by: str, **more: str
) -> str:
    """Puts a question down; its id.

    more: `protocol`, where the device's is known; `who`, the name of who asks; `status`, where it
    is an exercise or a test: then it is noted and never sent.
    """
    at = time.time_ns() // 1_000_000
    number = f"{at}-{secrets.token_hex(4)}"
    asked = {"id": number, "at": at, "by": by, "device": device, "ask": name, "words": dict(words)}
    asked |= more
    if more.get("status", _ACTUAL) == _ACTUAL:
        _write(folder_of(data) / f"{number}.ask", asked)
    else:
        told = hidden(asked, more.get("protocol", ""))
        _write(folder_of(data) / f"{number}.done", told | {"result": "rehearsed", "answers": []})
    return number


def result_of(data: Path, number: str) -> dict[str, Any] | None:
    """What came of a question, None while it is open: `result` is one of answered, silent (no
    answer came), wrong (`reason` says why it was not sent), absent (the device was not connected
    for a minute, and it was not sent), rehearsed (an exercise or a test: it was not sent)."""
    try:
        found: dict[str, Any] = json.loads((folder_of(data) / f"{number}.done").read_text())
    except FileNotFoundError:
        return None
    return found


def asked_of(data: Path, protocol: str, device: str) -> list[dict[str, Any]]:
    """What was asked of a device, the newest first; `result` is empty while it is open."""
    found: dict[str, dict[str, Any]] = {}
    for path in (data / "gateway" / "asks").glob("*.*"):
        if path.suffix not in (".ask", ".taken", ".done"):
            continue
        with suppress(OSError, ValueError, KeyError):  # one that is renamed at this moment
            told = json.loads(path.read_text())
            if told["device"] == device and told.get("protocol", protocol) == protocol:
                is_done = path.suffix == ".done"
                if is_done or told["id"] not in found:
                    found[told["id"]] = hidden(told, protocol) | ({} if is_done else {"result": ""})
    return sorted(found.values(), key=lambda one: str(one["id"]), reverse=True)


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
            station = self._station_of(str(asked["device"]), asked.get("protocol"))
            is_late = time.time_ns() // 1_000_000 - int(asked["at"]) > _LATE_MS
            if station is None and not is_late:
                return
            taken = path.rename(path.with_suffix(".taken"))
        except FileNotFoundError:  # another process has it
            return
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            return
        if station is None or is_late:  # what was meant for a moment ago is not for now
            self._close(taken, asked | {"result": "absent", "answers": []})
            return
        task = asyncio.create_task(self._settle(taken, station, asked))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    def _station_of(self, device: str, protocol: str | None) -> Station | None:
        """The station that the device is connected to."""
        has = (
            s
            for s in self._stations
            if protocol in (None, s.speech.name) and device in s.devices and s.devices[device].back
        )
        return next(has, None)

    async def _settle(self, taken: Path, station: Station, asked: dict[str, Any]) -> None:
        try:
            answers = await _answers(station, asked)
            told = {"result": "answered" if answers else "silent", "answers": answers}
        except AnlanError as error:
            told = {"result": "wrong", "reason": str(error)}
        except Exception as error:  # noqa: BLE001 - one that breaks must not stay open
            _log.exception("%s: %s could not be asked", asked["device"], asked.get("ask"))
            told = {"result": "wrong", "reason": f"it could not be said ({error!r})"[:_SHOWN]}
        self._close(taken, asked | told | {"protocol": station.speech.name})

    def _close(self, taken: Path, told: dict[str, Any]) -> None:
        _write(taken.with_suffix(".done"), hidden(told, str(told.get("protocol", ""))))
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
    station.asked[device, name] = come  # of two of one name the later one hears the answers
    answers: list[dict[str, Any]] = []
    try:
        with suppress(TimeoutError):
            wait_s = ANSWER_S
            while len(answers) < _MOST_ANSWERS:
                frame = await asyncio.wait_for(come.get(), wait_s)
                answers.append({"header": frame.header, "fields": frame.fields})
                wait_s = _MORE_S
    finally:
        if station.asked.get((device, name)) is come:
            del station.asked[device, name]
    return answers


def _write(path: Path, told: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        json.dump(told, file, ensure_ascii=False, default=dict)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
