"""The mapping of an OPC UA server: where it is, how the line is secured, and which nodes count."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.ua.ua_binary import nodeid_to_binary
from asyncua.ua.uaerrors import UaError

from anlan.connectors.mapping.points import Group, group_of, groups_of
from anlan.connectors.mapping.section import Section, only
from anlan.terms.errors import Malformed

Security = Literal["none", "sign", "encrypt"]
_FILES = ("certificate", "key", "server_certificate", "user_certificate", "user_key")
_LINK = ("url", "security", *_FILES, "user", "password_file", "timeout_s", "period_s",
         "repeat_s")  # fmt: skip
_READ = ("device", "period_s", "sensor", "values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One server. security: of the line, by Basic256Sha256 · user: with a password, or a
    certificate and its key · repeat_s: each value is read again so often, though it stays."""

    url: str
    security: Security = "none"
    certificate: Path | None = None
    key: Path | None = None
    server_certificate: Path | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    user_certificate: Path | None = None
    user_key: Path | None = None
    timeout_s: float = 4.0
    repeat_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Map:
    """One server and what is read of it."""

    link: Link
    groups: tuple[Group, ...]


def map_of(tables: Mapping[str, Any], where: str, folder: Path) -> Map:
    """The mapping in the tables of a file; files that it names are sought from `folder`."""
    only(tables, ("opcua", "read"), where)
    head = Section(tables.get("opcua"), f"{where} [opcua]")
    only(head.table, _LINK, head.where)
    period_s = head.span("period_s", 1.0)
    groups = groups_of(tables, where, lambda one: _group(one, period_s))
    return Map(_link(head, folder), groups)


def _group(section: Section, period_s: float) -> Group:
    only(section.table, _READ, section.where)
    return group_of(section, period_s, node_of)


def node_of(text: str) -> ua.NodeId:
    """The node of a text such as `ns=2;s=Tank.Level`."""
    try:
        node = ua.NodeId.from_string(text)
        nodeid_to_binary(node)  # whose numbers have bounds
        return node
    except (UaError, struct.error, ValueError) as error:
        raise Malformed(f"{text!r} is no node, such as ns=2;s=Tank.Level or ns=3;i=1001") from error


def _link(head: Section, folder: Path) -> Link:
    link = Link(
        url=_url(head), security=head.choice("security", get_args(Security), "none"),
        user=head.text("user", ""), password=head.secret("password_file", folder) or "",
        timeout_s=head.span("timeout_s", 4.0), repeat_s=head.span("repeat_s", 60.0),
        **{name: head.file(name, folder) for name in _FILES},
    )  # fmt: skip
    _check(link, head)
    return link


def _url(head: Section) -> str:
    url = head.text("url")
    try:
        found = urlsplit(url)
        is_right = found.scheme == "opc.tcp" and bool(found.hostname) and found.port is not None
    except ValueError:
        is_right = False
    if not is_right or "@" in url:
        head.fail("url must be opc.tcp://HOST:PORT, without a user: that is `user`")
    return url


def _check(link: Link, head: Section) -> None:
    """Malformed for keys that do not go together."""
    files = (link.certificate, link.key, link.server_certificate)
    wrong = {
        "security needs certificate, key and server_certificate": (
            link.security != "none" and None in files
        ),
        "certificate, key and server_certificate need security": (
            link.security == "none" and files != (None, None, None)
        ),
        "user and password_file belong together": bool(link.user) != bool(link.password),
        "user_certificate and user_key belong together": (
            (link.user_certificate is None) != (link.user_key is None)
        ),
        "user: by a password or by a certificate, not both": (
            bool(link.user) and link.user_certificate is not None
        ),
        "user: without security nobody knows who reads the password; security is sign or encrypt": (
            link.security == "none" and bool(link.user or link.user_certificate)
        ),
    }  # fmt: skip
    for sentence, is_so in wrong.items():
        if is_so:
            head.fail(sentence)
