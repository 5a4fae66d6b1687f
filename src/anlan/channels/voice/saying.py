"""What a call says: the mark of its status first, then the message, then how to confirm."""

import shutil
from pathlib import Path

import numpy as np

from anlan.channels import MARKS, Message, Status
from anlan.channels.sound import spoken
from anlan.channels.voice.media.g711 import RATE, Samples
from anlan.channels.voice.media.wav import samples_of
from anlan.channels.voice.settings import Settings
from anlan.terms.errors import Malformed, Unavailable

_ENGINE = "espeak-ng"
_BANNERS = {
    Status.EXERCISE: {
        "zh": "这是演练。这是演练。",
        "en": "This is an exercise. This is an exercise. ",
    },
    Status.TEST: {"zh": "这是测试。这是测试。", "en": "This is a test. This is a test. "},
}
_THANKS = {"zh": "已确认。", "en": "Confirmed. Thank you."}
_MARKS = (*(mark for mark in MARKS.values() if mark), "EXERCISE:", "TEST:")
_MOST_SIGNS = 600
_THANKS_S = 10.0
"""So long the few words of thanks are waited for: whoever is called waits behind them."""


def silence(seconds: float) -> Samples:
    """Nothing to be heard, for so long."""
    return np.zeros(round(seconds * RATE), np.int16)


def words_of(message: Message) -> str:
    """The text as it is spoken. A drill says so before anything else."""
    language = _language(message)
    text, before = message.text.strip(), ""
    while text != before:
        before = text
        for mark in _MARKS:
            text = text.removeprefix(mark).lstrip()
    return _BANNERS.get(message.status, {}).get(language, "") + text[:_MOST_SIGNS]


def sound_of(message: Message, settings: Settings) -> Samples:
    """The message as sound: spoken by a program of this machine, else as an operator recorded it.

    Raises Unavailable where there is neither, saying what lacks.
    """
    command = command_for(message, settings)
    wav = spoken(command, words_of(message)) if command else None
    if wav is None:
        wav = _recorded(message.status, settings.recordings)
    if wav is None:
        lacks = "no program gives speech" if command else "no program for speech is installed"
        raise Unavailable(f"nothing can speak here: {lacks}, and there is no recording")
    try:
        return samples_of(wav)
    except Malformed as error:
        raise Unavailable(f"nothing can speak here: {error}") from error


def thanks_of(message: Message, settings: Settings) -> Samples:
    """What is said when a confirmation is kept; a moment of silence where nothing speaks."""
    command = command_for(message, settings)
    wav = spoken(command, _THANKS[_language(message)], most_s=_THANKS_S) if command else None
    try:
        return samples_of(wav) if wav else silence(0.2)
    except Malformed:
        return silence(0.2)


def command_for(message: Message, settings: Settings) -> str:
    """The program that speaks the language of the message; empty for none."""
    voice = "cmn" if _language(message) == "zh" else "en"
    if settings.speech:
        return settings.speech.replace("{language}", voice)
    return f"{_ENGINE} -v {voice} -s 150 --stdin --stdout" if shutil.which(_ENGINE) else ""


def _recorded(status: Status, folder: Path | None) -> bytes | None:
    """The recording of that status: an actual one is never played in a drill, nor the reverse."""
    if folder is None:
        return None
    try:
        return (folder / f"{status.value.lower()}.wav").read_bytes()
    except OSError:
        return None


def _language(message: Message) -> str:
    return "en" if message.language.lower().startswith("en") else "zh"
