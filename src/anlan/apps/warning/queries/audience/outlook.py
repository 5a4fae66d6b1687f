"""Who will be told by a message that is still being written, and who is in its area.

What is counted is asked of the same queries as the hand-over asks, so nothing is told twice here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.translation import gettext as _

from anlan.apps.atlas.models import Region
from anlan.apps.atlas.pages.targets import KINDS
from anlan.apps.atlas.queries import Around, Grid, around, grid_of
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Addressee, Message, Subscription, Warning
from anlan.apps.warning.queries.audience.people import answering
from anlan.apps.warning.queries.audience.sinks import Sink, route, told_before
from anlan.apps.warning.queries.audience.subscribers import subscribers
from anlan.apps.warning.queries.audience.systems import lacking, systems
from anlan.apps.warning.queries.writing.content import content_of, order_of
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

SPECIAL = ("school", "kindergarten", "hospital", "care_home", "construction", "scenic")
"""The kinds of places with people who need more time, or somebody to tell them."""
_PEOPLE = (Addressee.By.EMAIL, Addressee.By.SMS, Addressee.By.PHONE)
_DEVICES = (Addressee.By.SPEAKER, Addressee.By.SCREEN)
MOST_PEOPLE, MOST_PLACES = 200, 20


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one special kind: how many, and the first twenty."""

    title: str
    count: int
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody who answers for a place or a thing; ways: by what they are told."""

    name: str
    organisation: str
    region: str
    owner: str
    ways: list[str]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What signing would do.

    ways: by what, and how many ends · people: those who answer, of the asker's jurisdiction, at
    most 200; more: how many further there are; beyond: how many of other jurisdictions ·
    devices: screens and loudspeakers of the asker's jurisdiction, at most 200 · inside:
    who is in the area, None where why says why not · grid: what the figures rest on.
    """

    ways: list[tuple[str, int]]
    lacking: list[str]
    people: list[Responsible]
    more: int
    beyond: int
    subscribers: list[tuple[str, int]]
    devices: list[Sink]
    groups: list[Group]
    inside: Around | None
    grid: Grid | None
    why: str


def outlook(asker: Asker, warning: Warning) -> Outlook:
    """Of the message that would leave next, as the records stand at the asker's time."""
    message = Message(warning=warning, order=order_of(warning), status=warning.status,
                      kind=warning.kind, content=content_of(warning))  # fmt: skip
    sinks = route(message, [*answering(message, asker.now), *told_before(message),
                            *systems(message)])  # fmt: skip
    scope = asker.scope_for(SEE)
    every = _each_person(sinks)
    people = [one for one in every if scope.covers(one.region, one.owner)]
    inside, grid, why = _inside(asker, message)
    return Outlook(
        ways=_ways(sinks), lacking=lacking(message), people=people[:MOST_PEOPLE],
        more=max(0, len(people) - MOST_PEOPLE),
        beyond=len(every) - len(people), subscribers=_subscribers(message),
        devices=[one for one in sinks if one.kind in _DEVICES
                 and scope.covers(one.region, one.owner)][:MOST_PEOPLE],
        groups=_groups(inside), inside=inside, grid=grid, why=why,
    )  # fmt: skip


def _each_person(sinks: Iterable[Sink]) -> list[Responsible]:
    """Those who answer, each once however many ways lead to them."""
    found: dict[tuple[str, str, str], Responsible] = {}
    for one in sinks:
        if one.kind in _PEOPLE:
            name = one.name, one.organisation, one.phone
            known = found.setdefault(name, Responsible(*name[:2], one.region, one.owner, []))
            known.ways.append(str(Addressee.By(one.kind).label))
    return list(found.values())


def _ways(sinks: Iterable[Sink]) -> list[tuple[str, int]]:
    """By what, and how many are written to; who is to be called is counted by heads."""
    ends = {one.end if one.address else one.who for one in sinks}
    counts = Counter(end[0] for end in ends)
    return [(str(Addressee.By(way).label), counts[way]) for way in Addressee.By.values
            if counts[way]]  # fmt: skip


def _subscribers(message: Message) -> list[tuple[str, int]]:
    counts = subscribers(message).counts
    return [(str(Subscription.Way(way).label), n) for way, n in counts.items()]


def _inside(asker: Asker, message: Message) -> tuple[Around | None, Grid | None, str]:
    area = _area(message)
    if area is None:
        return None, None, _("No area is drawn, and the regions named have no border here.")
    try:
        return around(asker, area), grid_of(asker, area), ""
    except Malformed as error:
        return None, None, str(error)


def _area(message: Message) -> Any:
    """What is drawn and the borders of the regions named, as one; None where neither is known."""
    codes = [code for code in message.content["regions"] if is_region(code)]
    rows = Region.objects.standing().filter(key__in=codes).exclude(shape=None)
    shapes = [*rows.values_list("shape", flat=True)]
    if message.content["shape"]:
        shapes.append(shapely.from_geojson(message.content["shape"]))
    return shapely.union_all([shapely.make_valid(one) for one in shapes]) if shapes else None


def _groups(inside: Around | None) -> list[Group]:
    """The special kinds, each with its names; those of which there are none are said too."""
    if inside is None:
        return []
    titles = dict(KINDS)
    return [
        Group(str(titles[kind]), inside.targets.kinds.get(kind, 0),
              [row for row in inside.targets.rows if row.kind == kind][:MOST_PLACES])
        for kind in SPECIAL
    ]  # fmt: skip
