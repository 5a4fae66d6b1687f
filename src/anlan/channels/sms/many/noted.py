"""A gateway that takes texts one by one, whose names of them are kept for what it reports."""

import logging

from anlan.channels import Address, Channel, Message, Receipt, State
from anlan.channels.sms.many.sending import Keeper

_log = logging.getLogger("anlan.mass")


class Noted:
    """The channel as it is, but for the names; one that cannot be kept costs its report alone."""

    def __init__(self, channel: Channel, keeper: Keeper) -> None:
        self._channel, self._keeper = channel, keeper

    @property
    def name(self) -> str:
        """The kind of address it serves."""
        return self._channel.name

    def check(self, address: Address) -> str | None:
        """As the channel says."""
        return self._channel.check(address)

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """As the channel says; what was accepted is known by the gateway's name from now on."""
        receipt = self._channel.send(message, address, now_ms=now_ms)
        if receipt.state is State.ACCEPTED and receipt.reference not in ("", message.key):
            try:
                self._keeper.name([(message.key, (receipt.reference,))])
            except Exception as error:  # noqa: BLE001 - whatever the records have, the text has left
                _log.warning("the gateway's name of a text is not kept: %s", error)
        return receipt
