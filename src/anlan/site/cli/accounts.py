"""`anlan accounts`: the first administrator of a site; all other accounts are made on its pages."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from anlan.site.cli.store import data_option

_EXAMPLES = """
\b
Examples:
  anlan accounts first zhang
  anlan accounts first zhang --data /srv/anlan
"""


@click.group("accounts", epilog=_EXAMPLES, short_help="Make the first administrator of a site.")
def command() -> None:
    """Accounts are made on the pages, by administrators; this makes the first of them."""


@command.command("first")
@click.argument("account")
@click.password_option(help="Asked for when it is not given.")
@data_option
def first(account: str, password: str, data: Path) -> None:
    """Make the administrator ACCOUNT, over the whole site; only where there is none yet."""
    os.environ["ANLAN_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
    import django

    django.setup()
    from django.utils.translation import override

    from anlan.apps.people.actions.posts import make_administrator
    from anlan.apps.people.asker import Machine
    from anlan.site.crew.prepare import migrate

    migrate(data)
    now = datetime.now(UTC)
    with override("en"):
        make_administrator(Machine("cli", now), key=account, password=password)
    click.echo(f"{account} is the administrator; sign in at /login")
