"""Compiled: records by address.

An array that crosses a call between compiled functions has its references counted with atomic
instructions; with some twenty tables and a dozen calls a reading cost 2.5 µs. Records by
address cost nothing. The price: an index is not checked, so `Engine` checks the handles of a
batch before it lets the kernel near them.
"""

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from anlan.engine.kernel import tables as tb


def accessor(dtype: np.dtype[Any]) -> Any:
    """A compiled function (address, index) → record of that dtype, by reference."""
    record = nb.from_dtype(dtype)
    size = dtype.itemsize

    @intrinsic
    def at(typing: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word = ir.IntType(64)
            offset = builder.mul(arguments[1], ir.Constant(word, size))
            place = builder.add(arguments[0], offset)
            return builder.inttoptr(place, context.get_value_type(record))

        return record(nb.types.int64, nb.types.int64), generate

    return at


def _prefetch(typing: Any, address: Any) -> Any:
    """Asks the processor for the cache line at an address that will soon be written."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch.p0", (), kind)
        place = builder.inttoptr(arguments[0], byte)
        builder.call(call, [place, *(ir.Constant(number, x) for x in (1, 3, 1))])
        return context.get_dummy_value()

    return nb.types.void(nb.types.int64), generate


prefetch: Any = intrinsic(_prefetch)
sensor_rule = accessor(tb.SENSOR)
instance_rule = accessor(tb.INSTANCE)
condition_rule = accessor(tb.CONDITION)
segment_of = accessor(tb.SEGMENT)
span_of = accessor(tb.SPAN)
step_of = accessor(tb.STEP)
hot_state = accessor(tb.HOT_STATE)
sensor_state = accessor(tb.SENSOR_STATE)
instance_state = accessor(tb.INSTANCE_STATE)
condition_state = accessor(tb.CONDITION_STATE)
change_of = accessor(tb.CHANGE)
cursor_of = accessor(tb.CURSOR)
pair_of = accessor(tb.PAIR)
whole_of = accessor(tb.WHOLE)
real_of = accessor(tb.REAL)
