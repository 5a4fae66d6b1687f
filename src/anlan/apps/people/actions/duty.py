"""Duty 值班 planned and handed over, and the responsibility tree 责任树."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.acts import EDIT_TREE, PLAN_DUTY
from anlan.apps.people.asker import Somebody
from anlan.apps.people.models import Duty, Organisation, Responsibility
from anlan.terms.errors import Refused
from anlan.terms.places import is_region

LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Somebody who is to be on duty."""

    person: str
    phone: str
    user_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Who answers for a region, or for one thing in it; rank: 1 is asked first."""

    organisation: Organisation
    region: str
    thing: str = ""
    rank: int = 1
    person: str
    user_key: str = ""
    phone: str = ""
    email: str = ""


def plan_duty(
    asker: Somebody, organisation: Organisation, *, who: OnDuty, start: datetime, end: datetime
) -> Duty:
    """Puts somebody on duty from a moment to before another; Refused for times that cannot be."""
    _check(asker, organisation)
    _check_times(asker.now, start, end)
    entry = Duty(organisation=organisation, starts_at=start, ends_at=end, person=who.person,
                 phone=who.phone, user_key=who.user_key)  # fmt: skip
    with deed(asker, PLAN_DUTY, entry.key, region=organisation.region) as detail:
        detail.update(organisation=organisation.key, start=start.isoformat(), end=end.isoformat())
        entry.save(force_insert=True)
    return entry


def change_duty(
    asker: Somebody, entry: Duty, *, who: OnDuty, start: datetime, end: datetime
) -> None:
    """Changes an entry that has not ended; one that runs keeps its beginning."""
    _check(asker, entry.organisation)
    with deed(asker, "people.changed_duty", entry.key, region=entry.organisation.region):
        entry = Duty.objects.select_for_update().select_related("organisation").get(pk=entry.pk)
        if entry.ends_at <= asker.now:
            raise Refused(_("This duty is over; what was stays as it was."))
        begun = entry.starts_at <= asker.now
        if begun and (who.person, who.phone) != (entry.person, entry.phone):
            raise Refused(_("This duty has begun. Hand it over instead."))
        start = entry.starts_at if begun else start
        _check_times(asker.now, start, end)
        entry.starts_at, entry.ends_at = start, end
        entry.person, entry.phone, entry.user_key = who.person, who.phone, who.user_key
        entry.save()


def drop_duty(asker: Somebody, entry: Duty) -> None:
    """Takes an entry out that has not begun."""
    _check(asker, entry.organisation)
    with deed(asker, "people.dropped_duty", entry.key, region=entry.organisation.region):
        if not Duty.objects.filter(pk=entry.pk, starts_at__gt=asker.now).delete()[0]:
            raise Refused(_("This duty has begun. Hand it over instead."))


def hand_over(asker: Somebody, entry: Duty, *, who: OnDuty) -> Duty:
    """Ends a running duty now; another person is on duty for the rest of it."""
    _check(asker, entry.organisation)
    with deed(asker, "people.handed_over", entry.key, region=entry.organisation.region) as detail:
        entry = Duty.objects.select_for_update().select_related("organisation").get(pk=entry.pk)
        if not entry.starts_at <= asker.now < entry.ends_at:
            raise Refused(_("Only a duty that runs now can be handed over."))
        rest = Duty.objects.create(
            organisation=entry.organisation, person=who.person, phone=who.phone,
            user_key=who.user_key, starts_at=asker.now, ends_at=entry.ends_at,
        )  # fmt: skip
        entry.ends_at = asker.now
        entry.save(update_fields=["ends_at"])
        detail["to"] = rest.key
    return rest


def set_responsible(asker: Somebody, line: Responsibility | None, *, answers: Answers) -> None:
    """Adds a line of the responsibility tree, or changes one."""
    place = answers.region
    if not is_region(place) or not 1 <= answers.rank <= 9:
        raise Refused(_("A line needs a region code and a rank from 1 to 9."))
    for region in {place, line.region if line else place}:
        if not asker.may(EDIT_TREE, region, answers.organisation.key):
            raise Refused(_("This is not in your jurisdiction."))
    line = line or Responsibility()
    with deed(asker, EDIT_TREE, line.key, region=place) as detail:
        detail.update(thing=answers.thing, rank=answers.rank)
        for name in Answers.__slots__:
            setattr(line, name, getattr(answers, name))
        line.save()


def drop_responsible(asker: Somebody, line: Responsibility) -> None:
    """Takes a line out of the tree."""
    if not asker.may(EDIT_TREE, line.region, line.organisation.key):
        raise Refused(_("This is not in your jurisdiction."))
    with deed(asker, "people.dropped_responsible", line.key, region=line.region) as detail:
        detail.update(thing=line.thing, rank=line.rank)
        line.delete()


def _check(asker: Somebody, organisation: Organisation) -> None:
    if not asker.may(PLAN_DUTY, organisation.region, organisation.key):
        raise Refused(_("This is not in your jurisdiction."))


def _check_times(now: datetime, start: datetime, end: datetime) -> None:
    if end <= start or end - start > LONGEST:
        raise Refused(_("Duty ends after it begins, and within 31 days."))
    if end <= now:
        raise Refused(_("Duty can only be planned for times to come."))
