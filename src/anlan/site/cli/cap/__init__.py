"""`anlan cap`: messages of the Common Alerting Protocol, read and judged."""

import click

from anlan.site.cli.cap.check import check

_EXAMPLES = """
\b
Examples:
  anlan cap check alert.xml
  anlan cap check --json inbox/*.xml      one JSON object a line
"""


@click.group("cap", epilog=_EXAMPLES, short_help="CAP messages: check.")
def command() -> None:
    """Messages of the Common Alerting Protocol (CAP 1.0, 1.1, 1.2)."""


command.add_command(check)
