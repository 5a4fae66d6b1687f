"""`anlan sinks speaker` and `anlan sinks screen`: a channel speaks to the command as typed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.channels import Address, State
from anlan.channels.screen import Screen
from anlan.channels.screen import Settings as ScreenSettings
from anlan.channels.speaker import Settings, Speaker
from tests.wire.channels.speaker.conftest import ONE, SECRET, a_notice, clock

KEY = "a key of more than 16 bytes"


@contextmanager
def playing(*words: str) -> Iterator[subprocess.Popen[str]]:
    """The command, until the test ends."""
    anlan = str(Path(sys.executable).parent / "anlan")
    command = [anlan, "sinks", *words, "--port", "0", "--for", "60"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        process.terminate()


def test_a_loudspeaker_plays_and_tells_it() -> None:
    with playing("speaker", ONE, "--secret", SECRET, "--play", "0") as process:
        assert process.stderr is not None
        assert process.stdout is not None
        lines = [process.stderr.readline() for _ in range(6)]
        found = dict(re.findall(r'# speaker_(\w+) = "(.*)"', "".join(lines)))
        settings = Settings(secret=SECRET, allows_private=True, poll_s=0.05, **found)
        speaker = Speaker(settings, clock=clock)
        assert speaker.send(a_notice(), Address("speaker", ONE), now_ms=clock()).state is (
            State.ACCEPTED
        )
        told = json.loads(process.stdout.readline())
        speaker.close()
    assert (told["terminal"], told["title"]) == (ONE, "发布洪水红色预警")


def test_a_screen_shows_and_tells_it() -> None:
    with playing("screen", "--secret", KEY) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        url = process.stderr.readline().removeprefix("# ").strip()
        screen = Screen(ScreenSettings(secret=KEY, allows_private=True), clock=clock)
        receipt = screen.send(a_notice(), Address("screen", url), now_ms=clock())
        assert receipt.state is State.DELIVERED
        (order,) = json.loads(process.stdout.readline())
    assert order["level"] == "red"
