"""`anlan sinks screen`: an LED screen that this terminal shows."""

import json
import time
from typing import Any

import click

from anlan.channels.broker import Broker
from anlan.sandtable.sinks.screen import Board, Display, Faults, Subscriber

_HELP = """Play an LED screen. What stands on it is one JSON line whenever it changes.

--secret is the site's screen_secret. The first line names the address to enter in the atlas; the
site needs device_private = true, or with --broker the same screen_broker.

\b
Examples:
  anlan sinks screen --secret 'a key of more than 16 bytes'
  anlan sinks screen --secret 'a key of more than 16 bytes' --late --slow 1
  anlan sinks screen --secret 'a key of more than 16 bytes' --broker mqtt://127.0.0.1 --name gate
"""


@click.command("screen", help=_HELP, short_help="An LED screen.")
@click.option("--secret", required=True, help="What signs the orders.")
@click.option("--port", type=int, default=7981, show_default=True)
@click.option("--broker", help="Take orders from this broker, not by HTTP.")
@click.option("--name", default="screen", show_default=True, help="The name at the broker.")
@click.option("--slow", "slow_s", type=float, default=0.0, help="Seconds before each answer.")
@click.option("--busy", is_flag=True, help="Take nothing for now.")
@click.option("--nonsense", is_flag=True, help="Answer what is no receipt.")
@click.option("--strange", is_flag=True, help="Speak of another order.")
@click.option("--refuse", "refusing", is_flag=True, help="Show nothing.")
@click.option("--late", is_flag=True, help="Say what it shows only when it is asked.")
@click.option("--cut", is_flag=True, help="Do it, and break off before the answer.")
@click.option("--for", "for_s", type=float, help="Seconds to play; else until stopped.")
def screen(secret: str, port: int, *, for_s: float | None, **more: Any) -> None:
    until_s = time.monotonic() + (for_s if for_s is not None else float("inf"))
    broker, name = more.pop("broker"), more.pop("name")
    if broker:
        with Subscriber(secret.encode(), Broker(url=broker), name) as sign:
            _play(sign, f"mqtt:{name}", Faults(**more), until_s)
    else:
        with Board(secret.encode(), port=port) as board:
            _play(board, board.url, Faults(**more), until_s)


def _play(board: Display, address: str, faults: Faults, until_s: float) -> None:
    board.faults = faults
    click.echo(f"# {address}", err=True)
    before: list[dict[str, Any]] = []
    while (left_s := until_s - time.monotonic()) > 0:
        shown = board.shown()
        if shown != before:
            click.echo(json.dumps(shown, ensure_ascii=False))
            before = shown
        time.sleep(min(left_s, 0.1))
