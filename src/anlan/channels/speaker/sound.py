"""Sound for loudspeakers: recorded by an operator, or spoken by a program of this machine.

The program is a separate one, chosen by the settings, such as `espeak-ng -v cmn --stdin --stdout`:
it takes the text as UTF-8 and gives a WAV. Without it the text goes alone.
"""

import hashlib
import re
import shlex
import subprocess
from functools import lru_cache
from pathlib import Path

from anlan.channels.speaker.ebd.words import Audio

MOST_BYTES = 16_000_000
"""The longest sound that is taken: about six minutes of a WAV at 22 kHz."""
_MOST_S = 60.0
_DIGEST = re.compile(r"[0-9a-f]{40}")


def kind_of(data: bytes) -> str:
    """`wav` or `mp3` by its first bytes; empty for anything else, and for more than the limit."""
    if len(data) > MOST_BYTES:
        return ""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"
    return ""


def recorded(folder: Path | None, digest: str | None) -> Audio | None:
    """The recording whose SHA-1, as CAP names it, is that; None where there is none such."""
    if folder is None or not digest or not _DIGEST.fullmatch(digest.strip().lower()):
        return None
    path = folder / digest.strip().lower()
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError:
        return None
    kind = kind_of(data)
    is_whole = hashlib.sha1(data, usedforsecurity=False).hexdigest() == path.name
    return Audio(f"recorded.{kind}", data) if kind and is_whole else None


@lru_cache(maxsize=4)
def spoken(command: str, text: str) -> Audio | None:
    """The text as a program of this machine says it; None where it gives no sound in a minute."""
    if not command:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the settings name it; the text is only read by it
            shlex.split(command), input=text.encode(), capture_output=True, timeout=_MOST_S,
            check=False,
        )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    is_sound = done.returncode == 0 and kind_of(done.stdout) == "wav"
    return Audio("spoken.wav", _sized(done.stdout)) if is_sound else None


def _sized(wav: bytes) -> bytes:
    """A WAV whose lengths are right: a program that writes to a pipe does not know them before."""
    at = wav.find(b"data", 12)
    if at < 0:
        return wav
    left = len(wav) - at - 8
    whole = (len(wav) - 8).to_bytes(4, "little")
    return wav[:4] + whole + wav[8 : at + 4] + left.to_bytes(4, "little") + wav[at + 8 :]
