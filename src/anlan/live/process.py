"""The live process: one heart, its beat, and the door before it.

`python -m anlan.live.process` is started by the supervisor with a listening socket.
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from anlan.connectors.mqtt.mapping import load_mapping
from anlan.history.cursor import Cursor
from anlan.live import journal
from anlan.live.door.app import App, Parts
from anlan.live.door.bell import Bell
from anlan.live.door.bodies import Bounds
from anlan.live.door.gatekeeper import Gatekeeper, Room
from anlan.live.door.intake import Intake
from anlan.live.door.mqtt import Entrance, MqttDoor
from anlan.live.door.server import serve
from anlan.live.loop.beat import Beat
from anlan.live.loop.clock import Clock
from anlan.live.loop.heart import Heart, Told
from anlan.live.quarantine import Quarantine
from anlan.live.shelved import pack_entries
from anlan.live.view import View
from anlan.live.warming import warm
from anlan.terms.errors import AnlanError

CANNOT_START = 3
"""Exit status when starting again would not help."""
_SWITCH_S = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """data: the folder of the site · packs: a city's overlay · policy: what becomes of standing
    alarms where its rules are others than before · room_bytes: bodies at work at once · mqtt: a
    mapping, where readings also come from a broker."""

    data: Path
    packs: Path | None = None
    policy: str = "carry"
    mqtt: Path | None = None
    bounds: Bounds = field(default_factory=Bounds)
    room_bytes: int = 256 * 1024 * 1024


class LiveProcess:
    """All parts of a live site; `run` serves until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.mapping = load_mapping(settings.mqtt) if settings.mqtt else None
        self.heart = Heart(settings.data)
        self.clock = Clock(floor=self.heart.last_at)
        entries = pack_entries(self.heart.registry, settings.packs, policy=settings.policy)
        if entries:
            self.heart.enter(entries, at=self.clock.now())
            self.heart.commit()
        self.view = View(self.heart.registry)
        self.quarantine = Quarantine(settings.data)

    async def run(self, listening: socket.socket) -> None:
        """Serves on the socket until the process is told to stop."""
        loop = asyncio.get_running_loop()
        bell = Bell(Cursor(self.heart.log.epoch, self.heart.seq, 0xFFFF_FFFF))

        def ring(told: list[Told]) -> None:
            loop.call_soon_threadsafe(bell.ring, told)

        beat = Beat(self.heart, self.clock, ring=ring, entered=self._renew)
        room = Room(self.settings.room_bytes)
        intake = Intake(beat, self.quarantine, bounds=self.settings.bounds, room=room)
        token = _new_token(self.settings, listening)
        parts = Parts(Gatekeeper(token), intake, room, self.quarantine, bell)
        app = App(beat, lambda: self.view, parts=parts)
        beat.start()
        if self.mapping:
            entrance = Entrance(beat, self.quarantine, lambda: self.view)
            app.mqtt = MqttDoor(self.mapping, entrance, self.settings.data)
            app.mqtt.start()
        try:
            await serve(app, listening, ending=bell.end, is_alive=beat.is_alive)
        finally:
            bell.end()
            if app.mqtt:
                app.mqtt.stop(3.0)
            beat.end(8.0)
            app.close()
            self.quarantine.close()

    def _renew(self) -> None:
        self.view = View(self.heart.registry)


def address_file(data: Path) -> Path:
    """Where a running service tells its port and the operator's token."""
    return data / "live" / "running.json"


def _new_token(settings: Settings, listening: socket.socket) -> str:
    """A fresh token for the operator, readable by the owner of the data folder only."""
    token = "op_" + secrets.token_urlsafe(32)
    host, port = listening.getsockname()[:2]
    path = address_file(settings.data)
    part = path.with_suffix(".part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    packs = str(settings.packs.absolute()) if settings.packs else None
    told = {"pid": os.getpid(), "host": host, "port": port, "token": token, "packs": packs}
    with os.fdopen(handle, "w") as file:
        json.dump(told, file)
    part.replace(path)
    return token


def _end_with_parent() -> None:
    """Standard input is a pipe of the supervisor: at its end, this process ends as well."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), 15)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main(words: list[str]) -> int:
    """`python -m anlan.live.process FD SETTINGS.json`."""
    journal.begin("live")
    sys.setswitchinterval(_SWITCH_S)
    given = json.loads(words[1])
    settings = Settings(
        data=Path(given["data"]),
        packs=Path(given["packs"]) if given.get("packs") else None,
        policy=given.get("policy", "carry"),
        mqtt=Path(given["mqtt"]) if given.get("mqtt") else None,
        bounds=Bounds(**given.get("bounds", {})),
    )
    listening = socket.socket(fileno=int(words[0]))
    _end_with_parent()
    try:
        warm()
        service = LiveProcess(settings)
    except AnlanError as error:
        logging.getLogger("anlan.live").error("%s", error)
        return CANNOT_START
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(service.run(listening))
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    # All is closed by now. The thread that waits on standard input would outlive the tidying up
    # of the interpreter, and DuckDB would fill the error stream with what it then calls leaks.
    os._exit(status)
