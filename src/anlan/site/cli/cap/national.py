"""`anlan cap national`: the national warning message, from CAP and to CAP."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from anlan.cap.national.check import doubts_of
from anlan.cap.national.convert import parts_of
from anlan.cap.national.events import EVENTS
from anlan.cap.national.files import name_of
from anlan.cap.national.notice import WAYS, Notice, Way, notice_of
from anlan.cap.national.read import read as read_notice
from anlan.cap.national.write import write as write_notice
from anlan.cap.read import read as read_alert
from anlan.cap.write import write as write_alert
from anlan.terms.errors import Malformed, Refused

_EXAMPLES = """
\b
Examples:
  anlan cap national write alert.xml --signer 王值班 --way SMS:G01002,G02003 --way SPEAKER
  anlan cap national write alert.xml --signer 王值班 --folder outbox
  anlan cap national read 33000041600000_20121025091026_11B01_BLUE_ALERT.XML
  anlan cap national check inbox/*.XML
  anlan cap national events
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("national", epilog=_EXAMPLES, short_help="The national message (12379): to and from.")
def national() -> None:
    """National warning messages in the style of GB/T 35965.1, as the 12379 interface lists them."""


@national.command("write")
@click.argument("alert", type=_FILE)
@click.option("--signer", required=True, help="Who signed it in the national system 签发员.")
@click.option("--phone", help="Telephone of the unit.")
@click.option("--way", "ways", multiple=True, metavar="NAME[:GROUP,…]", help=f"{', '.join(WAYS)} …")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write it there, under its own name, instead of to standard output.",
)
def write(
    alert: Path, *, signer: str, phone: str | None, ways: Sequence[str], folder: Path | None
) -> None:
    """Make the national message of ALERT, a CAP file with a national identifier.

    What is unusual is told on standard error; what must be there and is not ends with status 1.
    """
    made = notice_of(read_alert(alert.read_bytes()), signer, tuple(map(_way, ways)), phone)
    content = write_notice(made)
    _tell(made)
    if folder is None:
        click.echo(content, nl=False)
        return
    path = folder / name_of(made).text
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Refused(f"it is already there: {path}") from error
    click.echo(str(path))


@national.command("read")
@click.argument("message", type=_FILE)
def read(message: Path) -> None:
    """Make the CAP message of MESSAGE, a national one; what CAP has no place for is left out."""
    notice = read_notice(message.read_bytes())
    _tell(notice)
    click.echo(write_alert(notice.alert), nl=False)


@national.command("check")
@click.argument("messages", nargs=-1, required=True, type=_FILE)
def check(messages: Sequence[Path]) -> None:
    """Read MESSAGES and tell what is unusual; status 1 where one cannot be read."""
    is_whole = True
    for path in messages:
        try:
            notice = read_notice(path.read_bytes())
        except Malformed as error:
            is_whole = False
            click.echo(f"malformed {path}\n  {error}")
            continue
        info = notice.alert.info[0]
        click.echo(f"readable  {path}\n  {info.headline}, {notice.alert.identifier}")
        for doubt in doubts_of(notice):
            click.echo(f"  {doubt}")
    sys.exit(0 if is_whole else 1)


@national.command("events")
def events() -> None:
    """List the event types that are known, and where each was seen."""
    for event in EVENTS:
        mark = "unverified: " if event.is_unverified else ""
        click.echo(f"{event.code}  {event.category:<7}{event.name}  ({mark}{event.source})")


def _way(text: str) -> Way:
    name, _, groups = text.partition(":")
    return Way(name=name.strip().upper(), groups=parts_of(groups))


def _tell(notice: Notice) -> None:
    for doubt in doubts_of(notice):
        click.echo(doubt, err=True)
