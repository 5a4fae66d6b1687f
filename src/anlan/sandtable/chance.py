"""Chance without a state: a number for every (seed, place, moment), always the same one."""

import math

_MASK = (1 << 64) - 1


def mixed(*parts: int) -> int:
    """64 well-mixed bits of some whole numbers (the finalizer of splitmix64)."""
    bits = 0x9E3779B97F4A7C15
    for part in parts:
        bits = (bits ^ (part & _MASK)) & _MASK
        bits = (bits + 0x9E3779B97F4A7C15) & _MASK
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
        bits ^= bits >> 31
    return bits


def uniform(*parts: int) -> float:
    """A number in [0, 1)."""
    return (mixed(*parts) >> 11) / (1 << 53)


def normal(*parts: int) -> float:
    """A number of the standard normal distribution."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(*parts, 1)))
    return radius * math.cos(2.0 * math.pi * uniform(*parts, 2))
