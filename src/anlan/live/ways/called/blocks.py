"""Messages that come in blocks (RFC 7959): put together here, within bounds."""

from typing import Any

from aiocoap import Message as Coap
from aiocoap.numbers.codes import Code
from aiocoap.numbers.optionnumbers import OptionNumber

_MOST_OPEN = 256
_NO_PART = (OptionNumber.BLOCK1, OptionNumber.BLOCK2, OptionNumber.OBSERVE)


class Blocks:
    """What has begun to come and goes on. Of too much the one that was silent longest is dropped;
    its device hears so with the next block, and begins anew."""

    def __init__(self) -> None:
        self._open: dict[Any, bytes] = {}

    def __len__(self) -> int:
        return len(self._open)

    def take(self, request: Coap) -> Coap | bytes:
        """The payload of a message that is whole; else what is said to its block."""
        block = request.opt.block1
        if block is None:
            return bytes(request.payload)
        # the address and all options, the key among them: nobody adds to what another began
        name = (request.remote.blockwise_key, request.code, request.get_cache_key(_NO_PART))
        before = self._open.pop(name, b"") if block.block_number else b""
        if len(before) != block.start:
            return Coap(code=Code.REQUEST_ENTITY_INCOMPLETE, block1=block)
        if not block.more:
            return before + bytes(request.payload)
        if len(self._open) >= _MOST_OPEN:
            del self._open[next(iter(self._open))]
        self._open[name] = before + bytes(request.payload)
        return Coap(code=Code.CONTINUE, block1=block)
