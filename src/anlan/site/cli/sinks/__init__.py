"""`anlan sinks`: ends of the channels, played, to try a site against; each a file of its own."""

import click

from anlan.site.cli.sinks.screen import screen
from anlan.site.cli.sinks.sms import sms
from anlan.site.cli.sinks.speaker import speaker
from anlan.site.cli.sinks.voice import voice

_EXAMPLES = """
\b
Examples:
  anlan sinks sms                          a message centre by CMPP, and its phones
  anlan sinks sms --protocol smpp --slow 2 --double
  anlan sinks speaker 33109910120131401001 --secret 3939…39
  anlan sinks screen --secret 'a key of more than 16 bytes'
  anlan sinks voice --press 1                a telephone exchange; everybody presses 1
"""


@click.group("sinks", epilog=_EXAMPLES, short_help="Play the far ends of channels.")
def command() -> None:
    """Play the far ends of channels over real sockets, with faults by choice.

    Nothing leaves this machine: point a site's options at a sink, send a drill, and look.
    """


for _command in (screen, sms, speaker, voice):
    command.add_command(_command)
