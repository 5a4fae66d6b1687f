"""A channel that calls, and a short recording for it, so that a test need not listen long."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.channels import Address, Receipt
from anlan.channels.heard import Heard
from anlan.channels.voice import Settings, Voice
from anlan.channels.voice.sip.digest import Login
from anlan.channels.voice.sip.wire import Timers
from anlan.sandtable.sinks.voice import Switch
from tests.wire.channels.conftest import a_message

LOGIN = Login("anlan", "exchange-secret")
NUMBER = "13800138000"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def wav(seconds: float, *, hertz: float = 440, rate: int = 22_050, voices: int = 1) -> bytes:
    """A tone."""
    import io
    import wave

    times = np.arange(round(seconds * rate)) / rate
    tone = np.rint(12_000 * np.sin(2 * np.pi * hertz * times)).astype("<i2")
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(voices)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone, voices).tobytes())
    return kept.getvalue()


@dataclass
class Caller:
    """The channel, and what it heard; what is heard is kept at once, as the site does."""

    voice: Voice
    words: list[Heard] = field(default_factory=list)
    keeps: bool = True

    def call(self, number: str = NUMBER, **fields: Any) -> Receipt:
        return self.voice.send(a_message(**fields), Address("voice", number), now_ms=now_ms())

    @property
    def keys(self) -> str:
        return "".join(word.text for word in self.words)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    for name, hertz in (("actual", 440), ("exercise", 880), ("test", 1320)):
        (tmp_path / f"{name}.wav").write_bytes(wav(0.4, hertz=hertz))
    return tmp_path


@pytest.fixture
def switch() -> Iterator[Switch]:
    with Switch(login=LOGIN) as switch:
        yield switch


Calls = Callable[..., Caller]


@pytest.fixture
def caller(recordings: Path) -> Iterator[Calls]:
    """Makes a channel to an exchange; everything it needs to end is ended."""
    ended, callers, threads = threading.Event(), list[Caller](), list[threading.Thread]()

    def listen(one: Caller) -> None:
        while not ended.wait(0.02):
            found = one.voice.heard(100)
            one.words += [word for word in found if word not in one.words]
            if one.keeps:
                one.voice.take([word.key for word in found])

    def make(exchange: str, **fields: Any) -> Caller:
        usual: dict[str, Any] = {
            "user": LOGIN.user, "password": LOGIN.password, "speech": "/nowhere/speech",
            "recordings": recordings, "ring_s": 30.0, "times": 1, "pause_s": 0.3, "timeout_s": 60.0,
            "timers": Timers(t1=0.2, t2=0.8),
        }  # fmt: skip
        settings = Settings(exchange=exchange, **(usual | fields))
        one = Caller(Voice(settings, clock=now_ms))
        callers.append(one)
        threads.append(threading.Thread(target=listen, args=(one,)))
        threads[-1].start()
        return one

    yield make
    ended.set()
    for thread in threads:
        thread.join()
    for one in callers:
        one.voice.close()
