"""The mapping of a cloud: which it is, where it calls, and what its messages look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from anlan.connectors.mapping.clocks import ARRIVAL
from anlan.connectors.mapping.form import Form, form_of
from anlan.connectors.mapping.section import Section, only
from anlan.terms.errors import Malformed

Cloud = Literal["ctwing", "onenet", "other"]
Check = Literal["token", "hmac-sha256"]
_HEAD = ("cloud", "bind", "port", "path", "secret_file", "check", "header", "certificate", "key")
_LEAST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where a cloud calls and how it proves who it is. secret: what both know · check: of clouds
    that have no way of their own · header: where a signature stands, in lower case."""

    cloud: Cloud
    bind: str
    port: int
    path: str
    secret: str
    check: Check = "token"
    header: str = "x-signature"
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """A cloud and its messages; the first form that fits a message reads it."""

    hook: Hook
    forms: tuple[Form, ...]


def map_of(tables: Mapping[str, Any], where: str, folder: Path) -> Map:
    """The mapping in the tables of a file; files that it names are sought from `folder`."""
    only(tables, ("webhook", "message"), where)
    hook = _hook(Section(tables.get("webhook"), f"{where} [webhook]"), folder)
    rows = tables.get("message")
    if not isinstance(rows, list) or not rows:
        raise Malformed("needs at least one [[message]]", where=where)
    sections = [Section(one, f"{where} [[message]] {n}") for n, one in enumerate(rows, 1)]
    return Map(hook, tuple(_form(one) for one in sections))


def _form(section: Section) -> Form:
    form = form_of(section)
    if form.clock.unit == ARRIVAL:
        section.fail("time_unit: a cloud calls again, so its messages must tell their time")
    if form.payload != "json":
        section.fail("payload: clouds send JSON")
    return form


def _hook(section: Section, folder: Path) -> Hook:
    only(section.table, _HEAD, section.where)
    cloud: Cloud = section.choice("cloud", get_args(Cloud))
    path = section.text("path", f"/{cloud}")
    if not path.startswith("/") or "?" in path or not path.isascii() or not path.isprintable():
        section.fail("path must begin with / and be plain")
    certificate, key = section.file("certificate", folder), section.file("key", folder)
    if (certificate is None) != (key is None):
        section.fail("certificate and key belong together")
    if cloud == "onenet" and "check" in section:
        section.fail("check: OneNET has a way of its own")
    return Hook(
        cloud=cloud, bind=section.text("bind", "127.0.0.1"),
        port=section.whole("port", None, least=1), path=path, secret=_secret(section, folder),
        check=section.choice("check", get_args(Check), "token"),
        header=section.text("header", "x-signature").lower(), certificate=certificate, key=key,
    )  # fmt: skip


def _secret(section: Section, folder: Path) -> str:
    secret = section.secret("secret_file", folder, _LEAST)
    if secret is None:
        section.fail("needs secret_file: who may call must prove it")
    return secret
