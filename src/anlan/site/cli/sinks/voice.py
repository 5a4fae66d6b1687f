"""`anlan sinks voice`: a telephone exchange whose telephones are this terminal."""

import json
import sys
import threading
import time
from typing import Any

import click

from anlan.channels.voice.sip.digest import Login
from anlan.sandtable.sinks.voice import Faults, Rung, Switch

_HELP = """Play a telephone exchange and its telephones, by SIP over UDP.

Whatever happens to a call is one JSON line on standard output. What is typed as `NUMBER KEYS`
picks up that telephone and presses the keys. The site needs, in its anlan.toml:

\b
  voice_exchange = "sip:127.0.0.1:5060"
  voice_user = "anlan"
  voice_password = "anlan-demo"

\b
Examples:
  anlan sinks voice                                     pick up after a second
  anlan sinks voice --press 1 --after 4                 everybody confirms
  anlan sinks voice --busy 139 --decline 138 --silent 137
  echo "13800138000 1" | anlan sinks voice --slow 60    only who is typed picks up
"""


@click.command("voice", help=_HELP, short_help="A telephone exchange and its telephones.")
@click.option("--port", type=int, default=5060, show_default=True)
@click.option("--user", default="anlan", show_default=True, help="The only account.")
@click.option("--password", default="anlan-demo", show_default=True)
@click.option("--slow", "slow_s", type=float, default=1.0, help="Seconds that it rings.")
@click.option("--press", default="", help="Keys that are pressed.")
@click.option("--after", "press_after_s", type=float, default=3.0, help="So long after picking up.")
@click.option("--twice", is_flag=True, help="Press them once more.")
@click.option("--double", "doubled", is_flag=True, help="Send every packet of a key twice.")
@click.option("--endless", is_flag=True, help="Lose the end of every key.")
@click.option("--info", "by_info", is_flag=True, help="Tell keys by SIP INFO.")
@click.option("--stay", "stays_s", type=float, default=120.0, help="Seconds until it hangs up.")
@click.option("--busy", multiple=True, help="Numbers that begin so are engaged.")
@click.option("--decline", "declining", multiple=True, help="Numbers that begin so decline.")
@click.option("--unknown", multiple=True, help="Numbers that begin so do not exist.")
@click.option("--silent", multiple=True, help="Numbers that begin so ring for ever.")
@click.option("--hang", "hanging", multiple=True, help="Pick up, and answer nothing any more.")
@click.option("--down", is_flag=True, help="Say nothing at all.")
@click.option("--for", "for_s", type=float, help="Seconds to play; else until stopped.")
def voice(port: int, user: str, password: str, for_s: float | None, **faults: Any) -> None:
    with Switch(port=port, login=Login(user, password), changed=_tell) as switch:
        switch.faults = Faults(**faults)
        click.echo(f"{switch.uri} is open; stop it with Ctrl+C", err=True)
        threading.Thread(target=_type, args=(switch,), daemon=True).start()
        until_s = time.monotonic() + (for_s if for_s is not None else float("inf"))
        try:
            while (left_s := until_s - time.monotonic()) > 0:
                time.sleep(min(left_s, 1.0))
        except KeyboardInterrupt:
            return


def _tell(rung: Rung) -> None:
    row = {"to": rung.to, "caller": rung.caller, "state": rung.state, "keys": rung.keys,
           "heard_s": round(len(rung.octets) / 8_000, 1), "at_ms": rung.at_ms}  # fmt: skip
    click.echo(json.dumps(row, ensure_ascii=False))


def _type(switch: Switch) -> None:
    """What is typed, as what people do with their telephones."""
    for line in sys.stdin:
        number, _, keys = line.strip().partition(" ")
        found = [rung for rung in switch.rung() if rung.to == number and rung.state != "over"]
        if not found:
            click.echo(f"{number} does not ring; write: NUMBER KEYS", err=True)
            continue
        switch.pick_up(found[-1])
        switch.press(found[-1], keys)
