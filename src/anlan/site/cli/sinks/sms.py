"""`anlan sinks sms`: a message centre whose phones are this terminal."""

import json
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

import click

from anlan.channels.sms.cmpp.pdus import V2
from anlan.channels.sms.number import number_of
from anlan.sandtable.sinks.sms import Centre, CmppSpeech, Faults, Phones, SmppSpeech
from anlan.sandtable.sinks.sms.phones import Got
from anlan.sandtable.sinks.sms.speech import Speech

_PORTS = {"cmpp": 7890, "cmpp2": 7890, "smpp": 2775}
_HELP = """Play a message centre and its phones, by CMPP 3.0, CMPP 2.0 or SMPP 3.4.

Each part that a phone gets is one JSON line on standard output. What is typed as `NUMBER TEXT` is
what that phone writes back. The site needs, in its anlan.toml:

\b
  sms_gateway = "cmpp://127.0.0.1:7890"
  sms_user = "900001"
  sms_password = "88888888"

\b
Examples:
  anlan sinks sms
  anlan sinks sms --protocol smpp --port 2775
  anlan sinks sms --refuse 139 --fail 138 --slow 0.5     some numbers go wrong
  anlan sinks sms --cut-each 10 --double --lose-each 5   a bad day
  echo "13800138000 1" | anlan sinks sms --for 60        one reply, then quiet
"""


@click.command("sms", help=_HELP, short_help="A message centre and its phones.")
@click.option("--protocol", type=click.Choice(sorted(_PORTS)), default="cmpp", show_default=True)
@click.option("--port", type=int, help="Where to listen; the protocol's own by default.")
@click.option("--user", default="900001", show_default=True, help="The only account.")
@click.option("--password", default="88888888", show_default=True)
@click.option("--slow", "slow_s", type=float, default=0.0, help="Seconds before each answer.")
@click.option("--mute", is_flag=True, help="Never answer a part.")
@click.option("--nonsense", is_flag=True, help="Answer what is no answer.")
@click.option("--locked", is_flag=True, help="Let nobody in.")
@click.option("--cut-each", type=int, default=0, help="Break off after so many parts.")
@click.option("--busy-each", type=int, default=0, help="Refuse one part in so many for now.")
@click.option("--lose-each", "lost_each", type=int, default=0, help="Lose one report in so many.")
@click.option("--double", "doubled", is_flag=True, help="Send every report twice.")
@click.option("--refuse", "refused", multiple=True, help="Numbers that begin so are refused.")
@click.option("--fail", "failing", multiple=True, help="Numbers that begin so are not reached.")
@click.option("--for", "for_s", type=float, help="Seconds to play; else until stopped.")
def sms(
    protocol: str, port: int | None, user: str, password: str, for_s: float | None, **faults: Any
) -> None:
    speeches: dict[str, Speech] = {
        "cmpp": CmppSpeech(user, password),
        "cmpp2": CmppSpeech(user, password, V2),
        "smpp": SmppSpeech(user, password),
    }
    for name in ("refused", "failing"):
        faults[name] = tuple(f"{lead}{one}" for one in faults[name] for lead in ("", "86"))
    port = _PORTS[protocol] if port is None else port
    centre = Centre(speeches[protocol], _Shown(), port=port, faults=Faults(**faults))
    with centre:
        click.echo(f"{protocol}://127.0.0.1:{centre.port} is open; stop it with Ctrl+C", err=True)
        threading.Thread(target=_answers, args=(centre, protocol), daemon=True).start()
        _wait(for_s)


class _Shown(Phones):
    """Phones that show what they get."""

    def take(self, got: Got) -> None:
        super().take(got)
        click.echo(json.dumps(asdict(got), ensure_ascii=False))


def _answers(centre: Centre, protocol: str) -> None:
    """What is typed, as the answers of phones."""
    for line in sys.stdin:
        phone, _, text = line.strip().partition(" ")
        number = number_of(phone)
        if number is None or not text:
            click.echo("write: NUMBER TEXT", err=True)
            continue
        centre.reply(number.international if protocol == "smpp" else str(number), text)


def _wait(for_s: float | None) -> None:
    until_s = time.monotonic() + (for_s if for_s is not None else float("inf"))
    try:
        while time.monotonic() < until_s:
            time.sleep(min(1.0, max(0.0, until_s - time.monotonic())))
    except KeyboardInterrupt:
        return
