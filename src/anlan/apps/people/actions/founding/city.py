"""The organisations, duty and responsibilities of a fictional city."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.actions.founding.accounts import make_accounts
from anlan.apps.people.asker import Machine
from anlan.apps.people.models import Duty, Organisation, Responsibility, User

if TYPE_CHECKING:
    from anlan.sandtable.city.model import City, Contact

_AT_ONCE = 2000
_DAYS = range(-1, 8)
_DAY, _NIGHT = time(8), time(20)
_NAMES = (
    "陆清和", "江望潮", "顾长风", "孟春来", "叶知秋", "白石川", "韩晓岚", "唐远山", "夏临川",
    "方既明", "姚静水", "邵云帆", "钟岳", "冯渡", "罗一鸣", "魏青禾", "石磊", "宋晚晴",
)  # fmt: skip


def found_people(city: "City", now: datetime, is_demo: bool) -> None:
    """Fills people from a fictional city; once, and again without harm.

    Only a demo gets accounts, duty and responsibilities: elsewhere they are real people's matter.
    """
    with deed(Machine("founding", now), "people.founded", city.size, region="99") as detail:
        Organisation.objects.bulk_create(_organisations(city), _AT_ONCE, ignore_conflicts=True)
        by_key = {one.key: one for one in Organisation.objects.all()}
        detail["organisations"] = len(by_key)
        if not is_demo:
            return
        places = _places(city, by_key)
        detail["accounts"] = make_accounts(places, now)
        if not Duty.objects.exists():
            Duty.objects.bulk_create(_duty(city, by_key, now), _AT_ONCE)
        if not Responsibility.objects.exists():
            Responsibility.objects.bulk_create(_tree(city, by_key), _AT_ONCE)


def _organisations(city: "City") -> Iterator[Organisation]:
    for one in city.organisations:
        yield Organisation(
            key=one.key, name=one.zh, name_en=one.en, kind=one.kind, region=one.region,
            parent=one.parent, phone=one.contact.phone, address=one.address,
        )  # fmt: skip


def _places(city: "City", by_key: dict[str, Organisation]) -> dict[str, Organisation]:
    """Whose organisation the demo's accounts belong to."""
    seats = _seats(by_key.values())
    places: dict[str, Organisation] = {}
    places |= {code: seats[code] for code in ("99", "9901", "990101", "990102") if code in seats}
    below = sorted(code for code in seats if code.startswith("990101"))
    for name, length in (("town", 9), ("village", 12)):
        found = next((code for code in below if len(code) == length), None)
        if found:
            places[name] = seats[found]
    plant = next((o.enterprise for o in city.objects if o.pack == "chemical" and o.enterprise
                  and o.region.startswith("990101")), "")  # fmt: skip
    if plant in by_key:
        places["enterprise"] = by_key[plant]
    teams = (o for o in by_key.values() if o.kind == "team" and o.region.startswith("990101"))
    team = min(teams, key=lambda one: one.key, default=None)
    return places if team is None else {**places, "team": team}


def _seats(organisations: Iterable[Organisation]) -> dict[str, Organisation]:
    """The government of each region, by its code."""
    found: dict[str, Organisation] = {}
    for one in sorted(organisations, key=lambda o: o.key):
        if one.kind == Organisation.Kind.GOVERNMENT:
            found.setdefault(one.region, one)
    return found


def _duty(city: "City", by_key: dict[str, Organisation], now: datetime) -> Iterator[Duty]:
    """Day and night, yesterday to a week ahead, for every government down to the towns.

    Who has the demo's account takes the kind of shift that runs now, so that they are on duty.
    """
    today = timezone.localtime(now)
    is_day = _DAY <= today.time() < _NIGHT
    names, users = cycle(_NAMES), _users_of_seats()
    for one in _seats(by_key.values()).values():
        if len(one.region) > len("990101001"):
            continue
        for day in _DAYS:
            for shift in (_DAY, _NIGHT):
                own = users.get(one.pk) if (shift == _DAY) == is_day else None
                start = datetime.combine(today.date() + timedelta(days=day), shift)
                yield _shift(one, own, next(names), timezone.make_aware(start))


def _shift(place: Organisation, user: User | None, name: str, start: datetime) -> Duty:
    who = (user.name, user.phone, user.key) if user else (name, place.phone, "")
    person, phone, key = who
    return Duty(organisation=place, person=person, phone=phone, user_key=key, starts_at=start,
                ends_at=start + timedelta(hours=12))  # fmt: skip


def _users_of_seats() -> dict[int, User]:
    """A duty officer of each organisation that has one, by the organisation's id."""
    found: dict[int, User] = {}
    for user in User.objects.filter(posts__role="duty").prefetch_related("posts").order_by("key"):
        found.setdefault(user.posts.all()[0].organisation_id, user)
    return found


def _tree(city: "City", by_key: dict[str, Organisation]) -> Iterator[Responsibility]:
    """For each region its government, first and second; for each object who owns it."""
    names, users = cycle(_NAMES), _users_of_seats()
    for one in _seats(by_key.values()).values():
        user = users.get(one.pk)
        first = user.name if user else next(names)
        mail = user.email if user else f"{one.key}@demo.invalid"
        for rank, person in ((1, first), (2, next(names))):
            yield Responsibility(
                region=one.region, rank=rank, organisation=one, person=person, phone=one.phone,
                user_key=user.key if user and rank == 1 else "", email=mail if rank == 1 else
                f"{one.key}-2@demo.invalid",
            )  # fmt: skip
    owners = _users_of_owners()
    for thing in city.objects:
        owner = by_key.get(thing.enterprise or thing.owner)
        if owner is not None:
            yield _owner_line(thing.key, thing.region, owner, thing.contact, owners.get(owner.key))


def _users_of_owners() -> dict[str, User]:
    """Who has signed for what an organisation owns, by its key."""
    users = User.objects.filter(posts__own_only=True).prefetch_related("posts__organisation")
    return {user.posts.all()[0].organisation.key: user for user in users}


def _owner_line(
    thing: str, region: str, owner: Organisation, contact: "Contact", user: User | None
) -> Responsibility:
    line = Responsibility(region=region, thing=thing, rank=1, organisation=owner)
    line.person, line.phone = (user.name, user.phone) if user else contact
    line.user_key = user.key if user else ""
    line.email = user.email if user else f"{owner.key}@demo.invalid"
    return line
