"""The push plan 推送方案: from hazard, level and the responsibility tree to who is told and why."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.apps.atlas.meaning import packs
from anlan.apps.people.models import Organisation, Responsibility
from anlan.apps.people.queries import mailboxes_of, steps_for
from anlan.apps.warning.models import RiskPush
from anlan.apps.warning.queries.risk.facts import Facts
from anlan.apps.warning.queries.risk.holders import Heir, able, heir_of
from anlan.apps.warning.queries.risk.ways import call_of, ways_of
from anlan.packs import Pushing
from anlan.packs.warning import PUSHING, SEATS
from anlan.terms.levels import Level
from anlan.terms.places import LENGTHS

_ABOVE = "above"
_ORDER = (*SEATS, _ABOVE)
_CLOSENESS = {"grid": LENGTHS["village"], "town": LENGTHS["town"], "department": LENGTHS["county"],
              "leader": LENGTHS["county"]}  # fmt: skip
_GAP = RiskPush.Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One who is told. seat, gap: as `RiskPush` · line: None where nobody is left further up ·
    rank: the step of the tree · ways: kind to address · is_able: whether it can be in charge."""

    seat: str = ""
    gap: str = ""
    line: Responsibility | None = None
    rank: int = 0
    ways: dict[str, str]
    phone: str = ""
    language: str = "zh-hans"
    is_able: bool = False
    is_holder: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a risk is pushed to, who is in charge, and within what. digest: tells it from any
    other."""

    pushing: Pushing
    told: tuple[Told, ...]
    holder: Heir
    digest: str

    def by(self, what: str, now: datetime) -> datetime:
        """When something is due: take, report or close."""
        return now + span_of(self.pushing, what)


def span_of(pushing: Pushing, what: str) -> timedelta:
    """Within what something is due: take, report or close."""
    return timedelta(milliseconds=int(getattr(pushing, f"{what}_ms")))


def pushing_of(pack: str, level: int) -> Pushing:
    """What the pack says of risks of a level; the default where the pack is not known."""
    found = packs().get(pack)
    rules = found.pushing if found else PUSHING
    return rules[Level(level)]


def plan_for(facts: Facts, now: datetime, opener: str) -> Plan:
    """Who is told of a risk, each with the seat that it is told for, and who is in charge.

    In charge is the nearest who is told and has an account that can be; else the next one up;
    opener: the account that is, where there is nobody at all.
    """
    pushing, steps = pushing_of(facts.pack, facts.level), steps_for(facts.region, facts.thing)
    seats = _seats(steps)
    found = [one for seat in pushing.seats for one in _for_seat(seat, seats, facts)]
    told = reached(found, facts, now)
    first = next((one for one in told if one.is_able), None)
    holder = heir_of(facts.place, now, after=first.rank - 1 if first else 0, last=opener)
    if holder is None:
        raise ValueError("whoever opens a risk can be in charge of it")
    told = [_as_holder(one, facts) if _is(one, holder) else one for one in told]
    return Plan(pushing, tuple(told), holder, _digest(facts, told, holder))


def reached(told: Sequence[Told], facts: Facts, now: datetime) -> list[Told]:
    """The same with how each is reached, and whether they can be in charge."""
    lines = [one.line for one in told if one.line]
    boxes = mailboxes_of(lines)
    users = able({line.user_key for line in lines}, facts.place, now)
    return [
        replace(
            one,
            ways=ways_of(facts.status, boxes[one.line.pk].address, boxes[one.line.pk].phone),
            phone=boxes[one.line.pk].phone, language=boxes[one.line.pk].language,
            is_able=one.line.user_key in users,
        )
        if one.line
        else one
        for one in told
    ]  # fmt: skip


def _as_holder(one: Told, facts: Facts) -> Told:
    """In charge, and called by telephone where that is due."""
    call = call_of(facts.status, one.phone, facts.level)
    return replace(one, is_holder=True, ways=one.ways | call)


def _is(one: Told, holder: Heir) -> bool:
    return one.line is not None and one.line.user_key == holder.user.key


def _seats(steps: list[list[Responsibility]]) -> dict[str, tuple[int, list[Responsibility]]]:
    """The first step of each seat, with its lines."""
    found: dict[str, tuple[int, list[Responsibility]]] = {}
    for rank, step in enumerate(steps, 1):
        for line in step:
            known, lines = found.setdefault(seat_of(line), (rank, []))
            if known == rank:
                lines.append(line)
    return found


def seat_of(line: Responsibility) -> str:
    """Which seat somebody of the tree has."""
    if line.thing:
        return "enterprise"
    if len(line.region) == LENGTHS["county"]:
        is_department = line.organisation.kind == Organisation.Kind.DEPARTMENT
        return "department" if is_department else "leader"
    lengths = {LENGTHS["village"]: "grid", LENGTHS["town"]: "town"}
    return lengths.get(len(line.region), _ABOVE)


def _for_seat(
    seat: str, seats: dict[str, tuple[int, list[Responsibility]]], facts: Facts
) -> list[Told]:
    """Those of a seat; where there are none, the next ones up in their place."""
    rank, lines = seats.get(seat, (0, []))
    if lines:
        return [Told(seat=seat, line=one, rank=rank, ways={}) for one in lines]
    gap = _gap(seat, facts)
    above = _ORDER[_ORDER.index(seat) + 1 :]
    rank, lines = next((seats[one] for one in above if one in seats), (0, []))
    found = [Told(seat=seat, gap=gap, line=one, rank=rank, ways={}) for one in lines]
    return found or [Told(seat=seat, gap=gap, ways={})]


def _gap(seat: str, facts: Facts) -> str:
    """Why there is nobody of a seat."""
    if seat == "enterprise":
        return _GAP.NONE if facts.thing else _GAP.THING
    return _GAP.PLACE if len(facts.region) < _CLOSENESS[seat] else _GAP.NONE


def _digest(facts: Facts, told: Sequence[Told], holder: Heir) -> str:
    """Tells whether what somebody looked at is what would be sent now."""
    lines = [
        (one.seat, one.gap, one.line and (one.line.key, one.line.person), one.rank,
         sorted(one.ways.items()))
        for one in told
    ]  # fmt: skip
    said = json.dumps([facts.as_list(), lines, holder.user.key, holder.rank])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
