"""The command line `anlan`: a command's module is imported only when it is called."""
# house: one file a command, named as people type it

import importlib
import logging
import os
from typing import IO, Any, NamedTuple

import click

from anlan import __version__
from anlan.live import journal
from anlan.live.compiled import kernel_folder, user_cache
from anlan.terms.errors import AnlanError

_EXAMPLES = """
\b
Examples:
  anlan demo                              a fictional city, living
  anlan replay gauges.csv --sensors sensors.csv --limits limits.csv \\
      --pack flood --out changes.ndjson   a file through the rules
  anlan serve --data data                 readings in, graded alarms out
  anlan sensors import sensors.csv        tell it what it measures
  anlan keys add weather-office --sensors 'rain-*'
  anlan changes --follow                  watch levels change

`anlan COMMAND --help` shows each with its own examples.
"""


class Entry(NamedTuple):
    """Where a command lives and what it does, in one line."""

    module: str
    summary: str


COMMANDS = {
    "demo": Entry("demo", "A fictional city lives, from its sensors to the duty desk."),
    "replay": Entry("replay", "Replay a file of readings through the rules."),
    "serve": Entry("serve", "Take readings in and tell alarms, until stopped."),
    "status": Entry("status", "How a running site and its store are doing."),
    "import": Entry("import_", "Send a file of readings into the store."),
    "export": Entry("export", "Write readings or changes from the store to a file."),
    "changes": Entry("changes", "Show changes after a cursor, or as they come."),
    "sensors": Entry("sensors", "Register sensors from a file; list them."),
    "limits": Entry("limits", "Put limits in force from a file; list them."),
    "keys": Entry("keys", "Keys of sources: add, rotate, revoke, list."),
    "quarantine": Entry("quarantine", "Rows that could not be taken: list, replay, drop."),
    "packs": Entry("packs", "Hazard packs: check, test, list, show, grade."),
    "rules": Entry("rules", "Try rules before they count: preview, shadow, diff; adopt them."),
    "cap": Entry("cap", "CAP messages: check, sign, verify; national ones."),
    "gateway": Entry("gateway", "Listen for devices by their own protocols."),
    "ways": Entry("ways", "Take readings in as the mappings in the folder ways say."),
    "decode": Entry("decode", "Frames of devices as JSON, one object a frame."),
    "sinks": Entry("sinks", "Play the far ends of channels, with faults by choice."),
    "accounts": Entry("accounts", "Make the first administrator of a site."),
    "audit": Entry("audit", "Verify the chain of what people did."),
    "store": Entry("store", "Verify, compact, export or restore the store."),
    "doctor": Entry("doctor", "Say what is wrong with a site, and what to do."),
    "backup": Entry("backup", "Copy the whole site, while it runs, to a new folder."),
    "restore": Entry("restore", "Make a backup a site again."),
    "warm": Entry("warm", "Compile the kernels ahead of time."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(user_cache())))
        module = importlib.import_module(f"anlan.site.cli.{COMMANDS[cmd_name].module}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__} has no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an error of the family is one sentence and exit status 1."""
        try:
            return super().invoke(ctx)
        except AnlanError as error:
            raise _Complaint(str(error)) from error


class _Complaint(click.ClickException):
    """One sentence for who typed the command, or a line for who reads the log of a site."""

    def show(self, file: IO[Any] | None = None) -> None:
        if journal.is_json():
            logging.getLogger("anlan.site").error("%s", self.message)
        else:
            super().show(file)


@click.group("anlan", cls=LazyGroup, epilog=_EXAMPLES)
@click.version_option(__version__, message="anlan %(version)s")
def main() -> None:
    """安澜 Anlan: sensor readings in, graded alarms out, nothing lost."""
