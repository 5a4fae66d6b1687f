"""How the broadcast platform is reached, who we are there, and how text becomes sound."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from anlan.channels.speaker.ebd.signature import Seal
from anlan.channels.web.target import Target, target_of
from anlan.terms.errors import Malformed

_CODE = re.compile(r"[0-9]{18}")
_SERIAL = re.compile(r"[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """platform: web address that packages are posted to · source, target: our resource code and
    the platform's, 18 digits · serial, secret: of our SM2 certificate, 12 hexadecimal digits, and
    its private key, 64 · platform_key: the platform's public key, 130 hexadecimal digits; without
    it the signatures of its answers are not judged · speech: a program that takes a text and gives
    a WAV, empty for none · recordings: folder of sound by digest · poll_s: how often it is asked
    what was played · patience_s: how long.

    Raises Malformed naming the field.
    """

    platform: str
    source: str
    target: str
    serial: str
    secret: str = field(repr=False)
    platform_key: str = ""
    allows_private: bool = False
    ca_file: str = ""
    speech: str = ""
    recordings: Path | None = None
    timeout_s: float = 30.0
    poll_s: float = 5.0
    patience_s: float = 7_200.0

    def __post_init__(self) -> None:
        address = target_of(self.platform, allows_private=True)
        wrong = {
            "platform": not isinstance(address, Target),
            "source": not _CODE.fullmatch(self.source),
            "target": not _CODE.fullmatch(self.target),
            "serial": not _SERIAL.fullmatch(self.serial),
            "secret": not re.fullmatch(r"[0-9a-fA-F]{64}", self.secret),
            "platform_key": not re.fullmatch(r"(04[0-9a-fA-F]{128})?", self.platform_key),
            "timeout_s": not 0 < self.timeout_s <= 120,
            "poll_s": not 0 < self.poll_s <= 3_600,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            # Without the value: it may be a key.
            raise Malformed("not fit for the broadcast platform", where=name)
        _ = self.seal.public

    @property
    def seal(self) -> Seal:
        """What signs packages."""
        return Seal(self.serial, int(self.secret, 16))

    @property
    def public(self) -> bytes | None:
        """What the platform's answers are judged by."""
        return bytes.fromhex(self.platform_key) or None
