"""`anlan cap`: messages of the Common Alerting Protocol, judged and signed; national ones too."""

import click

from anlan.site.cli.cap.check import check
from anlan.site.cli.cap.national import national
from anlan.site.cli.cap.sign import sign
from anlan.site.cli.cap.verify import verify_files

_EXAMPLES = """
\b
Examples:
  anlan cap check alert.xml
  anlan cap check --json inbox/*.xml      one JSON object a line
  anlan cap sign alert.xml --key office.key --cert office.pem --out signed.xml
  anlan cap verify signed.xml --trust anchors.pem
  anlan cap national write alert.xml --signer 王值班 --folder outbox
"""


@click.group("cap", epilog=_EXAMPLES, short_help="CAP messages: check, sign, verify, national.")
def command() -> None:
    """Messages of the Common Alerting Protocol (CAP 1.0, 1.1, 1.2) and national ones."""


for _command in (check, sign, verify_files, national):
    command.add_command(_command)
