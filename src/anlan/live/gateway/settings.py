"""Which protocols are listened for, where and within which bounds: `gateway.toml`."""

import re
import ssl
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta, timezone, tzinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from anlan.connectors.frames import Speech, Talk, Way
from anlan.live.gateway.devices.kept import FILE, Kept
from anlan.live.gateway.protocols import speech_of
from anlan.live.view import GATEWAY
from anlan.terms.errors import Malformed
from anlan.terms.sensors import is_key

_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")
_TARGET = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:\[\]]+))(?::([0-9]{1,5}))?")
_PLACES = re.compile(r"\{(?:device|quantity)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One open port, or one far end that is called; docs/how-to/connect-devices.md says what each
    setting is for."""

    protocol: str
    port: int = 0
    bind: str = "127.0.0.1"
    udp: bool = False
    connect: str = ""
    zone: str = "+08:00"
    words: Mapping[str, Any] = field(default_factory=dict)
    certificate: str = ""
    key: str = ""
    authority: str = ""
    clients: Mapping[str, Any] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    most_connections: int = 10_000
    most_per_address: int = 1_000
    frames_per_s: float = 1_000.0
    device_frames_per_s: float = 50.0
    first_s: float = 30.0
    idle_s: float = 600.0
    ahead_s: float = 600.0
    sensor: str = "{device}.{quantity}"
    quantities: tuple[str, ...] = ()
    sensors: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        if self.connect:
            host, port = self.target
            return f"{self.protocol}:{host}:{port}"
        return f"{self.protocol}:{self.port}{'/udp' if self.udp else ''}"

    @property
    def target(self) -> tuple[str, int]:
        """Host and port of the far end that is called; ValueError where connect names none."""
        found = _TARGET.fullmatch(self.connect)
        if found is None or not 0 < (port := int(found[3] or self.port)) < 65_536:
            raise ValueError("HOST or HOST:PORT")
        return found[1] or found[2], port

    @property
    def source(self) -> str:
        """Under which its rows stand in the quarantine."""
        return GATEWAY + self.protocol

    @property
    def speech(self) -> Speech:
        return speech_of(self.protocol)

    @property
    def way(self) -> Way:
        return Way(_zone(self.zone), self.words)

    @property
    def networks(self) -> list[IPv4Network | IPv6Network]:
        """Whence devices may come; empty: from everywhere."""
        return [ip_network(one, strict=False) for one in self.addresses]

    def secured(self, folder: Path) -> ssl.SSLContext | None:
        """What its connections are encrypted with; Malformed where a file cannot be used."""
        if not (self.certificate or self.authority):
            return None
        is_caller = bool(self.connect)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if is_caller else ssl.PROTOCOL_TLS_SERVER)
        try:
            if self.authority:
                context.load_verify_locations(folder / self.authority)
                context.verify_mode = ssl.CERT_REQUIRED
            if self.certificate:
                context.load_cert_chain(folder / self.certificate, folder / (self.key or "."))
        except OSError as error:  # ssl.SSLError is one
            raise Malformed(f"certificate, key or authority cannot be used ({error})") from error
        return context


def has_gateway(data: Path) -> bool:
    """Whether a site listens for devices at all."""
    return (data / FILE).exists()


def listeners_in(data: Path, only: Collection[str] = ()) -> tuple[Listener, ...]:
    """The listeners of a data folder, of some protocols only where those are named."""
    found = read(data / FILE)
    for name in only:
        if name not in {one.protocol for one in found}:
            raise Malformed(f"no listener of {name!r}", where=str(data / FILE))
    return tuple(one for one in found if not only or one.protocol in only)


def read(path: Path) -> tuple[Listener, ...]:
    """The listeners of a file; Malformed names the file, the listener and the setting."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Malformed(str(error), where=str(path)) from error
    rows = found.pop("listener", None)
    try:
        Kept.of(found.pop("kept", {}))
    except Malformed as error:
        raise Malformed(str(error), where=str(path)) from error
    if found:
        raise Malformed(f"there is no setting {next(iter(found))!r}", where=str(path))
    if not isinstance(rows, list) or not rows:
        raise Malformed("needs at least one [[listener]]", where=str(path))
    places = [f"{path} [[listener]] {n}" for n in range(1, len(rows) + 1)]
    listeners = [_listener(row, path, at) for row, at in zip(rows, places, strict=True)]
    taken: set[tuple[str, int, bool]] = set()
    for one, at in zip(listeners, places, strict=True):
        where = (*one.target, True) if one.connect else (one.bind, one.port, one.udp)
        if where in taken:
            what = f"{one.connect} is called" if one.connect else f"port {one.port} is listened on"
            raise Malformed(f"{what} already", where=at)
        taken.add(where)
    return tuple(listeners)


def _listener(row: Any, path: Path, at: str) -> Listener:
    known = {one.name: one for one in fields(Listener)}
    try:
        if not isinstance(row, dict) or "protocol" not in row:
            raise Malformed("needs protocol")
        for name in row:
            if name not in known:
                raise Malformed(f"there is no setting {name!r}")
        given = {name: _typed(value, known[name]) for name, value in row.items()}
        speech = speech_of(given["protocol"])
        one = Listener(**{"port": speech.port} | given)
        _check(one, speech)
        one.secured(path.parent)
    except Malformed as error:
        raise Malformed(str(error), where=at) from error
    return one


def _typed(value: Any, about: Field[Any]) -> Any:
    """The value in the type of the setting; Malformed where it has another."""
    default: Any = "" if about.default is MISSING else about.default
    if about.default_factory is not MISSING:
        default = {}
    kinds = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    kind = kinds.get(type(default), "a table")
    if isinstance(default, tuple):
        kind = "a list of texts"
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
    elif isinstance(default, float) and type(value) in (int, float):
        if 0 < value < 1e9:
            return float(value)
        kind = "a number above 0"
    elif type(value) is type(default):
        return value
    raise Malformed(f"{about.name} must be {kind}")


def _check(one: Listener, speech: Speech) -> None:
    """Malformed where settings are not what they say, or do not fit each other."""
    wrong = {
        "port must be a number from 1 to 65535": not 0 < one.port < 65_536,
        "most_connections and most_per_address must be 1 or more": (
            min(one.most_connections, one.most_per_address) < 1
        ),
        f"udp: {one.protocol} is not spoken over UDP": one.udp and not speech.is_datagram,
        "certificate: UDP is not encrypted; use TCP": one.udp and bool(one.certificate),
        "connect: UDP calls nobody": one.udp and bool(one.connect),
        f"connect must be named: devices of {one.protocol} wait to be called": (
            speech.leads and not one.connect
        ),
        "authority needs certificate where we are called": (
            bool(one.authority) and not one.connect and not one.certificate
        ),
        f"clients: {one.protocol} tells nobody anything": bool(one.clients) and not speech.tells,
        "clients must be a table from names or addresses to accounts": not all(
            isinstance(account, str) and account for account in one.clients.values()
        ),
        "certificate needs authority where we call": (
            bool(one.connect and one.certificate) and not one.authority
        ),
        "certificate and key belong together": bool(one.certificate) != bool(one.key),
        "sensor must hold {device} and {quantity}": (
            set(_PLACES.findall(one.sensor)) != {"{device}", "{quantity}"}
        ),
        "sensors must be a table from DEVICE.QUANTITY to keys of sensors": not all(
            isinstance(key, str) and is_key(key) for key in one.sensors.values()
        ),
    }
    for sentence, is_so in wrong.items():
        if is_so:
            raise Malformed(sentence)
    _try(one, speech)


def _try(one: Listener, speech: Speech) -> None:
    """Malformed where a setting says nothing that can be read."""
    looks: dict[str, Callable[[], Any]] = {
        "addresses": lambda: one.networks,
        "words": lambda: _talk(one, speech),
        "connect": lambda: one.connect and one.target,
    }
    for name, look in looks.items():
        try:
            look()
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            verb = "is" if name == "connect" else "are"
            raise Malformed(f"{name} {verb} not right ({error})") from error


def _talk(one: Listener, speech: Speech) -> Talk:
    return speech.talk(one.way)


def _zone(text: str) -> tzinfo:
    found = _OFFSET.fullmatch(text)
    if found is None:
        try:
            return ZoneInfo(text)
        except (ValueError, OSError, KeyError) as error:
            raise Malformed(f"zone {text!r} is neither +08:00 nor a name") from error
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-span if found[1] == "-" else span)
