"""`anlan audit`: whether the chain of what people did is whole."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from anlan.site.cli.store import data_option

_EXAMPLES = """
\b
Examples:
  anlan audit verify
  anlan audit verify --data /srv/anlan
"""


@click.group("audit", epilog=_EXAMPLES, short_help="Verify the chain of what people did.")
def command() -> None:
    """The audit chain: every write of the site leaves a line that hangs on the one before.

    Its head goes into the ordered log each minute, out of reach of whoever can change the records.
    """


@command.command("verify")
@data_option
def check(data: Path) -> None:
    """Look for changed, removed and inserted lines, and name them; status 1 where there are any."""
    os.environ["ANLAN_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
    import django

    django.setup()
    from anlan.apps.people.models import AuditLine
    from anlan.apps.people.queries.chain import noted_in
    from anlan.apps.people.queries.verify import verify

    heads = noted_in(_notes(data))
    breaks = verify(heads)
    for one in breaks:
        click.echo(str(one))
    if breaks:
        raise SystemExit(1)
    last = max((head.number for head in heads), default=0)
    click.echo(f"whole: {AuditLine.objects.count()} lines; the log vouches for them up to {last}")


def _notes(data: Path) -> Iterator[str]:
    """The notes of the ordered log; none where there is no store yet."""
    from anlan.history.log import Log, RecordKind, store_in

    if not (store_in(data) / "store.json").exists():
        return
    with Log.open(store_in(data)) as log:
        for record in log.records(kinds={RecordKind.NOTE}):
            yield record.body.decode("utf-8", "replace")
