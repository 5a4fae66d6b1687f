"""The options of a site: one file, `anlan.toml` in the data folder, every one with a default."""

import os
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from anlan.cap.national.identifier import is_unit
from anlan.channels.broker import is_broker
from anlan.channels.chat.room import room_of
from anlan.channels.email.mailbox import reason_against
from anlan.channels.push import kept_key, made_key
from anlan.channels.sms.number import plain
from anlan.channels.sms.settings import is_gateway
from anlan.channels.sms.web import FILE as DESCRIBED
from anlan.channels.sms.web import gateway_in
from anlan.channels.voice.number import reason_against as undialled
from anlan.channels.voice.settings import is_exchange
from anlan.channels.web.target import Target, target_of
from anlan.connectors.feeds import Feed, feeds_of
from anlan.live.journal import FORMS
from anlan.terms.errors import Malformed

FILE = "anlan.toml"
DATA, DEMO, SERVED = "ANLAN_DATA", "ANLAN_DEMO", "ANLAN_SERVED"
"""Environment: the data folder; and, set to 1 by `anlan demo` only, that this is a demo."""
_CHOICES = {"log_format": FORMS, "warning_webhook_form": ("json", "xml")}
WAYS_TO_MANY = ("email", "sms", "push", "webhook", "mqtt")
_LONGEST = 512
_ADDRESS = re.compile(r"(https?://[^\s/?#]+)?")


def _is_mailbox(text: str) -> bool:
    return reason_against(text) is None


def _is_web_address(text: str) -> bool:
    return len(text) <= _LONGEST and isinstance(target_of(text, allows_private=True), Target)


def _is_own_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def _is_mobile(text: str) -> bool:
    return bool(plain(text))


def _is_empty_or_unit(text: str) -> bool:
    return not text or is_unit(text)


def _is_empty_or_web_address(text: str) -> bool:
    return not text or _is_web_address(text)


def _is_room(text: str) -> bool:
    return len(text) <= _LONGEST and room_of(text) is not None


def _is_gateway(text: str) -> bool:
    return not text or is_gateway(text) or text.startswith(DESCRIBED)


def _is_telephone(text: str) -> bool:
    return undialled(text) is None


def _is_empty_or_exchange(text: str) -> bool:
    return not text or is_exchange(text)


def _is_empty_or_broker(text: str) -> bool:
    return not text or is_broker(text)


_WRITTEN = {
    "voice_exchange": (_is_empty_or_exchange, "empty or such as sip:10.1.2.3:5060"),
    "address": (_is_own_address, "empty or such as https://anlan.county.example"),
    "speaker_platform": (_is_empty_or_web_address, "empty or such as https://platform.example/ebd"),
    "screen_broker": (_is_empty_or_broker, "empty or such as mqtts://broker.county.example"),
    "sender_code": (_is_empty_or_unit, "empty or 14 digits, such as 33010041600000"),
    "sms_gateway": (_is_gateway, "empty or such as cmpp://10.1.2.3:7890 or file:sms.toml"),
}
"""Texts of a form of their own, and how one looks."""
_SINKS = {
    "sandbox_mail": (_is_mailbox, "mailboxes"),
    "sandbox_webhook": (_is_web_address, "web addresses"),
    "sandbox_sms": (_is_mobile, "mobile numbers"),
    "sandbox_voice": (_is_telephone, "telephone numbers"),
    "sandbox_chat": (_is_room, "chat groups such as dingtalk+https://host/path?key=…#secret"),
    "warning_chats": (_is_room, "chat groups such as dingtalk+https://host/path?key=…#secret"),
    "warning_webhooks": (_is_web_address, "web addresses"),
    "mass_off": (WAYS_TO_MANY.__contains__, "ways: email, sms, push, webhook, mqtt"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What city IT may set; docs/reference/settings.md says what each is for."""

    name: str = "安澜"
    database: str = ""
    hosts: tuple[str, ...] = ()
    https: bool = False
    sender_code: str = ""
    address: str = ""
    session_hours: int = 12
    password_length: int = 10
    lockout_tries: int = 5
    lockout_minutes: int = 15
    time_zone: str = "Asia/Shanghai"
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"
    mail_from: str = ""
    webhook_secret: str = ""
    webhook_private: bool = False
    warning_webhooks: tuple[str, ...] = ()
    warning_webhook_form: str = "json"
    sandbox_mail: tuple[str, ...] = ()
    sandbox_webhook: tuple[str, ...] = ()
    sandbox_sms: tuple[str, ...] = ()
    sandbox_voice: tuple[str, ...] = ()
    warning_chats: tuple[str, ...] = ()
    sandbox_chat: tuple[str, ...] = ()
    chat_at_all: bool = False
    sms_gateway: str = ""
    sms_user: str = ""
    sms_password: str = ""
    sms_sender: str = ""
    sms_service: str = ""
    sms_rate: int = 50
    sms_window: int = 16
    sms_lines: int = 1
    sms_flash: bool = False
    sms_callback_secret: str = ""
    voice_exchange: str = ""
    voice_domain: str = ""
    voice_user: str = ""
    voice_password: str = ""
    voice_caller: str = ""
    voice_registers: bool = False
    voice_prefix: str = ""
    voice_lines: int = 4
    voice_recordings: str = ""
    speaker_platform: str = ""
    speaker_source: str = ""
    speaker_target: str = ""
    speaker_serial: str = ""
    speaker_secret: str = ""
    speaker_platform_key: str = ""
    speech_command: str = ""
    screen_secret: str = ""
    screen_broker: str = ""
    screen_user: str = ""
    screen_password: str = ""
    device_private: bool = False
    push_key: str = ""
    push_contact: str = ""
    mqtt_broker: str = ""
    mqtt_user: str = ""
    mqtt_password: str = ""
    mqtt_topics: str = "anlan/warnings/"
    sms_batch_gateway: str = ""
    sms_batch_key: str = ""
    sms_batch_rate: int = 0
    mass_off: tuple[str, ...] = ()
    mass_senders: int = 2
    feed: tuple[Feed, ...] = ()
    basemap: str = ""
    basemap_gcj02: bool = False
    upload_bytes: int = 20_000_000
    log_format: str = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """A site at work: its data folder, its options, and whether it is a demo; is_served: whether a
    live service belongs to it, which alone writes the log."""

    data: Path
    options: Options = field(default_factory=Options)
    is_demo: bool = False
    is_served: bool = False

    @property
    def ready_file(self) -> Path:
        """There once the records are ready for pages; renewed at every start."""
        return self.data / "desk" / "ready"

    @property
    def work_file(self) -> Path:
        """Where the work process tells how its tasks do."""
        return self.data / "desk" / "work.json"

    @property
    def recordings(self) -> Path:
        """Where the recordings for loudspeakers and telephones lie, each named by its SHA-1."""
        return self.data / "files" / "recordings"

    @property
    def public_folder(self) -> Path:
        """Where the public's pages stand as files, all of them made anew from the records."""
        return self.data / "public"

    @property
    def ends_file(self) -> Path:
        """Where the first process of the site tells which parts ended unasked."""
        return self.data / "desk" / "ends.json"


def place() -> Place:
    """The site that this process belongs to, by its environment."""
    data = Path(os.environ.get(DATA) or "data")
    here = place_in(data, is_demo=os.environ.get(DEMO) == "1")
    return replace(here, is_served=os.environ.get(SERVED) == "1")


def place_in(data: Path, *, is_demo: bool) -> Place:
    """The site of a data folder; with a key for push services once it has a place for records."""
    if (key := push_file(data)).parent.is_dir():
        made_key(key)
    return Place(data, options_of(data, is_demo=is_demo), is_demo)


def options_file(data: Path) -> Path:
    """Where a demo writes how its site finds the far ends that it plays."""
    return data / "sandtable" / "options.toml"


def push_file(data: Path) -> Path:
    """Where the key lies that names a site to push services."""
    return data / "desk" / "push.key"


def options_of(data: Path, *, is_demo: bool) -> Options:
    """The options of a site; of a demo without a file of its own, those that it wrote.

    Where they name no key for push services it is the one that the site made; where they name
    nobody to complain to, it is whoever sends its mail, or the site itself.
    """
    path = data / FILE
    told = read(options_file(data) if is_demo and not path.exists() else path)
    contact = f"mailto:{told.mail_from}" if told.mail_from else told.address
    if not contact.startswith(("mailto:", "https://")):
        return told
    return replace(
        told, push_key=told.push_key or kept_key(push_file(data)),
        push_contact=told.push_contact or contact,
    )  # fmt: skip


def read(path: Path) -> Options:
    """The options of a file; the defaults where there is none.

    Raises Malformed naming the line or the option that is wrong.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Options()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Malformed(str(error), where=str(path)) from error
    known = {one.name: one for one in fields(Options)}
    for name, value in found.items():
        if name not in known:
            raise Malformed(f"there is no option {name!r}", where=str(path))
        found[name] = _checked(name, value, known[name].default, where=str(path))
    if (gateway := found.get("sms_gateway", "")).startswith(DESCRIBED):
        described = path.absolute().parent / gateway.removeprefix(DESCRIBED)
        gateway_in(described)
        found["sms_gateway"] = f"{DESCRIBED}{described}"
    return Options(**found)


def _checked(name: str, value: Any, default: Any, *, where: str) -> Any:
    """The value in the default's type, and one of its choices where there are some."""
    if name == "feed" and isinstance(value, list):
        return _feeds(value, where=where)
    if isinstance(default, tuple) and isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            is_right, what = _SINKS.get(name, (None, ""))
            if is_right is not None and not all(map(is_right, value)):
                raise Malformed(f"{name} must be a list of {what}", where=where)
            return tuple(value)
    elif name in _WRITTEN and isinstance(value, str) and not _WRITTEN[name][0](value):
        raise Malformed(f"{name} must be {_WRITTEN[name][1]}", where=where)
    elif type(value) is type(default) and value in _CHOICES.get(name, (value,)):
        return value
    kinds = {tuple: "a list of texts", bool: "true or false", int: "a whole number"}
    kind = " or ".join(_CHOICES.get(name, ())) or kinds.get(type(default), "a text")
    # Without the value: it may be a password that lacks its quotes.
    raise Malformed(f"{name} must be {kind}", where=where)


def _feeds(rows: list[Any], *, where: str) -> tuple[Feed, ...]:
    """The feeds of official warnings; Malformed naming the file and the feed that is wrong."""
    try:
        return feeds_of(rows)
    except Malformed as error:
        raise Malformed(str(error), where=where) from error
