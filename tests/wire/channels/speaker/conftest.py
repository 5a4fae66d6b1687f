"""A broadcast platform with three loudspeakers, and the channel towards it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from anlan.cap.message import Alert, Area, Info, Pair, Resource
from anlan.cap.write import write
from anlan.channels import Address, Message, Receipt, Status
from anlan.channels.heard import Heard
from anlan.channels.speaker import Settings, Speaker
from anlan.channels.speaker.ebd.signature import Seal
from anlan.sandtable.sinks.speaker import Door, Faults, Platform, Terminals

SECRET = "39" * 32
OURS, THEIRS = "331099000000301001", "331099000000101001"
SEAL = Seal("0a1b2c3d4e5f", int("27" * 32, 16))
VILLAGE = "331099101201"
ONE, TWO, FAR = f"{VILLAGE}31401001", f"{VILLAGE}31401002", "33109910220231401001"


def clock() -> int:
    return time.time_ns() // 1_000_000


def cap_xml(identifier: str = "W-1", **fields: object) -> bytes:
    """A warning in CAP; what matters is given."""
    digest = fields.pop("digest", None)
    sound = Resource(resource_desc="录音", mime_type="audio/wav", digest=str(digest))
    info = Info(
        language="zh-CN", category=("Met",), event="洪水", urgency="Immediate",
        severity="Extreme", certainty="Observed", event_code=(Pair("GB/T 35561", "11A01"),),
        effective="2026-07-01T08:00:00+08:00", expires="2026-07-01T20:00:00+08:00",
        sender_name="梧桐县应急管理局", headline="发布洪水红色预警", description="立即转移。",
        resource=(sound,) if digest else (), area=(Area(area_desc="清水河沿岸"),),
    )  # fmt: skip
    usual: dict[str, object] = {"sender": "anlan@wutong.example",
                                "sent": "2026-07-01T08:00:00+08:00", "status": "Actual",
                                "msg_type": "Alert", "scope": "Public"}  # fmt: skip
    return write(Alert(identifier=identifier, info=(info,), **(usual | fields)))  # type: ignore[arg-type]  # the fields are the test's


def a_notice(key: str = "n-1", **fields: object) -> Message:
    usual: dict[str, object] = {
        "key": key, "kind": "urgent", "subject": "发布洪水红色预警", "text": "沿岸各村立即转移。",
        "status": Status.ACTUAL, "cause": "message:W-1", "created_at": clock(),
        "body": cap_xml(), "media_type": "application/cap+xml; charset=utf-8",
    }  # fmt: skip
    return Message(**(usual | fields))  # type: ignore[arg-type]  # the fields are the test's


@dataclass
class Way:
    """The channel and the platform that it speaks to."""

    door: Door
    speaker: Speaker

    @property
    def terminals(self) -> Terminals:
        return self.door.platform.terminals

    def settings(self, **fields: object) -> Settings:
        usual: dict[str, object] = {
            "platform": self.door.url, "source": OURS, "target": THEIRS, "serial": "0102030405ff",
            "secret": SECRET, "platform_key": SEAL.public.hex(), "allows_private": True,
            "timeout_s": 60.0, "poll_s": 0.05,
        }  # fmt: skip
        return Settings(**(usual | fields))  # type: ignore[arg-type]  # the fields are the test's

    def again(self, **fields: object) -> Speaker:
        """Another process with these settings."""
        self.speaker.close()
        self.speaker = Speaker(self.settings(**fields), clock=clock)
        return self.speaker

    def has(self, **faults: object) -> None:
        """The platform has these faults from now on."""
        self.door.platform.faults = replace(Faults(), **faults)  # type: ignore[arg-type]  # the faults are the test's

    def send(self, message: Message | None = None, *, to: str = ONE) -> Receipt:
        return self.speaker.send(message or a_notice(), Address("speaker", to), now_ms=clock())

    def hears(self, count: int = 1, most_s: float = 60.0) -> list[Heard]:
        """What is heard, as soon as it is so many."""
        eventually(lambda: len(self.speaker.heard(100)) >= count, most_s)
        return list(self.speaker.heard(100))


def eventually(is_so: Callable[[], bool], most_s: float = 60.0) -> bool:
    """Whether it comes to be so in time."""
    until_s = time.monotonic() + most_s
    while not is_so():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.01)
    return True


def a_speech(folder: Path) -> str:
    """A program that speaks as the settings ask: the text in, a WAV out."""
    program = folder / "speak.py"
    program.write_text(
        "import sys\n"
        "text = sys.stdin.buffer.read()\n"
        "head = b'RIFF\\xff\\xff\\xff\\x7fWAVEfmt \\x10\\0\\0\\0' + bytes(16)\n"
        "sys.stdout.buffer.write(head + b'data\\xff\\xff\\xff\\x7f' + text)\n"
    )
    return f"python3 {program}"


@pytest.fixture
def way() -> Iterator[Way]:
    public = Seal("0102030405ff", int(SECRET, 16)).public
    terminals = Terminals((ONE, TWO, FAR))
    with Door(Platform(terminals, public=public, seal=SEAL, code=THEIRS)) as door:
        found = Way(door, None)  # type: ignore[arg-type]  # made in the next line, of its settings
        found.speaker = Speaker(found.settings(), clock=clock)
        yield found
        found.speaker.close()
