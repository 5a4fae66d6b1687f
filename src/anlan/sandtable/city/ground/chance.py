"""Chance over arrays without a state: the same number for the same (seed, place), always."""

from typing import Any

import numpy as np

from anlan.sandtable.city.ground.frame import Floats

Words64 = np.ndarray[Any, np.dtype[np.uint64]]
_A, _B, _C = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def mixed(words: Words64) -> Words64:
    """64 well-mixed bits of each whole number (the finalizer of splitmix64)."""
    with np.errstate(over="ignore"):
        bits = words + _A
        bits = (bits ^ (bits >> np.uint64(30))) * _B
        bits = (bits ^ (bits >> np.uint64(27))) * _C
        return bits ^ (bits >> np.uint64(31))


def uniform(words: Words64) -> Floats:
    """A number in [0, 1) for each whole number."""
    return (mixed(words) >> np.uint64(11)).astype(np.float64) / (1 << 53)


def lattice(ix: Floats, iy: Floats, seed: int) -> Floats:
    """A number in [0, 1) for each corner of a square lattice."""
    words = (ix.astype(np.int64) * 73856093) ^ (iy.astype(np.int64) * 19349663)
    return uniform(words.astype(np.uint64) ^ np.uint64(seed * 2654435761 % (1 << 63)))


def value_noise(x: Floats, y: Floats, seed: int) -> Floats:
    """Smooth noise in [0, 1), one bump a unit."""
    x0, y0 = np.floor(x), np.floor(y)
    u, v = x - x0, y - y0
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    low = lattice(x0, y0, seed) * (1 - u) + lattice(x0 + 1, y0, seed) * u
    high = lattice(x0, y0 + 1, seed) * (1 - u) + lattice(x0 + 1, y0 + 1, seed) * u
    return low * (1 - v) + high * v


def fractal(x: Floats, y: Floats, seed: int, *, octaves: int = 4) -> Floats:
    """Noise about 0, within ±0.5, rough at every scale."""
    total = np.zeros_like(np.asarray(x, float))
    for octave in range(octaves):
        total += 0.5**octave * (value_noise(x * 2**octave, y * 2**octave, seed + octave) - 0.5)
    return total / 2
