"""`anlan rules adopt`: the packs' rules as they are now, put in force while the site runs."""

from pathlib import Path
from typing import Any

import click

from anlan.live.supervisor import POLICIES, use_cache
from anlan.site.cli.store import FOLDER, data_option
from anlan.terms.errors import Refused

_HELP = """Put the rules of the packs in force as they are on the disk now.

Edit the overlay that `anlan serve --packs` was started with, look with --check,
then adopt. The new rules hold from the moment of the command, without a restart
and without a reading lost. Try them first: anlan rules preview.

\b
--policy says what becomes of alarms and delays of the rules that changed:
  carry     they stay; a level that the new rule does not give ends at the
            next reading (the default)
  reset     they end now, and are raised again by the readings that follow
  rebuild   the stored readings of the last days are judged again, as if the
            rule had always been so; new readings wait meanwhile
Rules that did not change go on as they were.
What the levels then say differently is told at once, as `corrected`. The policy
is written into the log with the rules, so that a restart and a replay tell the
same.

\b
Examples:
  anlan rules adopt --check
  anlan rules adopt --policy rebuild
  anlan rules adopt --packs ./ourcity --data data     while nothing runs
"""


@click.command("adopt", help=_HELP, short_help="Put changed rules of the packs in force.")
@click.option("--policy", type=click.Choice(POLICIES), default="carry", show_default=True)
@click.option("--packs", type=FOLDER, help="The overlay, where no service runs with one.")
@click.option("--check", is_flag=True, help="Only say what would change.")
@data_option
def adopt(policy: str, packs: Path | None, *, check: bool, data: Path) -> None:
    use_cache(data)
    from anlan.live.shelved import pack_entries
    from anlan.site.cli.sensors import registry_of

    registry = registry_of(data)
    entries = pack_entries(registry, _overlay(data, packs), policy=policy)
    for entry in entries:
        for line in _told(registry, entry):
            click.echo(line)
    if not entries:
        click.echo("the rules in force are those of the packs; nothing changes")
    elif not check:
        _enter(data, entries, policy)


def _overlay(data: Path, packs: Path | None) -> Path | None:
    """The overlay of the running service, which it would take up again at its next start."""
    from anlan.live.reach import running

    service = running(data)
    if service is None:
        return packs
    service.close()
    if packs is not None and packs.resolve() != (service.packs and service.packs.resolve()):
        begun = f"--packs {service.packs}" if service.packs else "no --packs"
        raise Refused(
            f"the running service was started with {begun} and would take its rules from there "
            f"at its next start; start it again with --packs {packs}"
        )
    return service.packs


def _enter(data: Path, entries: list[dict[str, Any]], policy: str) -> None:
    from anlan.history.codec import decode_changes
    from anlan.history.log import Log, store_in
    from anlan.live.reach import Desk

    with Desk(data) as desk:
        seq = desk.enter(entries)
    with Log.open(store_in(data)) as log:
        record = next(log.records(seq - 1))
    told = len(decode_changes(record.changes))
    click.echo(f"in force from record {seq:,} on ({policy}); {told:,} levels corrected")


def _told(registry: Any, entry: dict[str, Any]) -> list[str]:
    """What an entry changes, a line for each rule or gate."""
    from anlan.history.registry import rule_set_of

    new = rule_set_of(entry["rules"])
    old = registry.rule_sets.get(new.pack)
    if old is None:
        return [f"{new.pack}: new, {len(new.rules)} rules"]
    parts = [(_by_key(getattr(old, part)), _by_key(getattr(new, part)), part) for part in _PARTS]
    lines = [
        f"{new.pack}: {_NAMES[part]} {key}: {_what(before.get(key), after.get(key))}"
        for before, after, part in parts
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    return lines or [f"{new.pack}: its order or title"]


_NAMES = {"rules": "rule", "promotions": "promotion", "gates": "gate of"}
_PARTS = tuple(_NAMES)


def _by_key(part: Any) -> dict[str, Any]:
    return dict(part) if isinstance(part, dict) else {one.key: one for one in part}


def _what(before: Any, after: Any) -> str:
    """What is different, field by field; levels by their colour."""
    if before is None or after is None:
        return "added" if before is None else "taken away"
    fields = [name for name in before.__dataclass_fields__ if name != "levels"]
    found = [(name, getattr(before, name), getattr(after, name)) for name in fields]
    levels = ({one.level: one for one in getattr(rule, "levels", ())} for rule in (before, after))
    was, becomes = levels
    for level in sorted(was.keys() | becomes.keys()):
        a, b = was.get(level), becomes.get(level)
        if a is None or b is None:
            found.append((level.word or "", a and "there", b and "there"))
            continue
        names = a.__dataclass_fields__
        found += [(f"{level.word} {name}", getattr(a, name), getattr(b, name)) for name in names]
    return ", ".join(f"{name} {a} → {b}" for name, a, b in found if a != b)
