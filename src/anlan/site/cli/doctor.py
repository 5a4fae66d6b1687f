"""`anlan doctor`: looks a site over and says what is wrong and what to do."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import click

from anlan.site.cli.store import data_option

_LITTLE_BYTES = 5_000_000_000
_KEY = "write 32 octets in base64, as openssl rand -base64 32 makes them"
_KEY_FILE = (
    "bring it back from a backup; without one remove it and start the site, which makes a new one: "
    "then every phone must ask anew"
)
_HELP = """Look a site over: settings, folder, disk, records, history, processes, clock.

Each line says ✓, or ✗ with what to do. Exit status: 0 nothing is wrong · 1 something is.

\b
Example:
  anlan doctor --data /srv/anlan
"""


class Finding(NamedTuple):
    """One thing that was looked at; advice: what to do where it is not well."""

    what: str
    is_well: bool
    advice: str = ""


@click.command(help=_HELP, short_help="Say what is wrong with a site, and what to do.")
@data_option
def command(data: Path) -> None:
    found = list(look(data))
    for one in found:
        click.echo(f"✓ {one.what}" if one.is_well else f"✗ {one.what}\n  → {one.advice}")
    sys.exit(0 if all(one.is_well for one in found) else 1)


def look(data: Path) -> Iterator[Finding]:
    """Everything that can be found out from outside, cheapest first."""
    yield Finding(f"Python {sys.version.split()[0]}", sys.version_info >= (3, 11), "use 3.11+")
    yield from _settings(data)
    if not data.is_dir():
        yield Finding(f"no data folder {data}", False, f"anlan serve --data {data} makes it")
        return
    yield Finding(f"{data} can be written", os.access(data, os.W_OK), "give it to the site's user")
    free = shutil.disk_usage(data).free
    told = f"{free / 1e9:,.1f} GB free"
    yield Finding(told, free > _LITTLE_BYTES, "make room, or anlan store compact")
    yield from _push(data)
    yield from _records(data)
    yield from _history(data)
    yield from _processes(data)


def _settings(data: Path) -> Iterator[Finding]:
    from anlan.site.options import FILE, read
    from anlan.terms.errors import Malformed

    try:
        read(data / FILE)
        where = f"in {data / FILE}" if (data / FILE).exists() else "are the defaults"
        yield Finding(f"settings {where}", True)
    except Malformed as error:
        yield Finding(str(error), False, "mend that line; docs/reference/settings.md has them all")
    yield from _devices(data)
    yield from _ways(data)


def _devices(data: Path) -> Iterator[Finding]:
    """The field gateway's settings, where there is one."""
    from anlan.live.gateway.settings import has_gateway, listeners_in
    from anlan.terms.errors import Malformed

    if not has_gateway(data):
        return
    try:
        names = ", ".join(one.name for one in listeners_in(data))
        yield Finding(f"devices are listened for at {names}", True)
    except Malformed as error:
        yield Finding(str(error), False, "mend it; docs/how-to/connect-devices.md has them all")


def _ways(data: Path) -> Iterator[Finding]:
    """The mappings of ways in, where there are any."""
    from anlan.live.ways.settings import looked

    found = looked(data)
    if right := [one.name for one in found if one.way]:
        yield Finding(f"readings also come by {', '.join(right)}", True)
    advice = "mend the file, it is read again soon; docs/reference/mapping.md has all keys"
    yield from (Finding(one.why, False, advice) for one in found if one.why)


def _push(data: Path) -> Iterator[Finding]:
    """The key that names this site to the push services of browsers."""
    from anlan.channels.push import Settings, kept_key
    from anlan.site.options import FILE, push_file, read
    from anlan.terms.errors import Malformed

    if not (data / "desk").is_dir():
        return
    what, file = "key for browser notifications", push_file(data)
    try:
        told = read(data / FILE).push_key
    except Malformed:
        return  # its line is named already
    if not told and not file.exists():
        advice = f"anlan serve --data {data} --pages makes one, or set push_key"
        yield Finding(f"no {what}", False, advice)
        return
    try:
        key = told or kept_key(file)
        public = Settings(key=key, contact="mailto:doctor@anlan.invalid").public
        yield Finding(f"{what}: {public}", True)
    except Malformed:
        where = f"push_key in {data / FILE}" if told else str(file)
        yield Finding(f"{what}: {where} is empty or damaged", False, _KEY if told else _KEY_FILE)


def _records(data: Path) -> Iterator[Finding]:
    path = data / "desk" / "desk.sqlite3"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as records:
            told = str(records.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    yield Finding("records are sound" if told == "ok" else f"records: {told}", told == "ok",
                  "stop the site and bring the records back: anlan restore")  # fmt: skip


def _history(data: Path) -> Iterator[Finding]:
    from anlan.history.log import Log, store_in
    from anlan.terms.errors import AnlanError

    if not store_in(data).exists():
        yield Finding("no history yet", True)
        return
    try:
        with Log.open(store_in(data)) as log:
            yield Finding(f"history opens, epoch {log.epoch}, {log.last():,} records", True)
    except AnlanError as error:
        yield Finding(f"history: {error}", False, "anlan store verify, then anlan restore")


def _processes(data: Path) -> Iterator[Finding]:
    from contextlib import closing as let_go

    from anlan.live.reach import running
    from anlan.terms.errors import AnlanError

    try:
        live = running(data)
        if live is None:
            yield Finding("the site does not run", False, f"anlan serve --data {data}")
            return
        with let_go(live):
            told = live.ask("GET", "/healthz")
    except AnlanError as error:
        yield Finding(f"the site does not answer: {error}", False, "look at its log")
        return
    yield Finding(f"live process: {told['status']}, {told['lag_s']} s behind",
                  told["status"] == "ok", str(told.get("trouble", "look at its log")))  # fmt: skip
