"""G.711: sixteen bits of a sample as eight, by A-law or µ-law; 8,000 samples a second."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

RATE = 8_000
ALAW, ULAW = 8, 0
"""The laws by their payload types (RFC 3551)."""
SILENCE = {ALAW: 0xD5, ULAW: 0xFF}

Samples = npt.NDArray[np.int16]


def encoded(samples: Samples, law: int) -> bytes:
    """The octets of samples."""
    return _table(law)[samples.view(np.uint16)].tobytes()


def decoded(octets: bytes, law: int) -> Samples:
    """The samples of octets."""
    return _back(law)[np.frombuffer(octets, np.uint8)]


@lru_cache(maxsize=2)
def _back(law: int) -> Samples:
    every = np.arange(256, dtype=np.int32)
    values = _from_alaw(every ^ 0x55) if law == ALAW else _from_ulaw(~every & 0xFF)
    return values.astype(np.int16)


@lru_cache(maxsize=2)
def _table(law: int) -> npt.NDArray[np.uint8]:
    """For each sample, read without its sign, the octet."""
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    return (_to_alaw(samples) if law == ALAW else _to_ulaw(samples)).astype(np.uint8)


def _to_alaw(samples: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    thirteen = samples >> 3
    size = np.where(thirteen < 0, -thirteen - 1, thirteen)
    chord = np.searchsorted(np.array([32, 64, 128, 256, 512, 1024, 2048]), size, side="right")
    step = np.where(chord < 2, size >> 1, size >> np.maximum(chord, 1)) & 0x0F
    return np.asarray((chord << 4 | step) ^ np.where(thirteen < 0, 0x55, 0xD5))


def _from_alaw(octets: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    chord, step = (octets >> 4) & 7, octets & 0x0F
    size = np.where(chord == 0, (step << 4) + 8, ((step << 4) + 0x108) << np.maximum(chord - 1, 0))
    return np.asarray(np.where(octets & 0x80, size, -size))


def _to_ulaw(samples: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    fourteen = samples >> 2
    size = np.minimum(np.abs(fourteen) + 33, 8191)
    limits = np.array([64, 128, 256, 512, 1024, 2048, 4096])
    chord = np.searchsorted(limits, size, side="right")
    octets = chord << 4 | ((size >> (chord + 1)) & 0x0F)
    return np.asarray(octets ^ np.where(fourteen < 0, 0x7F, 0xFF))


def _from_ulaw(octets: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    chord, step = (octets >> 4) & 7, octets & 0x0F
    size = (((step << 3) + 0x84) << chord) - 0x84
    return np.asarray(np.where(octets & 0x80, -size, size))
