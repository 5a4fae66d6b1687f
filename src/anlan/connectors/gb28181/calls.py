"""Streams that were asked for: an offer that names the media server, and the call that it began."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlan.connectors.frames import Ask
from anlan.connectors.gb28181.asks import LIVE, RTSP, STOP, channel_of, rtsp_of, span_of, whole
from anlan.connectors.gb28181.media.sdp import (
    HISTORY,
    TRANSPORTS,
    Offer,
    ssrcs,
    write_sdp,
)
from anlan.connectors.gb28181.media.sdp import LIVE as NOW
from anlan.connectors.gb28181.registrar import Device
from anlan.connectors.gb28181.settings import Settings
from anlan.connectors.gb28181.sip.message import Message
from anlan.connectors.gb28181.writer import Dialog, Writer
from anlan.terms.errors import Malformed

_SDP, _RTSP = "application/sdp", "Application/MANSRTSP"
_MOST = 1_024


@dataclass(slots=True)
class Call:
    """A stream that was asked for."""

    dialog: Dialog
    offer: Offer

    def told(self) -> dict[str, Any]:
        """What was offered, for whoever sets the media server."""
        one = self.offer
        return {"media": one.host, "port": one.port, "transport": one.transport,
                "ssrc": one.ssrc, "channel": one.channel}  # fmt: skip


class Calls:
    """Those of one line, one of a kind and a channel of a device at a time."""

    def __init__(self, settings: Settings, writer: Writer) -> None:
        self._settings, self._writer = settings, writer
        self._open: dict[str, Call] = {}
        self._number = 0

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._open

    def ask(self, ask: Ask, who: tuple[str, Device], now_ms: int) -> tuple[str, bytes]:
        """The name and the bytes of a question about streams. Malformed says why not."""
        device, found = who
        name, words = ask
        channel = channel_of(words, device)
        if name not in (STOP, *RTSP):
            return self._invite(ask, (device, found, channel), now_ms)
        call = self._call_of(device, channel, is_history=name in RTSP)
        if name == STOP:
            return self._ended(call, found, now_ms)
        dialog = call.dialog
        content = (_RTSP, rtsp_of(name, words, dialog.number + 1))
        said = self._writer.request(dialog, found, "INFO", now_ms, content=content)
        return dialog.name("INFO"), said

    def _invite(self, ask: Ask, who: tuple[str, Device, str], now_ms: int) -> tuple[str, bytes]:
        device, found, channel = who
        offer = self._offer(ask.name, ask.words, found.own, channel)
        dialog = self._writer.dialog(device, found, channel, now_ms)
        self._open[dialog.call_id] = Call(dialog, offer)
        if len(self._open) > _MOST:
            del self._open[next(iter(self._open))]
        subject = [("Subject", f"{channel}:{offer.ssrc},{found.own}:0")]
        content = (_SDP, write_sdp(offer, found.own).encode())
        said = self._writer.request(dialog, found, "INVITE", now_ms, more=subject, content=content)
        return dialog.name("INVITE"), said

    def _offer(self, name: str, words: Mapping[str, Any], own: str, channel: str) -> Offer:
        host = str(words.get("media") or self._settings.media)
        if not host:
            raise Malformed("no media server: set `media` among the words of the listener")
        transport = str(words.get("transport") or self._settings.media_transport)
        if transport not in TRANSPORTS:
            raise Malformed(f"transport must be one of {', '.join(TRANSPORTS)}")
        self._number += 1
        taken = [one.offer.ssrc for one in self._open.values()]
        kind, begin_s, end_s = NOW, 0, 0
        if name != LIVE:
            kind, (begin_s, end_s) = HISTORY, span_of(words)
        ssrc = str(words.get("ssrc") or ssrcs(kind, own, taken, self._number))
        if not (ssrc.isascii() and ssrc.isdigit() and len(ssrc) <= 10) or int(ssrc) >= 1 << 32:
            raise Malformed("ssrc must be ten digits")
        return Offer(
            host, whole(words, "port", 65_535, usual=self._settings.media_port, least=1),
            ssrc.zfill(10), channel, transport, begin_s, end_s,
            whole(words, "download", 32, usual=0),
        )  # fmt: skip

    def _call_of(self, device: str, channel: str, *, is_history: bool) -> Call:
        found = [
            one
            for one in self._open.values()
            if (one.dialog.device, one.offer.channel) == (device, channel)
            and (bool(one.offer.begin_s) or not is_history)
        ]
        if not found:
            raise Malformed(f"no stream of {channel} was asked for on this line")
        return found[-1]

    def _ended(self, call: Call, found: Device, now_ms: int) -> tuple[str, bytes]:
        """BYE, or CANCEL where nobody has agreed yet."""
        is_up = call.dialog.is_up
        if is_up:
            del self._open[call.dialog.call_id]
        method = "BYE" if is_up else "CANCEL"
        said = self._writer.request(call.dialog, found, method, now_ms)
        return call.dialog.name(method), said

    def end_of(self, device: str, channel: str, found: Device, now_ms: int) -> bytes:
        """What ends the recordings of a channel that have been played to their end."""
        done = [
            one
            for one in self._open.values()
            if (one.dialog.device, one.offer.channel) == (device, channel)
            and one.dialog.is_up
            and one.offer.begin_s
        ]
        return b"".join(self._ended(one, found, now_ms)[1] for one in done)

    def drop(self, call_id: str) -> None:
        """Forgets a call that the far end has ended."""
        self._open.pop(call_id, None)

    def answered(self, message: Message, found: Device, now_ms: int) -> bytes:
        """The ACK to a final answer to an INVITE."""
        call = self._open.get(message.first("call-id"))
        if call is None or message.status < 200:
            return b""
        dialog = call.dialog
        if message.status < 300:
            dialog.learn(message)
        else:
            dialog.to = message.first("to")
            del self._open[dialog.call_id]
        return self._writer.request(dialog, found, "ACK", now_ms)

    def told(self, call_id: str) -> dict[str, Any] | None:
        """What was offered in a call; None where there is none."""
        call = self._open.get(call_id)
        return call.told() if call else None
