"""The rules in force, as the ordered log has them, and what shadow runs say differently."""

import threading
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import mark_title, pack_title, packs, quantity_title, rule_title
from anlan.apps.atlas.queries.objects import objects
from anlan.desk.asker import Asker
from anlan.engine.rules import LevelRule, Rule, RuleSet
from anlan.history.codec import decode_registry
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, RecordKind, store_in
from anlan.history.registry import rule_set_of
from anlan.live.replay.trying.changes import read_changes
from anlan.live.replay.trying.compare import compare
from anlan.packs import Source
from anlan.packs.units import shown
from anlan.terms.changes import Change
from anlan.terms.errors import AnlanError, Unavailable
from anlan.terms.levels import Level
from anlan.terms.times import format_duration

_MOST_CHANGES, _MOST_BYTES, _SHOWN = 50_000, 50_000_000, 20


class Condition(NamedTuple):
    """When a level of a rule holds, in words; source: None where the limit is each sensor's."""

    level: int
    mark: str
    measure: str
    threshold: str
    more: list[str]
    source: Source | None


class Shown(NamedTuple):
    """A rule for a page; key: the public one."""

    key: str
    title: str
    quantity: str
    version: str
    takes_limits: bool
    is_verified: bool
    conditions: list[Condition]


class Book(NamedTuple):
    """The rules of a pack; is_other: the pack on the disk says something else by now."""

    pack: str
    title: str
    version: str
    is_other: bool
    rules: list[Shown]


class _RuleSets:
    """The rule sets in force, kept by the process so that only new entries are read."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._epoch, self._seq = "", 0
        self._sets: dict[str, RuleSet] = {}

    def now(self, log: Log) -> dict[str, RuleSet]:
        """By pack, as the log has them now."""
        with self._guard:
            if self._epoch != log.epoch:
                self._epoch, self._seq, self._sets = log.epoch, 0, {}
            for record in log.records(self._seq, kinds={RecordKind.REGISTRY}):
                for entry in decode_registry(record.body):
                    self._fold(entry)
                self._seq = record.seq
            return dict(self._sets)

    def _fold(self, entry: Any) -> None:
        if entry.get("type") == "rule_set":
            rules = rule_set_of(entry["rules"])
            self._sets[rules.pack] = rules
        elif entry.get("type") == "retire" and "pack" in entry:
            self._sets.pop(entry["pack"], None)


_RULE_SETS = _RuleSets()


def rule_books() -> list[Book]:
    """The rules in force by pack; Unavailable where the store cannot be read."""
    try:
        with Log.open(store_in(settings.PLACE.data)) as log:
            sets = _RULE_SETS.now(log)
    except (AnlanError, OSError) as error:
        raise Unavailable(_("The store of the rules cannot be read now.")) from error
    return [_book(rules) for rules in sets.values()]


def _book(rules: RuleSet) -> Book:
    pack = packs().get(rules.pack)
    is_other = pack is not None and pack.rule_set != rules
    version = pack.version if pack else ""
    shown_rules = [_shown(one) for one in rules.rules]
    return Book(rules.pack, pack_title(rules.pack), version, is_other, shown_rules)


def _shown(rule: Rule) -> Shown:
    conditions = [_condition(rule, one) for one in sorted(rule.levels, key=lambda x: -x.level)]
    quantity = f"{rule.key.partition('.')[0]}.{rule.quantity.rpartition('.')[2]}"
    return Shown(
        rule.key, rule_title(rule.key), quantity_title(quantity), rule.version,
        rule.takes_limits, rule.verified, conditions,
    )  # fmt: skip


def _condition(rule: Rule, one: LevelRule) -> Condition:
    pack = packs().get(rule.key.partition(".")[0])
    note = pack.notes.get(rule.key) if pack else None
    source = note.sources.get(Level(one.level)) if note else None
    sign = "≤" if one.direction == "low" else "≥"
    threshold = "" if one.threshold is None else f"{sign} {shown(one.threshold, rule.unit)}"
    if one.threshold is not None and source is None:
        source = Source(standard=one.source)
    return Condition(
        int(one.level), mark_title(rule.key, one.level), one.measure, threshold,
        _more(rule, one), source,
    )  # fmt: skip


def _more(rule: Rule, one: LevelRule) -> list[str]:
    """What else belongs to the condition: deadband, delays, votes, season."""
    told = []
    if one.deadband:
        told.append(_("deadband %(value)s") % {"value": shown(one.deadband, rule.unit)})
    if one.on_delay_ms:
        told.append(_("raised after %(time)s") % {"time": format_duration(one.on_delay_ms)})
    if one.off_delay_ms:
        told.append(_("ended after %(time)s") % {"time": format_duration(one.off_delay_ms)})
    if one.n > 1:
        told.append(_("%(k)s of the last %(n)s readings") % {"k": one.k, "n": one.n})
    if one.season:
        first, last = (f"{month:02}-{day:02}" for month, day in (one.season.first, one.season.last))
        told.append(_("only from %(first)s to %(last)s") % {"first": first, "last": last})
    return told


class Shadowed(NamedTuple):
    """A shadow run beside live; differences: the newest first, of the asker's objects only."""

    name: str
    same: int
    total: int
    differences: list[dict[str, Any]]
    fault: str


def shadows(asker: Asker) -> list[Shadowed]:
    """The shadow runs whose changes lie in the data folder under `shadow`, against live."""
    folder = settings.PLACE.data / "shadow"
    return [_shadowed(asker, path) for path in sorted(folder.glob("*.ndjson"))[:_SHOWN]]


def _shadowed(asker: Asker, path: Path) -> Shadowed:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return Shadowed(path.stem, 0, 0, [], _("It is too large to be compared here."))
        theirs = list(islice(read_changes(path), _MOST_CHANGES))
        ours = _live_changes(min((one.at for one in theirs), default=0)) if theirs else []
    except (AnlanError, OSError):
        return Shadowed(path.stem, 0, 0, [], _("It cannot be read."))
    keys = {one.object for one in (*ours, *theirs)}
    mine = set(objects(asker).filter(key__in=keys).values_list("key", flat=True))
    found = compare(*([c for c in side if c.object in mine] for side in (ours, theirs)))
    told = [one.as_dict() for one in found.differences[::-1][:_SHOWN]]
    return Shadowed(path.stem, found.same, len(found.differences), told, "")


def _live_changes(since: int) -> list[Change]:
    """What live said from a moment on, ms UTC."""
    with Log.open(store_in(settings.PLACE.data)) as log:
        told = changes_since(log, Cursor(log.epoch), _MOST_CHANGES)
    return [change for _cursor, change in told if change.at >= since]
