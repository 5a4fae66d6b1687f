"""Compiled: bytes by address, so that no array is counted at each call.

The price: nothing is checked, so a buffer ends in padding that no token can run across.
"""

from typing import Any

import numba as nb
from llvmlite import ir
from numba.extending import intrinsic

PADDING = b"\0" * 64

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


def _loader(bits: int, kind: Any) -> Any:
    """A compiled function (address, offset in bytes) → the unsigned or signed whole there."""

    @intrinsic
    def at(typing: Any, address: Any, offset: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = builder.add(arguments[0], arguments[1])
            pointer = builder.inttoptr(place, ir.PointerType(ir.IntType(bits)))
            found = builder.load(pointer)
            found.align = 1
            return found

        return kind(nb.types.int64, nb.types.int64), generate

    return at


byte_at = _loader(8, nb.types.uint8)
word_at = _loader(64, nb.types.uint64)
whole_at = _loader(32, nb.types.int32)
