"""Drafts: from an alarm or by hand, and their edits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from anlan.apps.people.acts import roles_of
from anlan.apps.people.asker import Person, grant_of
from anlan.apps.people.models import Organisation
from anlan.apps.people.queries import names_of
from anlan.apps.warning.actions.course.acting import Doing, acting, check, writing
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import CONTENT, Signature, Warning
from anlan.apps.warning.queries.course.signers import Seat
from anlan.apps.warning.queries.course.stages import may_edit
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.queries.writing.drafting import (
    Names,
    alarm_content,
    event_for,
    event_named,
    first_content,
    region_names,
    with_headlines,
)
from anlan.apps.watch.queries import alarm_for
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed, Refused
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.places import is_region

_TIMES = ("onset", "effective", "expires")
_CHOICES = {
    "urgency": ("Immediate", "Expected", "Future", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
}
EDITABLE = frozenset(CONTENT) - {"event", "event_zh", "event_en", "category"}
"""What an edit may change; an event of another kind is another warning."""


def draft_from_alarm(asker: Asker, alarm_key: str, *, status: str = "") -> Warning:
    """A draft that an alarm suggests: event, level, text, measures and area of its pack.

    status: the alarm's unless another is named; out of a drill comes no actual warning.
    Raises Http404 where the asker sees no such alarm, Refused where the pack warns of nothing.
    """
    alarm = alarm_for(asker, alarm_key)
    event = event_for(alarm.pack, alarm.rule)
    if event is None or not alarm.region:
        raise Refused(_("Its pack suggests no warning: draft one by hand."))
    status = status or alarm.status
    if alarm.status != Warning.Status.ACTUAL and status != alarm.status:
        raise Refused(_("The alarm is a drill's or a test's: so is every warning that follows."))
    warning = Warning(status=status, pack=alarm.pack, cause=alarm.key, rule=alarm.rule)
    return begin(asker, warning, alarm.region, content=alarm_content(alarm, event, asker.now))


def draft(
    asker: Asker, *, pack: str, event: str, level: int, region: str, status: str = "Actual"
) -> Warning:  # fmt: skip
    """A draft by hand; event: a name of the pack · level: 1–4 · region: the place it is for."""
    found = event_named(pack, event)
    if found is None:
        raise Refused(_("There is no such event."))
    if not is_region(region):
        raise Refused(_("%(code)s is no region.") % {"code": region})
    place = region_names(region)
    content = first_content(found, _level(level), asker.now) | {
        "regions": [region], "area_zh": place.zh, "area_en": place.en,
    }  # fmt: skip
    return begin(asker, Warning(status=status, pack=pack), region, content=content)


def begin(asker: Asker, warning: Warning, place: str, *, content: Mapping[str, Any]) -> Warning:
    """Puts a draft down, as one of the office that the asker writes for at that place."""
    if warning.status not in Warning.Status.values:
        raise Refused(_("A warning is actual, an exercise or a test."))
    office = office_of(asker, place)
    warning.region, warning.owner = office.region, office.key
    warning.writer, warning.writer_name = asker.key, asker.name
    warning.created_at = warning.changed_at = asker.now
    with writing(asker, WRITE, warning) as doing:
        before = dict.fromkeys(CONTENT)
        for name, value in content.items():
            setattr(warning, name, value)
        with_headlines(warning, names_of_office(office))
        doing.keep(before)
        doing.tell("draft", cause=warning.cause)
        doing.detail["cause"] = warning.cause
    return warning


def edit(asker: Asker, key: str, *, version: int, fields: Mapping[str, Any]) -> Warning:
    """Changes what the next message will say; fields: of `EDITABLE`, as values or as texts.

    Raises Malformed naming the field whose value is none, Refused where it may not be edited now.
    """
    with acting(asker, WRITE, key, version=version) as doing:
        check(may_edit(asker, doing.warning, asker.now))
        if doing.change(cleaned(fields)):
            doing.tell("edit", fields=doing.detail["changed"])
    return doing.warning


def name_signers(asker: Asker, key: str, *, version: int, seats: list[Seat]) -> Warning:
    """Says which departments are to sign, and who for each; checked when it is submitted."""
    with acting(asker, WRITE, key, version=version) as doing:
        check(may_edit(asker, doing.warning, asker.now))
        seat(doing, seats)
    return doing.warning


def seat(doing: Doing, seats: list[Seat]) -> None:
    """Puts the departments that are to sign in place of those before."""
    warning, order = doing.warning, doing.order
    if len({one.organisation for one in seats}) < len(seats):
        raise Refused(_("Each department signs once."))
    Signature.objects.filter(warning=warning, order=order).delete()
    offices = {
        o.key: o for o in Organisation.objects.filter(key__in={s.organisation for s in seats})
    }
    names = names_of({s.signer for s in seats} | {s.deputy for s in seats})
    for one in seats:
        if one.organisation not in offices:
            raise Refused(_("There is no such department."))
        Signature.objects.create(
            warning=warning, order=order, organisation=one.organisation,
            organisation_name=offices[one.organisation].name, asked=one.signer,
            signer=one.signer, signer_name=names.get(one.signer, ""),
            deputy=one.deputy, deputy_name=names.get(one.deputy, ""),
        )  # fmt: skip
    doing.detail["seats"] = [list(one) for one in seats]


def office_of(asker: Asker, region: str) -> Organisation:
    """The organisation for which the asker writes warnings of a place; Refused without one."""
    posts = asker.posts if isinstance(asker, Person) and asker.may(WRITE, region) else ()
    able = [p for p in posts if p.role in roles_of(WRITE) and grant_of(p).covers(region)]
    if not able:
        raise Refused(_("You may not write warnings for this place."))
    return max(able, key=lambda post: len(post.region)).organisation


def names_of_office(office: Organisation) -> Names:
    """What a department is called in both languages."""
    return Names(office.name, office.name_en or office.name)


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as they may be stored; Malformed naming the one that is none."""
    unknown = sorted(set(fields) - EDITABLE)
    if unknown:
        raise Malformed(_("This cannot be edited."), where=unknown[0])
    return {name: _cleaned(name, value) for name, value in fields.items()}


def _cleaned(name: str, value: Any) -> Any:
    if name == "level":
        return _level(value)
    if name in _TIMES:
        return _moment(name, value)
    if name == "regions":
        return sorted({str(code).strip() for code in value if str(code).strip()})
    if name == "shape":
        return _shape(value)
    text = "".join(c for c in plain(str(value)) if c in "\n\t" or ord(c) >= 32).strip()
    if name in _CHOICES and text not in _CHOICES[name]:
        raise Malformed(_("It is none of the words that are possible here."), where=name)
    field = Warning._meta.get_field(name)
    most = getattr(field, "max_length", None)
    if most and len(text) > most:
        raise Malformed(_("At most %(most)d characters.") % {"most": most}, where=name)
    return text


def _level(value: Any) -> int:
    try:
        level = Level(int(value))
    except (TypeError, ValueError) as error:
        raise Malformed(_("This is no level."), where="level") from error
    if level not in RAISED_LEVELS:
        raise Malformed(_("This is no level."), where="level")
    return int(level)


def _moment(name: str, value: Any) -> datetime | None:
    """An aware time, to the second, or None."""
    if value in (None, ""):
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Malformed(_("This is no time."), where=name) from error
    if moment.tzinfo is None:
        raise Malformed(_("This time has no zone."), where=name)
    return moment - timedelta(microseconds=moment.microsecond)


def _shape(value: Any) -> BaseGeometry | None:
    try:
        shape = Warning._meta.get_field("shape").to_python(value)
    except ValidationError as error:
        raise Malformed(_("This is not a shape."), where="shape") from error
    return shape if shape is None or isinstance(shape, BaseGeometry) else None
