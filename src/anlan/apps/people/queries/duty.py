"""Who is on duty, and who is asked next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from django.db.models import Q, QuerySet

from anlan.apps.people.acts import SEE_DUTY, SEE_TREE
from anlan.apps.people.asker import Somebody
from anlan.apps.people.models import Duty, Organisation, Responsibility, User
from anlan.apps.people.queries.reach import within
from anlan.apps.people.queries.users import named_like
from anlan.terms.places import LENGTHS, Grant, Scope, parents_of

_AT_ONCE = 500
_OFFICES = (Organisation.Kind.GOVERNMENT, Organisation.Kind.DEPARTMENT)


def on_duty(region: str, now: datetime) -> list[Duty]:
    """Who is on duty for a region and the regions above it, the nearest first."""
    found = Duty.objects.filter(
        organisation__region__in=(region, *parents_of(region)), organisation__kind__in=_OFFICES,
        starts_at__lte=now, ends_at__gt=now,
    ).select_related("organisation")  # fmt: skip
    return sorted(found, key=lambda d: (-len(d.organisation.region), d.starts_at, d.pk))


def steps_for(region: str, thing: str) -> list[list[Responsibility]]:
    """The steps of the escalation, the first first.

    The lines of the thing itself come first, by rank; then those of its village, town, county …
    """
    return steps_of([(region, thing)])[region, thing]


def steps_of(
    places: Iterable[tuple[str, str]],
) -> dict[tuple[str, str], list[list[Responsibility]]]:
    """The same of many regions and things, read in one go."""
    wanted = dict.fromkeys(places)
    over = {region: (region, *parents_of(region)) for region, _ in wanted}
    lines = _lines_in({one for several in over.values() for one in several},
                      {"", *(thing for _, thing in wanted)})  # fmt: skip
    return {(region, thing): _stepped(lines, over[region], thing) for region, thing in wanted}


def _lines_in(
    regions: Iterable[str], things: Iterable[str]
) -> dict[tuple[str, str], list[Responsibility]]:
    """The lines of regions, by region and thing, each in the order of their writing."""
    found = dict[tuple[str, str], list[Responsibility]]()
    for of_regions, of_things in product(_parts(regions), _parts(things)):
        rows = Responsibility.objects.filter(region__in=of_regions, thing__in=of_things)
        # No database promises an order of its own.
        for line in rows.select_related("organisation").order_by("pk"):
            found.setdefault((line.region, line.thing), []).append(line)
    return found


def _parts(names: Iterable[str]) -> list[list[str]]:
    """In pieces that a query can name."""
    known = sorted(set(names))
    return [known[start : start + _AT_ONCE] for start in range(0, len(known), _AT_ONCE)]


def _stepped(
    lines: Mapping[tuple[str, str], list[Responsibility]], regions: Sequence[str], thing: str
) -> list[list[Responsibility]]:
    steps: dict[tuple[int, int], list[Responsibility]] = {}
    for name in dict.fromkeys((thing, "")):
        for region in regions:
            for line in lines.get((region, name), ()):
                level = -99 if line.thing else -len(line.region)
                steps.setdefault((level, line.rank), []).append(line)
    return [steps[step] for step in sorted(steps)]


def responsible_for(region: str, thing: str, rank: int) -> list[Responsibility]:
    """Who is asked at a step of the escalation, 1 first; empty beyond the last."""
    steps = steps_for(region, thing)
    return steps[rank - 1] if 1 <= rank <= len(steps) else []


class Mailbox(NamedTuple):
    """Where somebody of the tree is written to, or empty; in which language, and by which phone."""

    address: str
    language: str
    phone: str


def mailboxes_of(lines: Sequence[Responsibility]) -> dict[int, Mailbox]:
    """The mailbox and phone of each line by its id; those of the account where it has none."""
    keys = sorted({line.user_key for line in lines if line.user_key})
    known: dict[str, tuple[str, str, str]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = User.objects.filter(key__in=keys[start : start + _AT_ONCE], is_active=True)
        known |= {key: (email, spoken, phone) for key, email, spoken, phone
                  in rows.values_list("key", "email", "language", "phone")}  # fmt: skip
    found = {}
    for line in lines:
        email, spoken, phone = known.get(line.user_key, ("", "zh-hans", ""))
        found[line.pk] = Mailbox(line.email or email, spoken, line.phone or phone)
    return found


def answering_for(regions: Iterable[str]) -> QuerySet[Responsibility]:
    """The lines of the tree for whole regions: those named, all below them, and those above them
    as far as the county."""
    named = set(regions)
    above = {up for one in named for up in parents_of(one) if len(up) >= LENGTHS["county"]}
    here = within(Scope.of(map(Grant, named)), "region", "")
    lines = Responsibility.objects.filter(here | Q(region__in=above), thing="")
    return lines.select_related("organisation").order_by("region", "rank", "pk")


def roster(asker: Somebody, start: datetime, days: int = 7) -> QuerySet[Duty]:
    """Duty entries of the asker's organisations that touch some days from a moment."""
    entries = duties(asker).filter(starts_at__lt=start + timedelta(days=days), ends_at__gt=start)
    return entries.order_by("organisation__region", "organisation__key", "starts_at", "pk")


def rostered(entries: QuerySet[Duty], words: str) -> QuerySet[Organisation]:
    """The organisations that have such entries, by region; of those, the ones with the words."""
    found = Organisation.objects.filter(pk__in=entries.order_by().values("organisation"))
    return named_like(found, words)


def duties(asker: Somebody) -> QuerySet[Duty]:
    """All duty entries of the asker's organisations."""
    reach = within(asker.scope_for(SEE_DUTY), "organisation__region", "organisation__key")
    return Duty.objects.filter(reach).select_related("organisation")


def tree(asker: Somebody) -> QuerySet[Responsibility]:
    """The lines of the responsibility tree in the asker's jurisdiction, from the top down."""
    reach = within(asker.scope_for(SEE_TREE), "region", "organisation__key")
    lines = Responsibility.objects.filter(reach).select_related("organisation")
    return lines.order_by("region", "thing", "rank", "pk")


def searched_tree(found: QuerySet[Responsibility], words: str) -> QuerySet[Responsibility]:
    """Of some lines, those of a region's code, or with the words in what they name."""
    words = words.strip()[:64]
    if not words:
        return found
    return found.filter(
        Q(region__startswith=words)
        | Q(thing__icontains=words)
        | Q(person__icontains=words)
        | Q(organisation__name__icontains=words)
    )
