"""A WAV as samples for the telephone: one voice, 8,000 a second."""

import io
import wave

import numpy as np
import numpy.typing as npt

from anlan.channels.voice.media.g711 import RATE, Samples
from anlan.terms.errors import Malformed

LONGEST_S = 90.0
"""What is longer is nothing to be said by telephone."""
_RATES = range(4_000, 192_001)


def samples_of(data: bytes) -> Samples:
    """The sound of a WAV in whole numbers (PCM) of 8, 16, 24 or 32 bits.

    What a telephone cannot carry, above 4 kHz, is left out. Raises Malformed.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, width, voices = file.getframerate(), file.getsampwidth(), file.getnchannels()
            if rate not in _RATES or not 1 <= voices <= 8:
                raise Malformed("a WAV of a rate or of voices that nobody uses")
            octets = file.readframes(round(LONGEST_S * rate) + 1)
    except (wave.Error, EOFError, ValueError) as error:
        raise Malformed(f"no WAV that can be read: {error}") from error
    whole = octets[: len(octets) // (width * voices) * width * voices]
    mono = _numbers(whole, width).reshape(-1, voices).mean(axis=1)
    if not 0 < len(mono) <= LONGEST_S * rate:
        raise Malformed(f"a WAV must be longer than nothing and shorter than {LONGEST_S:.0f} s")
    return np.clip(np.rint(_at(mono, rate, RATE)), -32_768, 32_767).astype(np.int16)


def _numbers(octets: bytes, width: int) -> npt.NDArray[np.float64]:
    """Samples as if they had 16 bits."""
    if width == 1:
        return (np.frombuffer(octets, np.uint8).astype(np.float64) - 128) * 256
    if width not in (2, 3, 4):
        raise Malformed("a WAV of samples that nobody uses")
    raw = np.frombuffer(octets, np.uint8).reshape(-1, width)[:, -2:]
    return np.ascontiguousarray(raw).view("<i2").ravel().astype(np.float64)


def _at(sound: npt.NDArray[np.float64], rate: int, wanted: int) -> npt.NDArray[np.float64]:
    """The sound at another rate, by its spectrum: nothing folds back into what is heard."""
    if rate == wanted:
        return sound
    length = max(1, round(len(sound) * wanted / rate))
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    return np.asarray(np.fft.irfft(spectrum, length)) * (length / len(sound))
