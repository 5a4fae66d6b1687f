"""Who has registered on a line, and how that was proved."""

import hashlib
from dataclasses import dataclass

from anlan.connectors.gb28181.settings import Settings
from anlan.connectors.gb28181.sip.digest import Account, challenge, credentials, is_right
from anlan.connectors.gb28181.sip.message import Message, address
from anlan.terms.errors import Malformed

_MOST_NONCES, _MOST_DEVICES = 64, 4_096
_LONGEST_S = 7 * 86_400
USUAL_S = 3_600
PASSWORD, STRANGER = "wrong password", "has not registered"
"""How the reasons begin for which a device is told 403."""


@dataclass(slots=True)
class Device:
    """What a device said of itself when it spoke last. own: how it calls us · domain: of that ·
    transport: UDP or TCP · until_ms: its registration ends then, 0 where it has none or is not told
    that yet · heard_ms: when it spoke last, 0 where it counts as gone."""

    own: str = ""
    domain: str = ""
    transport: str = "UDP"
    until_ms: int = 0
    heard_ms: int = 0


class Registrar:
    """The devices of one line."""

    def __init__(self, settings: Settings, far: str) -> None:
        self._settings, self._far = settings, far
        self._key = hashlib.sha256(f"{settings}".encode()).hexdigest()
        self._nonces: dict[str, tuple[str, str]] = {}
        self._count = 0
        self.devices: dict[str, Device] = {}

    def challenge(self, message: Message, now_ms: int) -> str:
        """The header that asks a device for its password, good for one registration."""
        self._count += 1
        text = f"{self._key} {self._far} {now_ms} {self._count}"
        nonce = hashlib.sha256(text.encode()).hexdigest()[:32]
        self._nonces[nonce] = ("", "")
        while len(self._nonces) > _MOST_NONCES:
            del self._nonces[next(iter(self._nonces))]
        one = self._settings
        return challenge(self.realm(message), nonce, one.algorithm, has_qop=one.qop)

    def realm(self, message: Message) -> str:
        """Our domain; where it is not set the first ten digits of our identifier."""
        return self._domain(address(message.uri).host, address(message.first("to")).user)

    def _domain(self, host: str, own: str) -> str:
        return self._settings.domain or self._settings.id[:10] or host or own[:10]

    def registered(self, message: Message) -> str:
        """The device that a REGISTER proves to be, or that leaves; empty where it must be
        challenged first. Malformed for a wrong password."""
        device = address(message.first("from")).user
        if not device:
            raise Malformed("the device does not say who it is")
        if self._settings.is_guarded and not self._is_proved(device, message):
            return ""
        if expires_of(message) == 0:
            self.devices.pop(device, None)
        else:
            self.heard(device, message)
        return device

    def lasts(self, device: str, message: Message, now_ms: int) -> None:
        """Notes when a registration ends, from each time that its REGISTER is said."""
        if (found := self.devices.get(device)) is not None:
            found.until_ms = now_ms + expires_of(message) * 1000

    def gone(self, now_ms: int) -> tuple[str, ...]:
        """Who has gone by now: whose registration ended, and is a stranger from now on; and who
        has been silent for too long, and is there again once heard."""
        silence_ms = self._settings.silence * 1000
        ended = [name for name, one in self.devices.items() if 0 < one.until_ms <= now_ms]
        for name in ended:
            del self.devices[name]
        silent = [
            name
            for name, one in self.devices.items()
            if silence_ms and 0 < one.heard_ms <= now_ms - silence_ms
        ]
        for name in silent:
            self.devices[name].heard_ms = 0
        return (*ended, *silent)

    def _is_proved(self, device: str, message: Message) -> bool:
        told = credentials(message.first("authorization"))
        name = (message.first("call-id"), message.first("cseq"))
        used_by = self._nonces.get(told.get("nonce", ""))
        if used_by is None or used_by not in (("", ""), name):
            return False  # not ours, or of another registration
        account = Account(told.get("username", ""), self._settings.password_of(device))
        if not account.password or not is_right(told, account, message.method):
            raise Malformed(f"{PASSWORD} of {device}")
        self._nonces[told["nonce"]] = name
        return True

    def heard(self, device: str, message: Message) -> Device:
        """Notes how a device speaks; the one heard last stands last."""
        found = self.devices.pop(device, None) or Device()
        self.devices[device] = found
        to = address(message.uri if message.method == "REGISTER" else message.first("to"))
        found.own = self._settings.id or to.user or found.own
        found.domain = self._domain(to.host, found.own)
        is_tcp = message.first("via").upper().startswith("SIP/2.0/TCP")
        found.transport = "TCP" if is_tcp else "UDP"
        if len(self.devices) > _MOST_DEVICES:
            del self.devices[next(iter(self.devices))]
        return found

    def device_of(self, message: Message) -> str:
        """Who speaks: on a line where a device has registered no other can. Empty for a stranger
        where devices must register."""
        said = address(message.first("from")).user
        if said in self.devices or not self._settings.is_guarded:
            return said
        return next(reversed(self.devices), "")


def expires_of(message: Message) -> int:
    """For how many seconds a device registers; 0 where it leaves."""
    said = address(message.first("contact")).words.get("expires") or message.first("expires")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        return USUAL_S
    return min(int(said), _LONGEST_S)
