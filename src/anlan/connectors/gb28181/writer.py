"""What we say: responses to messages, and requests of our own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256

from anlan.connectors.gb28181.registrar import Device
from anlan.connectors.gb28181.settings import Settings
from anlan.connectors.gb28181.sip.again import Again
from anlan.connectors.gb28181.sip.message import Headers, Message, address

XML = "Application/MANSCDP+xml"
PHRASES = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    405: "Method Not Allowed", 481: "Call/Transaction Does Not Exist", 486: "Busy Here",
    503: "Service Unavailable",
}  # fmt: skip
_KEPT = ("via", "from", "call-id", "cseq")


@dataclass(slots=True)
class Dialog:
    """What belongs together: a call or a subscription. to: with the far end's tag once there is
    one · target: where its requests go · number, via: of the last · is_up: the far end agreed."""

    device: str
    call_id: str
    own: str
    to: str
    target: str
    number: int = 0
    via: str = ""
    is_up: bool = False
    routes: list[str] = field(default_factory=list)

    def name(self, method: str) -> str:
        """What names its last request, as a response repeats it."""
        return f"{self.call_id} {self.number} {method}"

    def learn(self, message: Message) -> None:
        """Takes over what the far end agreed to."""
        self.is_up = True
        self.to = message.first("to")
        self.target = address(message.first("contact")).uri or self.target
        self.routes = message.every("record-route")[::-1]


class Writer:
    """For one line. again: what it has asked over UDP and nobody has answered."""

    def __init__(self, settings: Settings, far: str, zone: tzinfo) -> None:
        self._settings, self._far, self._zone = settings, far, zone
        self._count = 0
        self.again = Again()

    def respond(self, message: Message, status: int, *more: tuple[str, str]) -> bytes:
        """A response with what it must repeat."""
        headers = [
            (name, self._received(value) if name.lower() in ("via", "v") else value)
            for name, value in message.headers
            if name.lower() in _KEPT or name.lower() in ("v", "f", "i")
        ]
        to = message.first("to")
        if "tag" not in address(to).words:
            to += f";tag={sha256(message.first('call-id').encode()).hexdigest()[:10]}"
        lines = (*headers, ("To", to), *more, ("User-Agent", "Anlan"))
        return bytes(Message(f"SIP/2.0 {status} {PHRASES[status]}", lines))

    def _received(self, via: str) -> str:
        """The Via with the address that the message truly came from (RFC 3581)."""
        host, _, port = self._far.rpartition(":")
        words = address(f"<sip:x>;{via.partition(';')[2]}").words
        if "rport" not in words or words["rport"] or "," in via:
            return via
        parts = [one for one in via.split(";") if one.strip().lower() != "rport"]
        return ";".join([*parts, f"rport={port}", f"received={host.strip('[]')}"])

    def time(self, now_ms: int) -> str:
        """As the standard sets the clocks of devices: local, to the millisecond."""
        at = datetime.fromtimestamp(now_ms / 1000, self._zone)
        return at.replace(tzinfo=None).isoformat(timespec="milliseconds")

    def dialog(self, device: str, found: Device, channel: str, now_ms: int) -> Dialog:
        """A new one, with a channel of a device."""
        name = self._token(now_ms)
        return Dialog(
            device=device,
            call_id=f"{name}@{found.domain}",
            own=f"<sip:{found.own}@{found.domain}>;tag={name}",
            to=f"<sip:{channel}@{found.domain}>",
            target=f"sip:{channel}@{self._far}",
        )

    def request(
        self, dialog: Dialog, found: Device, method: str, now_ms: int, *,
        more: Sequence[tuple[str, str]] = (), content: tuple[str, bytes] = ("", b""),
    ) -> bytes:  # fmt: skip
        """The next request of a dialog. ACK and CANCEL bear the number of their INVITE, and but for
        the ACK to a consent its branch too."""
        kind, body = content
        if method not in ("ACK", "CANCEL"):
            dialog.number += 1
        if method not in ("ACK", "CANCEL") or (method == "ACK" and dialog.is_up):
            host = self._settings.host or found.domain
            branch = f"z9hG4bK{self._token(now_ms)}"
            dialog.via = f"SIP/2.0/{found.transport} {host};rport;branch={branch}"
        contact = f"<sip:{found.own}@{self._settings.host or found.domain}>"
        headers: Headers = (
            ("Via", dialog.via),
            ("From", dialog.own),
            ("To", dialog.to),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{dialog.number} {method}"),
            ("Max-Forwards", "70"),
            *(("Route", one) for one in dialog.routes),
            *([("Contact", contact)] if method in ("INVITE", "SUBSCRIBE") else []),
            *more,
            ("User-Agent", "Anlan"),
            *([("Content-Type", kind)] if kind else []),
        )
        said = bytes(Message(f"{method} {dialog.target} SIP/2.0", headers, body))
        if found.transport == "UDP" and method != "ACK":
            self.again.put(dialog.name(method), said, now_ms)
        return said

    def _token(self, now_ms: int) -> str:
        """A word that no other request of any line bears."""
        self._count += 1
        text = f"{self._far} {now_ms} {self._count} {id(self)}"
        return sha256(text.encode()).hexdigest()[:16]
