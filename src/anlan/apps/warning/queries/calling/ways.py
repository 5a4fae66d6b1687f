"""By which ways somebody can be asked: those set up that reach them; drills in sandboxes only."""

from functools import cached_property

from django.conf import settings

from anlan.apps.warning.models import Addressee, Message
from anlan.apps.warning.queries.audience import route, systems, telephones
from anlan.channels.sms.number import plain
from anlan.channels.voice.number import dialled, reason_against

EMAIL, SMS, VOICE = "email", "sms", "voice"
_BY = Addressee.By


class Ways:
    """The ways of one message."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._is_drill = message.status != "Actual"

    @cached_property
    def _sandbox(self) -> dict[str, str]:
        """By kind the sandbox that takes the message."""
        message = self._message
        ends = route(message, [*systems(message), *telephones(message)])
        return {sink.kind: sink.address for sink in reversed(ends)}

    def of(self, address: str, phone: str) -> dict[str, str]:
        """Kind to address; empty for whom only the desk can call.

        In a drill the letter for each person goes to the sandbox of its kind, and nowhere else.
        """
        options, number = settings.PLACE.options, plain(phone)
        own = {EMAIL: address, SMS: number if options.sms_gateway else ""}
        if options.voice_exchange and reason_against(phone) is None:
            own[VOICE] = dialled(phone)
        if self._is_drill:
            own = {kind: self._sandbox.get(kind, "") for kind, end in own.items() if end}
        return {kind: end for kind, end in own.items() if end}
