"""`anlan sinks speaker`: a broadcast platform whose loudspeakers are this terminal."""

import json
import time
from typing import Any

import click

from anlan.channels.speaker.ebd.signature import Seal
from anlan.sandtable.sinks.speaker import Door, Faults, Platform, Played, Terminals
from anlan.terms.errors import Malformed

_HELP = """Play an emergency broadcast platform and its loudspeakers.

CODES are the loudspeakers' resource codes. Each that plays is one JSON line on standard output.
--secret is the private key of the site that posts, 64 hexadecimal digits, so that its signatures
can be judged. The first lines say what the site needs in its anlan.toml.

\b
Examples:
  anlan sinks speaker 33109910120131401001 --secret 3939…39
  anlan sinks speaker 33109910120131401001 33109910120131401002 --secret 3939…39 --silent 3310
"""
_CODE, _SOURCE = "331099000000101001", "331099000000301001"
_OWN = Seal("0a1b2c3d4e5f", int("27" * 32, 16))


@click.command("speaker", help=_HELP, short_help="A broadcast platform and its loudspeakers.")
@click.argument("codes", nargs=-1, required=True)
@click.option("--secret", required=True, help="The site's private key.")
@click.option("--port", type=int, default=7980, show_default=True)
@click.option("--play", "play_s", type=float, default=5.0, help="Seconds that a broadcast takes.")
@click.option("--slow", "slow_s", type=float, default=0.0, help="Seconds before each answer.")
@click.option("--busy", is_flag=True, help="Take nothing for now.")
@click.option("--nonsense", is_flag=True, help="Answer what is no package.")
@click.option("--strange", is_flag=True, help="Speak of another broadcast than asked for.")
@click.option("--double", "doubled", is_flag=True, help="Name every loudspeaker twice.")
@click.option("--cut-each", type=int, default=0, help="Break off after so many packages.")
@click.option("--silent", multiple=True, help="Codes that begin so never play.")
@click.option("--fail", "failing", multiple=True, help="Codes that begin so fail.")
@click.option("--for", "for_s", type=float, help="Seconds to play; else until stopped.")
def speaker(  # house: one parameter an option
    codes: tuple[str, ...], secret: str, port: int, play_s: float, for_s: float | None,
    **faults: Any,
) -> None:  # fmt: skip
    try:
        public = Seal("000000000000", int(secret, 16)).public
    except ValueError as error:
        raise Malformed("64 hexadecimal digits are needed", where="--secret") from error
    terminals = Terminals(codes, play_s=play_s)
    platform = Platform(terminals, public=public, seal=_OWN, code=_CODE)
    platform.faults = Faults(**faults)
    with Door(platform, port=port) as door:
        _tell_settings(door.url)
        _tell_played(terminals, for_s)


def _tell_settings(url: str) -> None:
    for name, value in (
        ("speaker_platform", url), ("speaker_source", _SOURCE), ("speaker_target", _CODE),
        ("speaker_serial", "0102030405ff"), ("speaker_platform_key", _OWN.public.hex()),
    ):  # fmt: skip
        click.echo(f'# {name} = "{value}"', err=True)
    click.echo("# device_private = true", err=True)


def _tell_played(terminals: Terminals, for_s: float | None) -> None:
    """Writes what is played, until the time is over."""
    until_s, told = time.monotonic() + (for_s if for_s is not None else float("inf")), 0
    while (left_s := until_s - time.monotonic()) > 0:
        terminals.wait(told + 1, min(left_s, 1.0))
        for one in terminals.played()[told:]:
            click.echo(_line(one))
            told += 1


def _line(one: Played) -> str:
    said = one.said
    return json.dumps(
        {"terminal": one.terminal, "id": said.id, "cancel": said.is_cancel, "level": said.level,
         "drill": said.is_drill, "title": said.title, "text": said.text,
         "audio_bytes": len(said.audio.data) if said.audio else 0},
        ensure_ascii=False,
    )  # fmt: skip
