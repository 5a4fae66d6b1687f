"""`anlan keys`: keys of sources: add, rotate, revoke, list."""

import time
from pathlib import Path
from typing import Any

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.sensors import registry_of
from anlan.site.cli.store import data_option
from anlan.terms.errors import Malformed
from anlan.terms.times import format_time

_EXAMPLES = """
\b
Examples:
  anlan keys add river-office --sensors 'river-*'
  anlan keys add gas-company --quantity chemical.flammable --rate 5000
  anlan keys rotate river-office      a second key; the old one still works
  anlan keys revoke 5f3a9c01          then take the old one back
  anlan keys list
"""


@click.group("keys", epilog=_EXAMPLES, short_help="Keys of sources: add, rotate, revoke, list.")
def command() -> None:
    """Keys with which sources send readings; each may write its own sensors only.

    A key is shown once, when it is made; only its hash is kept. Of one source two are valid at
    a time, so that it can change keys without a gap.
    """


@command.command("add")
@click.argument("source")
@click.option("--sensors", multiple=True, help="A sensor's key, or a pattern with *; repeatable.")
@click.option("--quantity", multiple=True, help="All sensors of a quantity that are known now.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Readings a second.")
@data_option
def add(source: str, sensors: tuple[str, ...], quantity: tuple[str, ...], **given: Any) -> None:
    """Make a key for a new SOURCE and print it, this once."""
    use_cache(given["data"])
    data: Path = given["data"]
    registry = _registry(data)
    if registry is not None and registry.keys_of(source):
        raise Malformed(f"{source} has a key already; `anlan keys rotate {source}` makes another")
    patterns = [*sensors, *_of_quantities(registry, quantity)]
    if not patterns:
        raise click.UsageError("say which sensors it may write: --sensors or --quantity")
    _make(data, source, patterns=patterns, rate=given["rate"])


def _of_quantities(registry: Any, names: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in names:
        sensors = [] if registry is None else registry.sensors
        own = [s.key for s in sensors if s.quantity in (name, name.partition(".")[2])]
        if not own:
            raise Malformed(f"no sensor of quantity {name} is registered")
        found += own
    return found


def _make(data: Path, source: str, *, patterns: list[str], rate: float | None) -> None:
    from anlan.history.registry import new_key
    from anlan.live.reach import Desk

    key, entry = new_key(source, patterns, at=time.time_ns() // 1_000_000)
    if rate is not None:
        entry["rate"] = rate
    with Desk(data) as desk:
        desk.enter([entry])
    click.echo(key)
    click.echo(f"key {entry['id']} of {source}; it is not shown again", err=True)


@command.command("rotate")
@click.argument("source")
@data_option
def rotate(source: str, data: Path) -> None:
    """Make the next key of SOURCE, with the same rights, and print it.

    The newest key before it stays valid until it is revoked or the next rotation.
    """
    use_cache(data)
    keys = registry_of(data).keys_of(source)
    if not keys:
        raise Malformed(f"{source} has no key; `anlan keys add {source} …` makes one")
    _make(data, source, patterns=list(keys[-1].sensors), rate=keys[-1].rate)


@command.command("revoke")
@click.argument("which")
@data_option
def revoke(which: str, data: Path) -> None:
    """Take back a key by its id, or all keys of a source; at once."""
    use_cache(data)
    from anlan.live.reach import Desk

    registry = registry_of(data)
    ids = [which] if which in registry.keys else [k.id for k in registry.keys_of(which)]
    if not ids:
        raise Malformed(f"no key and no source is called {which!r}; see `anlan keys list`")
    with Desk(data) as desk:
        desk.enter([{"type": "retire", "source_key": one} for one in ids])
    click.echo(f"{len(ids)} revoked")


@command.command("list")
@data_option
def show(data: Path) -> None:
    """List the keys: id, source, when it was made, rate, sensors."""
    registry = _registry(data)
    for key in registry.keys.values() if registry is not None else ():
        made = "" if key.at is None else format_time(key.at)
        rate = "no limit" if key.rate is None else f"{key.rate:g}/s"
        patterns = ", ".join(key.sensors[:5]) + (" …" if len(key.sensors) > 5 else "")
        click.echo("\t".join((key.id, key.source, made, rate, patterns)))


def _registry(data: Path) -> Any:
    """The registry, None where there is no store yet."""
    return registry_of(data) if (data / "history").exists() else None
