"""A camera or a recorder by GB/T 28181, over UDP or TCP: it registers, tells what it notices and
where it is, and does what it is asked.

Alarms are said again until they are answered, as SIP has it. Streams are agreed on and counted,
never sent.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from anlan.connectors.frames import BEIJING
from anlan.connectors.gb28181.manscdp.ptz import read_ptz, worded
from anlan.connectors.gb28181.manscdp.xml import Document, read_xml, text_at, write_xml
from anlan.connectors.gb28181.media.sdp import read_sdp
from anlan.connectors.gb28181.sip.cut import Cutter
from anlan.connectors.gb28181.sip.digest import Account, credentials, written
from anlan.connectors.gb28181.sip.message import Message, address, read
from anlan.sandtable.fleet.line import nowhere
from anlan.terms.errors import Malformed

_XML, _SDP = "Application/MANSCDP+xml", "application/sdp"
_PAGE = 2


class Channel(NamedTuple):
    """One camera of a recorder."""

    key: str
    name: str = "摄像机"
    is_on: bool = True
    lon: float = 0.0
    lat: float = 0.0


@dataclass
class Camera:
    """key, server: identifiers of 20 digits · channels: none for a camera that is its own · beat_s:
    between signs of life · say: where what it says goes.

    turns: what it was told to do, in words · streams: SDP it agreed to, by Call-ID · unanswered:
    what is said again, by Call-ID · is_registered: the platform knows it.
    """

    key: str
    server: str = "34020000002000000001"
    password: str = ""
    channels: Sequence[Channel] = ()
    transport: str = "UDP"
    zone: tzinfo = BEIJING
    beat_s: float = 60.0
    repeat_s: float = 0.5
    expires_s: int = 3_600
    charset: str = "GB2312"
    say: Callable[[bytes], None] = field(default=nowhere)
    is_registered: bool = False
    turns: list[str] = field(default_factory=list)
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    unanswered: dict[str, tuple[bytes, int, float]] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    subscribed: dict[str, Message] = field(default_factory=dict)
    refused: int = 0
    _cutter: Cutter = field(default_factory=Cutter)
    _count: int = 0
    _beat_ms: int = 0

    # Its own will

    def begin(self, now_ms: int) -> None:
        """There is a line: it registers."""
        self._cutter, self.is_registered = Cutter(), False
        self._beat_ms = now_ms + round(self.beat_s * 1000)
        self._register(now_ms)

    def look(self, now_ms: int) -> None:
        """Gives signs of life, and says again what nobody answered."""
        if self._beat_ms <= now_ms:
            self._beat_ms = now_ms + round(self.beat_s * 1000)
            if self.is_registered:
                self.notify("Keepalive", [("Status", "OK")], now_ms)
            else:
                self._register(now_ms)
        for name, (raw, due_ms, wait_s) in list(self.unanswered.items()):
            if due_ms <= now_ms:
                later = (raw, now_ms + round(wait_s * 1000), min(4.0, 2 * wait_s))
                self.unanswered[name] = later
                self.say(raw)

    def alarm(
        self, method: int, kind: int, now_ms: int, *, priority: int = 1, channel: str = ""
    ) -> None:
        """Tells an alarm, until it is answered."""
        body = [
            ("AlarmPriority", priority), ("AlarmMethod", method), ("AlarmTime", self._time(now_ms)),
            ("Info", [("AlarmType", kind)]),
        ]  # fmt: skip
        self.notify("Alarm", body, now_ms, channel=channel)

    def move(self, lon: float, lat: float, now_ms: int) -> None:
        """Tells where it is to whoever has subscribed to it."""
        asked = self.subscribed.get("MobilePosition")
        if asked is None:
            return
        rows = [
            ("Time", self._time(now_ms)), ("Longitude", lon), ("Latitude", lat), ("Speed", 12.5),
        ]  # fmt: skip
        body = self._text("Notify", "MobilePosition", rows)
        more = [("Event", "presence"), ("Subscription-State", "active")]
        self._request("NOTIFY", now_ms, more=more, body=body)

    def leave(self, now_ms: int) -> None:
        """Says that it goes."""
        self.expires_s = 0
        self._register(now_ms)

    def notify(
        self, command: str, rows: Sequence[tuple[str, Any]], now_ms: int, *, channel: str = ""
    ) -> None:
        """Tells something by itself."""
        body = self._text("Notify", command, rows, channel=channel)
        self._request("MESSAGE", now_ms, body=body)

    def _register(self, now_ms: int, more: Sequence[tuple[str, str]] = ()) -> None:
        contact = ("Contact", f"<sip:{self.key}@camera.invalid:5060>")
        expires = ("Expires", str(self.expires_s))
        self._request("REGISTER", now_ms, more=[contact, expires, *more])

    # What it hears

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the platform says."""
        for piece in self._cutter.feed(data):
            if not piece.reason and piece.kind:
                message = read(piece)
                if message.status:
                    self._answered(message, now_ms)
                else:
                    self._asked(message, now_ms)

    def _answered(self, message: Message, now_ms: int) -> None:
        self.unanswered.pop(message.first("call-id"), None)
        if message.asked[1] != "REGISTER":
            self.refused += message.status >= 300
            self.is_registered = self.is_registered and message.status != 403
        elif message.status == 401 and self.password:
            told = credentials(message.first("www-authenticate"))
            told |= {"uri": f"sip:{self.server}@{self.server[:10]}"}
            if "qop" in told:
                told |= {"nc": "00000001", "cnonce": "c4m3r4"}
            account = Account(self.key, self.password)
            proof = ("Authorization", written(told, account, "REGISTER"))
            self._register(now_ms, [proof])
        else:
            self.is_registered = message.status == 200 and self.expires_s > 0
            self.refused += message.status >= 300

    def _asked(self, message: Message, now_ms: int) -> None:
        method = message.method
        if method == "ACK":
            return
        if method == "INVITE":
            self._invited(message)
            return
        self._respond(message, 200)
        if method == "BYE":
            self.streams.pop(message.first("call-id"), None)
        elif method == "INFO":
            self.turns.append(message.body.decode().partition("\r\n")[0])
        elif message.body:
            self._told(read_xml(message.body), message, now_ms)

    def _invited(self, message: Message) -> None:
        offer = read_sdp(message.body.decode())
        self._respond(message, 100)
        self.streams[message.first("call-id")] = offer
        sdp = "\r\n".join(
            ["v=0", f"o={self.key} 0 0 IN IP4 192.0.2.7", f"s={offer['s']}",
             "c=IN IP4 192.0.2.7", "t=0 0", "m=video 15060 RTP/AVP 96", "a=sendonly",
             "a=rtpmap:96 PS/90000", f"y={offer['y']}", "f=", ""]
        )  # fmt: skip
        self._respond(message, 200, content=(_SDP, sdp.encode()))

    def _told(self, document: Document, message: Message, now_ms: int) -> None:
        command, tree = text_at(document.tree, "CmdType") or "", document.tree
        number = text_at(tree, "SN") or "0"
        if document.root == "Response":
            self.confirmed.append(command)
        elif message.method == "SUBSCRIBE":
            self.subscribed[command] = message
        elif document.root == "Control":
            self.turns.append(self._turn(tree))
            if "PTZCmd" not in tree and "TeleBoot" not in tree:
                self._reply(command, number, [("Result", "OK")], now_ms)
        elif command == "Catalog":
            self._catalogue(number, now_ms)
        else:
            self._reply(command, number, self._about(command, tree, now_ms), now_ms)

    def _turn(self, tree: dict[str, Any]) -> str:
        try:
            return worded(read_ptz(text_at(tree, "PTZCmd") or ""))
        except Malformed:
            return next((f"{n}={v}" for n, v in tree.items() if n.endswith(("Cmd", "Boot"))), "")

    def _catalogue(self, number: str, now_ms: int) -> None:
        """Its channels, two a message."""
        rows = self.channels or [Channel(self.key)]
        for at in range(0, len(rows), _PAGE):
            page = rows[at : at + _PAGE]
            items = [("Item", self._item(one)) for one in page]
            body = [("SumNum", len(rows)), (f'DeviceList Num="{len(page)}"', items)]
            self._reply("Catalog", number, body, now_ms)

    def _item(self, one: Channel) -> list[tuple[str, Any]]:
        return [
            ("DeviceID", one.key), ("Name", one.name), ("Manufacturer", "安澜"), ("Model", "sim"),
            ("Owner", "0"), ("CivilCode", one.key[:6]), ("Address", one.name), ("Parental", 0),
            ("ParentID", self.key), ("RegisterWay", 1), ("Secrecy", 0),
            ("Status", "ON" if one.is_on else "OFF"),
            ("Longitude", one.lon), ("Latitude", one.lat),
        ]  # fmt: skip

    def _about(self, command: str, tree: dict[str, Any], now_ms: int) -> list[tuple[str, Any]]:
        if command == "DeviceInfo":
            return [
                ("Result", "OK"), ("DeviceName", "沙盘摄像机"), ("Manufacturer", "安澜"),
                ("Model", "sim"), ("Firmware", "1"), ("Channel", len(self.channels) or 1),
            ]  # fmt: skip
        if command == "DeviceStatus":
            return [("Result", "OK"), ("Online", "ONLINE"), ("Status", "OK"), ("Record", "ON"),
                    ("DeviceTime", self._time(now_ms))]  # fmt: skip
        if command == "RecordInfo":
            span = [(name, text_at(tree, name) or "") for name in ("StartTime", "EndTime")]
            key = text_at(tree, "DeviceID") or self.key
            item = [("DeviceID", key), ("Name", "录像"), *span, ("Secrecy", 0), ("Type", "time")]
            return [("Name", "录像"), ("SumNum", 1), ('RecordList Num="1"', [("Item", item)])]
        return [("Result", "ERROR")]

    # How it speaks

    def _reply(
        self, command: str, number: str, rows: Sequence[tuple[str, Any]], now_ms: int
    ) -> None:
        body = self._text("Response", command, rows, number=number)
        self._request("MESSAGE", now_ms, body=body)

    def _text(
        self, root: str, command: str, rows: Sequence[tuple[str, Any]], *, number: str = "",
        channel: str = "",
    ) -> bytes:  # fmt: skip
        self._count += 1
        first = [("CmdType", command), ("SN", number or self._count),
                 ("DeviceID", channel or self.key)]  # fmt: skip
        return write_xml(root, [*first, *rows], self.charset)

    def _request(
        self, method: str, now_ms: int, *, more: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> None:
        self._count += 1
        name = hashlib.sha256(f"{self.key} {now_ms} {self._count}".encode()).hexdigest()[:16]
        domain = self.server[:10]
        headers = (
            ("Via", f"SIP/2.0/{self.transport} camera.invalid:5060;rport;branch=z9hG4bK{name}"),
            ("From", f"<sip:{self.key}@{domain}>;tag={name}"),
            ("To", f"<sip:{self.key if method == 'REGISTER' else self.server}@{domain}>"),
            ("Call-ID", name), ("CSeq", f"{self._count} {method}"), ("Max-Forwards", "70"), *more,
            *([("Content-Type", _XML)] if body else []),
        )  # fmt: skip
        raw = bytes(Message(f"{method} sip:{self.server}@{domain} SIP/2.0", headers, body))
        self.unanswered[name] = raw, now_ms + round(self.repeat_s * 1000), self.repeat_s
        self.say(raw)

    def _respond(
        self, message: Message, status: int, content: tuple[str, bytes] = ("", b"")
    ) -> None:
        kept = [(n, v) for n, v in message.headers if n in ("Via", "From", "Call-ID", "CSeq")]
        to = message.first("to")
        if "tag" not in address(to).words and status > 100:
            to += f";tag={self.key[-6:]}"
        kind, body = content
        headers = (
            *kept, ("To", to), ("Contact", f"<sip:{self.key}@camera.invalid:5060>"),
            *([("Content-Type", kind)] if kind else []),
        )  # fmt: skip
        self.say(
            bytes(Message(f"SIP/2.0 {status} {'OK' if status == 200 else 'Trying'}", headers, body))
        )

    def _time(self, now_ms: int) -> str:
        at = datetime.fromtimestamp(now_ms / 1000, self.zone).replace(tzinfo=None)
        return at.isoformat(timespec="seconds")
