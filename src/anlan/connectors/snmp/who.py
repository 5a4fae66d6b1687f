"""Who speaks: a community of v2c, or a user of v3 with the keys that prove and hide."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pysnmp.entity import config
from pysnmp.hlapi.v3arch.asyncio import CommunityData, UsmUserData

from anlan.connectors.mapping.section import Section

KEYS = ("version", "community_file", "user", "auth", "auth_file", "privacy", "privacy_file")
_LEAST = 8
_AUTH = {
    "sha": config.USM_AUTH_HMAC96_SHA, "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256, "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}  # fmt: skip
_PRIVACY = {
    "aes128": config.USM_PRIV_CFB128_AES, "aes192": config.USM_PRIV_CFB192_AES,
    "aes256": config.USM_PRIV_CFB256_AES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """user: empty for v2c · privacy: empty where what is said is proved, but not hidden."""

    community: str = field(default="", repr=False)
    user: str = ""
    auth: str = ""
    auth_key: str = field(default="", repr=False)
    privacy: str = ""
    privacy_key: str = field(default="", repr=False)

    @property
    def level(self) -> int:
        """Of v3, as the protocol counts: 2 proved, 3 also hidden."""
        return 3 if self.privacy else 2

    def keys(self) -> dict[str, Any]:
        """Of a user, as pysnmp takes them."""
        found = {"authKey": self.auth_key, "authProtocol": _AUTH[self.auth]}
        if self.privacy:
            found |= {"privKey": self.privacy_key, "privProtocol": _PRIVACY[self.privacy]}
        return found

    def data(self) -> Any:
        """As pysnmp takes it to ask."""
        if self.user:
            return UsmUserData(self.user, **self.keys())  # noqa: S509 - the keys are in `keys`
        return CommunityData(self.community, mpModel=1)  # noqa: S508 - most devices know no v3


def who_of(section: Section, folder: Path) -> Who:
    """Who speaks, of the keys of a table; secrets stand in files."""
    if section.choice("version", ("2c", "3"), "2c") == "2c":
        for name in KEYS[2:]:
            if name in section:
                section.fail(f'{name} belongs to version "3"')
        return Who(community=section.secret("community_file", folder) or "public")
    if "community_file" in section:
        section.fail('community_file belongs to version "2c"')
    has_privacy = "privacy_file" in section or "privacy" in section
    return Who(
        user=section.text("user"), auth=section.choice("auth", tuple(_AUTH), "sha256"),
        auth_key=_key(section, "auth_file", folder),
        privacy=section.choice("privacy", tuple(_PRIVACY), "aes128") if has_privacy else "",
        privacy_key=_key(section, "privacy_file", folder) if has_privacy else "",
    )  # fmt: skip


def _key(section: Section, name: str, folder: Path) -> str:
    key = section.secret(name, folder, _LEAST)
    if key is None:
        section.fail(f"needs {name}: the passphrase of the user")
    return key
