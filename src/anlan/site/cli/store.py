"""`anlan store`: verify, compact, export and restore the store of a data folder."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

_EXAMPLES = """
\b
Examples:
  anlan store verify
  anlan store verify --data /srv/anlan --set-aside
  anlan store compact --raw-days 400
  anlan store export /backup/anlan-2026-07-01
  anlan store restore /backup/anlan-2026-07-01 --data /srv/anlan
"""
FOLDER = click.Path(path_type=Path, file_okay=False)
_STEPS = 1000


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR`, as every command that touches a store takes it."""
    return click.option(
        "--data",
        type=FOLDER,
        default=Path("data"),
        envvar="ANLAN_DATA",
        show_default=True,
        help="The data folder; or set ANLAN_DATA.",
    )(function)


@contextlib.contextmanager
def progress_of(label: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error, on a terminal only; hears the share that is done."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, int(share * _STEPS) - bar.pos))


@click.group("store", epilog=_EXAMPLES, short_help="Check, tidy, copy and restore the store.")
def command() -> None:
    """Check, tidy, copy and restore the store: the log of all readings and changes.

    A store is the folder `history` in the data folder. All commands but restore may run while
    `anlan serve` writes.
    """


@command.command("verify")
@data_option
@click.option("--set-aside", is_flag=True, help="Move damaged sealed files to quarantine.")
def verify(data: Path, set_aside: bool) -> None:
    """Read every record and every sealed file, and name what is damaged.

    Damage costs only what it hit; the rest stays readable. Exit status: 0 sound · 1 damaged, or
    there is no store.
    """
    from anlan.history.log import store_in
    from anlan.history.store import verify as check

    with progress_of("verifying") as progress:
        health = check(store_in(data), set_aside=set_aside, progress=progress)
    click.echo(
        f"epoch {health.epoch}: {health.records:,} records, {health.readings:,} readings, "
        f"{health.files:,} sealed files"
    )
    for name in health.aside:
        click.echo(f"set aside earlier: quarantine/{name}")
    for damage in health.damage:
        click.echo(f"damaged: {damage}", err=True)
    if not health.is_sound:
        raise click.ClickException(f"{len(health.damage)} damaged; everything else can be read")
    click.echo("sound")


@command.command("compact")
@data_option
@click.option("--raw-days", type=click.IntRange(min=1), help="Keep raw readings for so many days.")
@click.option("--minute-days", type=click.IntRange(min=1), help="Keep minutes for so many days.")
@click.option("--hour-days", type=click.IntRange(min=1), help="Keep hours for so many days.")
def compact(data: Path, **given: int | None) -> None:
    """Seal what can be sealed, join small files, let go of what is too old.

    `anlan serve` does this by itself. Beside a running writer everything but the newest part of
    the log is sealed. Days are counted back from the newest sealed day; without options raw
    readings stay for 400 days, minutes for 1100, hours and days for ever.
    """
    from anlan.history.log import store_in
    from anlan.history.parts.manifest import Kind
    from anlan.history.seal import Retention
    from anlan.history.store import compact as tidy

    rule = Retention(**{name: days for name, days in given.items() if days is not None})
    manifest = tidy(store_in(data), retention=rule, progress=_show_records())
    rows = sum(part.rows for part in manifest.of(Kind.READINGS))
    size = sum(part.bytes for part in manifest.parts)
    each = f", {size / rows:.2f} bytes each" if rows else ""
    click.echo(f"sealed up to record {manifest.sealed_to:,}: {rows:,} readings{each}")


def _show_records() -> Callable[[int], None]:
    def show(seq: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\rsealed up to record {seq:,}", nl=False, err=True)

    return show


@command.command("export")
@click.argument("folder", type=FOLDER)
@data_option
def export(folder: Path, data: Path) -> None:
    """Copy the whole store, as it is at one moment, to a new FOLDER.

    It may run beside `anlan serve`. The folder is there complete, or not at all; bring it back
    with `anlan store restore`. For a file of readings see `anlan export`.
    """
    from anlan.history.log import store_in
    from anlan.history.store import back_up

    with progress_of("copying") as progress:
        back_up(store_in(data), folder, progress=progress)
    click.echo(f"copied to {folder}")


@command.command("restore")
@click.argument("folder", type=FOLDER)
@data_option
def restore(folder: Path, data: Path) -> None:
    """Make the copy in FOLDER the store of a data folder that has none.

    FOLDER is what `anlan store export` wrote, or a data folder copied from elsewhere. The
    restored store begins a new epoch: who follows its changes by cursor is told so and begins
    anew.
    """
    from anlan.history.log import store_in
    from anlan.history.store import restore as bring_back

    with progress_of("restoring") as progress:
        epoch = bring_back(folder, store_in(data), progress=progress)
    click.echo(f"restored to {store_in(data)}, epoch {epoch}")
