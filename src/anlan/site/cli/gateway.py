"""`anlan gateway`: the field gateway by itself, and questions to devices."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from anlan.site.cli.store import data_option
from anlan.terms.errors import Unavailable

_HELP = """Listen for devices by the protocols that gateway.toml of the data folder names.

A site with pages (`anlan serve --pages`) starts its gateway itself; this runs one by
itself beside a service on the same data folder, or for some of its protocols. A frame
is answered only after what it holds is on the disk. INT and TERM end it.

\b
Examples:
  anlan gateway --data /srv/anlan
  anlan gateway --data /srv/anlan --only hj212 --only sl651
  anlan gateway ask A110000_0001 set_interval seconds=30
"""
_ASK_HELP = """Ask a device, or tell it to do something; words are KEY=VALUE.

NAME is one of those that its protocol knows; a wrong one is answered with all of them.
A value is text, or JSON such as 30, true or '["Z","PT"]'. The answer is one JSON
object: `result` (answered, silent, wrong), `answers`. It is in the audit chain.

Exit status: 0 it was answered · 1 it was not.

\b
Examples:
  anlan gateway ask A110000_0001 read_time
  anlan gateway ask 13800000001 text text=前方塌方，请绕行
"""
_FRAMES_HELP = """The newest raw frames of a device as JSON, one object a frame, read once more.

`version` is that of the decoding that read it when it came, `decoded_by` today's. Passwords and
codes are covered. How much is kept says [kept] in gateway.toml.

\b
Examples:
  anlan gateway frames A110000_0001
  anlan gateway frames 13800000001 --protocol jt808 --last 100
"""
_NOT_THERE_S, _LOOK_S = 5.0, 0.1


@click.group(
    "gateway", help=_HELP, invoke_without_command=True,
    short_help="Listen for devices by their own protocols; ask them.",
)  # fmt: skip
@data_option
@click.option("--only", multiple=True, help="This protocol only; may be given again.")
@click.pass_context
def command(context: click.Context, data: Path, only: tuple[str, ...]) -> None:
    if context.invoked_subcommand is not None:
        # What is said of the folder before a verb holds for the verb.
        os.environ["ANLAN_DATA"] = str(data)
        return
    from anlan.live.gateway.process import serve
    from anlan.site.crew.voice import speak

    speak("gateway", None, data)
    serve(data, only)


@command.command("ask", help=_ASK_HELP, short_help="Ask a device, or tell it to do something.")
@click.argument("device")
@click.argument("name")
@click.argument("words", nargs=-1)
@data_option
def ask(device: str, name: str, words: tuple[str, ...], data: Path) -> None:
    from anlan.live.gateway import asks

    given = dict(map(_word, words))
    _note(data, device, name, given)
    number = asks.put(data, device, name, given, by="cli")
    began_s = time.monotonic()
    while (told := asks.result_of(data, number)) is None:
        waited_s = time.monotonic() - began_s
        if waited_s > _NOT_THERE_S and asks.withdraw(data, number):
            raise Unavailable(f"{device} is not connected")
        if waited_s > 2 * asks.ANSWER_S:
            raise Unavailable(f"the gateway ended before {device} had answered")
        time.sleep(_LOOK_S)
    click.echo(json.dumps(told, ensure_ascii=False))
    if told["result"] != "answered":
        raise Unavailable(told.get("reason") or f"{device} has not answered")


@command.command("frames", help=_FRAMES_HELP, short_help="The raw frames of a device, read again.")
@click.argument("device")
@click.option("--protocol", help="Where devices of two protocols bear the same name.")
@click.option("--last", default=20, show_default=True, help="How many, the newest.")
@data_option
def frames(device: str, protocol: str | None, last: int, data: Path) -> None:
    import msgspec

    from anlan.live.gateway.devices.roll import Reader
    from anlan.live.gateway.told.again import read_again, told

    found = [protocol] if protocol else Reader(data).protocols_of(device)
    if len(found) != 1:
        known = f"several speak: {', '.join(found)}; name one by --protocol" if found else "unknown"
        raise Unavailable(f"{device}: {known}")
    for one in read_again(data, found[0], device, most=last):
        for row in told(one):
            click.echo(msgspec.json.encode({"protocol": found[0], **row}))


def _word(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _note(data: Path, device: str, name: str, words: dict[str, Any]) -> None:
    """Writes into the audit chain that it is asked, before it is."""
    os.environ["ANLAN_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
    import django

    django.setup()
    from anlan.apps.atlas.acts import ASKED_DEVICE
    from anlan.apps.people.actions import deed
    from anlan.apps.people.asker import Machine
    from anlan.site.crew.prepare import migrate

    if not (data / "desk" / "ready").exists():
        migrate(data)
    with deed(Machine("cli", datetime.now(UTC)), ASKED_DEVICE, f"devices/{device}") as detail:
        detail.update(ask=name, words=sorted(words))
