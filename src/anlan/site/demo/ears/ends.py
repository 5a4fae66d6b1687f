"""Where the ears listen, and the options by which a demo's site finds them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from anlan.channels.speaker.ebd.signature import Seal
from anlan.sandtable.province.office import FEED
from anlan.site.demo.ports import free
from anlan.site.options import options_file

SCREENS = "/screens/"
SMS_USER, SMS_SENDER = "901234", "10690000"
_SECRET = "anlan-demo"  # noqa: S105 - of a demo's own telephones, on this machine only


OURS = Seal("0102030405ff", int("39" * 32, 16))
THEIRS = Seal("0a1b2c3d4e5f", int("27" * 32, 16))
"""What signs the packages to the demo's broadcast platform, and its answers: no secrets."""
SCREEN_KEY = "anlan-demo-screens"
PLATFORM, _SOURCE = "990100000000101001", "990100000000301001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Ports on the loopback."""

    mail: int
    sms: int
    speaker: int
    feed: int
    screens: int


def choose() -> Ends:
    """Ports that nobody has."""
    mail, sms, speaker, feed, screens = free(5)
    return Ends(mail=mail, sms=sms, speaker=speaker, feed=feed, screens=screens)


def write_options(data: Path, ends: Ends, *, address: str = "") -> None:
    """Lets the site of a demo send to its ears; address: of the site, as letters name it."""
    path = options_file(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {
        "address": address,
        "smtp_host": "127.0.0.1", "smtp_port": ends.mail, "smtp_security": "none",
        "mail_from": "anlan@demo.invalid", "sandbox_mail": ["drill@demo.invalid"],
        "sms_gateway": f"cmpp://127.0.0.1:{ends.sms}", "sms_user": SMS_USER,
        "sms_password": _SECRET, "sms_sender": SMS_SENDER, "sandbox_sms": ["19900009999"],
        "speaker_platform": f"http://127.0.0.1:{ends.speaker}/ebd", "device_private": True,
        "speaker_source": _SOURCE, "speaker_target": PLATFORM, "speaker_serial": "0102030405ff",
        "speaker_secret": "39" * 32, "speaker_platform_key": THEIRS.public.hex(),
        "screen_secret": SCREEN_KEY,
    }  # fmt: skip
    feed = {
        "key": "lanhai-met", "name": "岚海省气象台（虚构）", "every_s": 10, "private": True,
        "address": f"http://127.0.0.1:{ends.feed}{FEED}",
    }  # fmt: skip
    path.write_text(f"{_toml(lines)}[[feed]]\n{_toml(feed)}")


def _toml(lines: dict[str, object]) -> str:
    """Values by name; the texts of JSON are those of TOML."""
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines.items()
    )


def screens_at(ends: Ends) -> str:
    """Where the city's screens are; each by its key behind it."""
    return f"http://127.0.0.1:{ends.screens}{SCREENS}"


def settings_of(ends: Ends) -> dict[str, object]:
    """What the ears' process is told."""
    return asdict(ends)


def secret() -> str:
    """The password of the demo's message centre."""
    return _SECRET
