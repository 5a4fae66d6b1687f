"""Sound for what speaks: recorded by an operator, or spoken by a separate program of this machine.

Recordings lie in one folder, each named by its SHA-1; a warning's CAP message names by that digest
the one that says it. The program is chosen by the settings, such as `espeak-ng -v cmn --stdin
--stdout`: it takes the text as UTF-8 and gives a WAV. It runs under its own licence and is no part
of this one.
"""

import hashlib
import re
import shlex
import subprocess
from functools import lru_cache
from pathlib import Path

from anlan.cap.message import Info
from anlan.cap.read import read
from anlan.channels import Message
from anlan.terms.errors import Malformed, Unavailable

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


def digest_of(data: bytes) -> str:
    """What a recording is called: its SHA-1, in hexadecimal digits, as CAP has it."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def recording_of(message: Message, folder: Path | None) -> Path | None:
    """The recording that says a message in its language; None where there is none such.

    By the CAP message that it carries; whoever plays it need not look at the file again.
    """
    if folder is None or message.body is None:
        return None
    try:
        infos = read(message.body).info
    except Malformed:
        return None
    wanted = message.language[:2].lower()
    spoken_so = (one for one in infos if one.spoken[:2].lower() == wanted)
    return next(filter(None, (recording_in(one, folder) for one in spoken_so)), None)


def recording_in(info: Info, folder: Path | None) -> Path | None:
    """The recording that one language of a CAP message names, whole as it was kept."""
    sounds = (one for one in info.resource if (one.mime_type or "").startswith("audio/"))
    kept = (_kept(folder, (one.digest or "").strip().lower()) for one in sounds)
    return next(filter(None, kept), None)


def _kept(folder: Path | None, digest: str) -> Path | None:
    if folder is None or not _DIGEST.fullmatch(digest):
        return None
    path = folder / digest
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError:
        return None
    return path if kind_of(data) and digest_of(data) == digest else None


def spoken(command: str, text: str, *, most_s: float = _MOST_S) -> bytes | None:
    """The WAV of a text as a program says it; None where it gives none in that time.

    What was said once is known; a program that failed is asked anew.
    """
    try:
        return _said(command, text, most_s) if command else None
    except Unavailable:
        return None


@lru_cache(maxsize=8)
def _said(command: str, text: str, most_s: float) -> bytes:
    """Raises Unavailable: what is raised is not remembered."""
    try:
        done = subprocess.run(  # noqa: S603 - the settings name it; the text is only read by it
            shlex.split(command), input=text.encode(), capture_output=True, timeout=most_s,
            check=False,
        )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Unavailable("the program gives no speech") from error
    if done.returncode or kind_of(done.stdout) != "wav":
        raise Unavailable("the program gives no speech")
    return _sized(done.stdout)


def _sized(wav: bytes) -> bytes:
    """A WAV whose lengths are right: a program that writes to a pipe does not know them before."""
    at = wav.find(b"data", 12)
    if at < 0:
        return wav
    left = len(wav) - at - 8
    whole = (len(wav) - 8).to_bytes(4, "little")
    return wav[:4] + whole + wav[8 : at + 4] + left.to_bytes(4, "little") + wav[at + 8 :]


def seconds_of(data: bytes) -> float:
    """How long a recording lasts; Malformed where it is neither WAV nor MP3, or broken."""
    form = kind_of(data)
    seconds = _wav_s(data) if form == "wav" else _mp3_s(data) if form == "mp3" else 0.0
    if seconds <= 0:
        raise Malformed("no sound in WAV or MP3")
    return seconds


def _wav_s(data: bytes) -> float:
    """By the octets of its sound and how many of them make a second."""
    at, a_second = 12, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"fmt " and size >= 16:
            a_second = int.from_bytes(data[at + 16 : at + 20], "little")
        if name == b"data":
            return min(size, len(data) - at - 8) / a_second if a_second else 0.0
        at += 8 + size + size % 2
    return 0.0


_KBITS = {3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
          2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)}  # fmt: skip
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Of MPEG 1, 2 and 2.5, layer III (ISO/IEC 11172-3, 13818-3), by the version's two bits."""


def _mp3_s(data: bytes) -> float:
    """By its frames, one after the other: a header may say anything."""
    at, seconds = 0, 0.0
    if data[:3] == b"ID3" and len(data) > 10:
        at = 10 + sum((octet & 0x7F) << 7 * (3 - n) for n, octet in enumerate(data[6:10]))
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xE0 == 0xE0:
        version, rate, bits = data[at + 1] >> 3 & 3, data[at + 2] >> 2 & 3, data[at + 2] >> 4
        if version == 1 or data[at + 1] >> 1 & 3 != 1 or rate == 3 or not 0 < bits < 15:
            break
        hertz, samples = _RATES[version][rate], 1152 if version == 3 else 576
        kbits = _KBITS[3 if version == 3 else 2][bits - 1]
        at += samples // 8 * kbits * 1000 // hertz + (data[at + 2] >> 1 & 1)
        seconds += samples / hertz
    return seconds
