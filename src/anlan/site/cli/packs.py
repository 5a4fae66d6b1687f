"""`anlan packs`: check, test, list and show hazard packs; grade a site after GB 18218."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from anlan.packs import Pack, PackError, load_pack, own_shelf
from anlan.packs.shelf import check_overlay
from anlan.terms.errors import AnlanError
from anlan.terms.times import format_duration

_EXAMPLES = """
\b
Examples:
  anlan packs list
  anlan packs check                       all packs that come with anlan
  anlan packs check --packs ./ourcity     with a city's overlay on them
  anlan packs test flood
  anlan packs show chemical
  anlan packs grade site.toml             S, R and grade after GB 18218-2018
"""


def _overlay(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--packs",
        "overlay",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of overlays: same-named pack folders whose files change thresholds by key.",
    )(function)


@click.group("packs", epilog=_EXAMPLES)
def command() -> None:
    """Hazard packs: domains as data, with their rules and the tests of those rules."""


@command.command("list")
def list_packs() -> None:
    """List the packs, what is in them and how much of it is verified."""
    shelf = own_shelf()
    for name in shelf.names:
        pack = _load(name, None)
        if pack is None:
            raise SystemExit(1)
        rules = pack.rule_set.rules
        click.echo(
            f"{name:<12}{pack.title.zh}  {pack.title.en}: {len(pack.quantities)} quantities, "
            f"{len(rules)} rules, {len(pack.rule_tests)} tests"
        )


@command.command("check")
@click.argument("names", nargs=-1)
@_overlay
def check(names: tuple[str, ...], overlay: Path | None) -> None:
    """Check packs: every file, every reference, every threshold's source."""
    packs = _load_all(names, overlay)
    for pack in packs:
        rules = pack.rule_set.rules
        graded = [note for note in pack.notes.values() if note.sources]
        open_ = sum(any(not s.is_verified for s in note.sources.values()) for note in graded)
        click.echo(
            f"{pack.name}: ok ({len(pack.quantities)} quantities, {len(rules)} rules, "
            f"{len(pack.rule_set.promotions)} promotions; "
            f"{open_} of {len(graded)} with thresholds unverified)"
        )
        for change in pack.overrides:
            click.echo(
                f"  {change.where}: {change.key} {_value(change.before)} → "
                f"{_value(change.after)} ({change.source}, {change.approver})"
            )


@command.command("test")
@click.argument("names", nargs=-1)
@_overlay
@click.option("--verbose", "-v", is_flag=True, help="Name every test, not only failing ones.")
def test(names: tuple[str, ...], overlay: Path | None, verbose: bool) -> None:
    """Run the rule tests of packs through the engine, as a replay would."""
    from anlan.packs.rehearsal import Verdict, rehearse

    def tell(verdict: Verdict) -> None:
        rule_test = verdict.test
        word = "ok" if verdict.is_passed else "FAILED"
        click.echo(f"  {word} {rule_test.where} {rule_test.rule} {rule_test.case} {rule_test.name}")
        if not verdict.is_passed:
            click.echo(f"    expected {'; '.join(verdict.expected) or 'no change'}")
            click.echo(f"    got      {verdict.error or '; '.join(verdict.got) or 'no change'}")

    failed = 0
    for pack in _load_all(names, overlay):
        verdicts = rehearse(pack)
        bad = [verdict for verdict in verdicts if not verdict.is_passed]
        failed += len(bad)
        click.echo(f"{pack.name}: {len(verdicts) - len(bad)} passed, {len(bad)} failed")
        for verdict in verdicts if verbose else bad:
            tell(verdict)
    if failed:
        raise SystemExit(1)


@command.command("show")
@click.argument("name")
@_overlay
def show(name: str, overlay: Path | None) -> None:
    """Show a pack: objects, quantities, rules with thresholds and sources, guidance."""
    for pack in _load_all((name,), overlay):
        _show_pack(pack)


@command.command("grade")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_overlay
def grade(file: Path, overlay: Path | None) -> None:
    """Grade the units of a site after GB 18218-2018: S, R and level, with every part.

    FILE is TOML, JSON or CSV: units with stocks in tonnes, by name or CAS number of table 1 or
    by category of table 2, and the persons living within 500 m of the boundary.

    \b
    persons_500m = 60
    [[unit]]
    name = "液氨罐区"
    [[unit.stock]]
    substance = "氨"
    tonnes = 40
    """
    from anlan.packs.stock import GRADES, grade_site, read_site, tables_of

    try:
        found = grade_site(read_site(file), tables_of(load_pack("chemical", overlay)))
    except AnlanError as error:
        raise SystemExit(_say(str(error))) from error
    for unit, result in found:
        level = GRADES[result.grade] if result.grade else "不构成重大危险源 (no major hazard)"
        click.echo(f"{unit.name}: {level}")
        click.echo(
            f"  S = {_number(result.s)}   R = {_number(result.r)}   "
            f"α = {_number(result.alpha)} ({unit.persons_500m} persons within 500 m)"
        )
        for part in result.parts:
            click.echo(
                f"  {part.name}: q {_number(part.tonnes)} t / Q {_number(part.critical_t)} t = "
                f"{_number(part.share)}, β {_number(part.beta)} ({part.beta_from})"
            )
    click.echo("GB 18218-2018; tables unverified against the printed standard")


def _load(name: str, overlay: Path | None) -> Pack | None:
    """The pack, or None after its mistakes have been told on standard error."""
    try:
        return load_pack(name, overlay)
    except PackError as error:
        for problem in error.problems:
            _say(str(problem))
    except AnlanError as error:
        _say(str(error))
    return None


def _load_all(names: tuple[str, ...], overlay: Path | None) -> list[Pack]:
    """The packs named, or all; ends with status 1 after telling every mistake of all of them."""
    shelf = own_shelf()
    try:
        check_overlay(overlay, shelf)
    except AnlanError as error:
        raise SystemExit(_say(str(error))) from error
    loaded = [_load(name, overlay) for name in names or shelf.names]
    if None in loaded:
        raise SystemExit(1)
    return [pack for pack in loaded if pack is not None]


def _say(message: str) -> int:
    """Tells an error and gives the exit status that goes with it."""
    click.echo(message, err=True)
    return 1


def _show_pack(pack: Pack) -> None:
    click.echo(f"{pack.name} {pack.version}  {pack.title.zh}  {pack.title.en}")
    click.echo(f"{pack.about.zh}\n{pack.about.en}\n\nObjects")
    for kind in pack.object_types.values():
        sensors = ", ".join(f"{name} ≥ {least}" for name, least in kind.sensors.items())
        click.echo(f"  {kind.name}  {kind.title.zh}: {sensors}")
    click.echo("\nQuantities")
    for spec in pack.quantities.values():
        gate = spec.gate
        click.echo(
            f"  {spec.name}  {spec.title.zh} {spec.display.zh} [{spec.unit}] "
            f"{gate.low:g} … {gate.high:g}, {gate.spike}"
            + (f" at {gate.rate_per_h:g}/h" if gate.spike != "accept" else "")
            + f", every {format_duration(gate.interval_ms)}"
        )
    click.echo("\nRules")
    for rule in pack.rule_set.rules:
        _show_rule(pack, rule)
    for promotion in pack.rule_set.promotions:
        click.echo(f"  {promotion.key}  {pack.notes[promotion.key].title.zh} ({promotion.kind})")
        click.echo(f"    {promotion.source}")
    click.echo("\nGuidance")
    for line in pack.guidance:
        click.echo(f"  {line.level.word}: {line.text.zh}")


def _show_rule(pack: Pack, rule: Any) -> None:
    note = pack.notes[rule.key]
    limits = ", limits of each sensor" if rule.takes_limits else ""
    click.echo(f"  {rule.key} v{rule.version} ({rule.scope}{limits})  {note.title.zh}")
    for level in rule.levels:
        if level.level not in note.sources:
            continue
        sign = "≥" if level.direction == "high" else "≤"
        limit = "" if level.threshold is None else f" {sign} {level.threshold:g} {rule.unit}"
        delay = f" for {format_duration(level.on_delay_ms)}" if level.on_delay_ms else ""
        source = note.sources[level.level]
        click.echo(f"    {level.level.word}: {level.measure}{limit}{delay}; {source.text}")
        if source.unverified:
            click.echo(f"      to check: {source.unverified.en}")


def _number(value: Fraction) -> str:
    """A fraction as a decimal of at most six places."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _value(value: object) -> str:
    return "nothing" if value is None else str(value)
