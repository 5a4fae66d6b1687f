"""What devices are to tell by themselves: alarms, positions, changes of their catalogue."""

from typing import NamedTuple

from anlan.connectors.frames import Ask
from anlan.connectors.gb28181.asks import QUESTIONS, seconds_of
from anlan.connectors.gb28181.registrar import Device
from anlan.connectors.gb28181.settings import Settings
from anlan.connectors.gb28181.sip.message import Message
from anlan.connectors.gb28181.writer import XML, Dialog, Writer

_MOST, _RENEW_MS = 4_096, 600_000


class _Subscription(NamedTuple):
    dialog: Dialog
    until_ms: int


class Subscriptions:
    """Those of one line. The settings say which are kept up."""

    def __init__(self, settings: Settings, writer: Writer) -> None:
        self._writer = writer
        self._kept: dict[tuple[str, str], _Subscription] = {}
        self._wanted = [Ask("alarms")] if settings.alarms else []
        if settings.positions:
            self._wanted.append(Ask("positions", {"interval": settings.positions}))

    def due(self, device: str, now_ms: int) -> list[Ask]:
        """The questions by which those of a device are begun, or renewed before they end."""
        return [
            one._replace(words={"device": device, **one.words})
            for one in self._wanted
            if self._until(device, one.name) - now_ms < _RENEW_MS
        ]

    def _until(self, device: str, name: str) -> int:
        kept = self._kept.get((device, name))
        return kept.until_ms if kept else 0

    def ask(
        self, ask: Ask, who: tuple[str, Device, str], body: bytes, now_ms: int
    ) -> tuple[str, bytes]:
        """The name and the bytes of a question that begins, renews or ends one."""
        device, found, channel = who
        seconds = seconds_of(ask.words)
        kept = self._kept.pop((device, ask.name), None)
        if kept is None or kept.until_ms < now_ms or not kept.dialog.is_up:
            dialog = self._writer.dialog(device, found, channel, now_ms)
        else:
            dialog = kept.dialog
        if seconds:
            self._kept[device, ask.name] = _Subscription(dialog, now_ms + seconds * 1000)
            if len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        more = [("Event", QUESTIONS[ask.name].event), ("Expires", str(seconds))]
        said = self._writer.request(
            dialog, found, "SUBSCRIBE", now_ms, more=more, content=(XML, body)
        )
        return dialog.name("SUBSCRIBE"), said

    def answered(self, message: Message) -> None:
        """Takes over what a device agreed to."""
        for one in self._kept.values():
            if one.dialog.call_id == message.first("call-id") and 200 <= message.status < 300:
                one.dialog.learn(message)
