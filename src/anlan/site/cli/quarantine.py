"""`anlan quarantine`: rows that could not be taken: list, replay, drop."""

import json
from pathlib import Path

import click

from anlan.live.supervisor import use_cache
from anlan.site.cli.store import data_option
from anlan.terms.times import format_time

_EXAMPLES = """
\b
Examples:
  anlan quarantine list
  anlan quarantine list --source river-office --limit 20
  anlan sensors import new.csv --pack flood && anlan quarantine replay
  anlan quarantine drop --source river-office
"""


@click.group("quarantine", epilog=_EXAMPLES, short_help="Rows that could not be taken.")
def command() -> None:
    """Rows of unknown sensors and rows that cannot be read, as they came in.

    Of each source the newest 10,000 are kept; what had to go is counted.
    """


@command.command("list")
@click.option("--source", help="Of this source only.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True)
@data_option
def show(source: str | None, limit: int, data: Path) -> None:
    """Show rows as JSON, one a line; how many there are goes to standard error."""
    from anlan.live.quarantine import Quarantine

    quarantine = Quarantine(data)
    for row in quarantine.rows(source, limit=limit):
        told = {
            "source": row.source,
            "at": format_time(row.at),
            "code": row.code,
            "reason": row.reason,
            "row": row.body.decode(errors="replace"),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    for count in quarantine.counts():
        if source in (None, count.source):
            click.echo(f"{count.source}: {count.kept:,} kept, {count.lost:,} lost", err=True)


@command.command("replay")
@click.option("--source", help="Of this source only.")
@data_option
def replay(source: str | None, data: Path) -> None:
    """Try the rows again, for example after their sensors were registered.

    What is stored leaves the quarantine; the rest stays, with its reason as of now.
    """
    use_cache(data)
    from anlan.live.reach import Desk

    with Desk(data) as desk:
        found = desk.requeue(source)
    kept = ", ".join(f"{code} {n:,}" for code, n in sorted(found["kept"].items())) or "none"
    click.echo(
        f"{found['accepted']:,} stored, {found['duplicates']:,} were stored before; kept: {kept}"
    )


@command.command("drop")
@click.option("--source", help="Of this source only.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
def drop(source: str | None, data: Path, *, yes: bool) -> None:
    """Let rows go for good."""
    from anlan.live.quarantine import Quarantine

    if not yes:
        click.confirm(f"Drop the quarantined rows of {source or 'all sources'}?", abort=True)
    click.echo(f"{Quarantine(data).drop(source):,} dropped")
