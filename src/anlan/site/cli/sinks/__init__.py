"""`anlan sinks`: ends of the channels, played, to try a site against; each a file of its own."""

import click

from anlan.site.cli.sinks.sms import sms

_EXAMPLES = """
\b
Examples:
  anlan sinks sms                          a message centre by CMPP, and its phones
  anlan sinks sms --protocol smpp --slow 2 --double
"""


@click.group("sinks", epilog=_EXAMPLES, short_help="Play the far ends of channels.")
def command() -> None:
    """Play the far ends of channels over real sockets, with faults by choice.

    Nothing leaves this machine: point a site's options at a sink, send a drill, and look.
    """


for _command in (sms,):
    command.add_command(_command)
