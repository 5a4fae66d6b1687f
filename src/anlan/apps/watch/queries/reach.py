"""Which alarms somebody sees."""

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from anlan.apps.people.queries import within
from anlan.apps.watch.acts import SEE, SEE_UNPLACED
from anlan.apps.watch.models import Alarm, Picture, Source
from anlan.desk.asker import Asker
from anlan.terms.places import LENGTHS


def plain(text: str) -> str:
    """A text as a database takes it: PostgreSQL has no sign of the number 0."""
    return text.replace("\0", "")


def alarms(asker: Asker) -> QuerySet[Alarm]:
    """The alarms in the asker's jurisdiction, and those assigned to its organisation."""
    if not asker.may(SEE):
        return Alarm.objects.none()
    # Where nearly all alarms lie within, the index on their region is the slowest way to find
    # some of them, and SQLite would take it all the same: so the column is hidden from it.
    rows = Alarm.objects.alias(place=Coalesce("region", Value("")))
    region = "place" if _is_wide(asker) else "region"
    reach = within(asker.scope, region)
    return rows.filter(reach | assigned_to(asker)) if reach else rows  # over the whole country


def _is_wide(asker: Asker) -> bool:
    """Whether a grant is over a city or more."""
    return any(len(grant.region) <= LENGTHS["city"] for grant in asker.scope.grants)


def assigned_to(asker: Asker) -> Q:
    """A condition that holds for what is assigned to an organisation the asker acts for."""
    owners = sorted({grant.owner for grant in asker.scope.grants if grant.owner})
    return Q(assigned_to__in=owners) if owners else Q(pk__in=[])


def mine(asker: Asker) -> Q:
    """A condition that holds for what the asker itself is to deal with."""
    return Q(assignee=asker.key) | assigned_to(asker)


def alarm_for(asker: Asker, key: str) -> Alarm:
    """An alarm by its key; Http404 where there is none that the asker sees."""
    found = alarms(asker).filter(key=plain(key)).first()
    if found is None:
        raise Http404
    return found


def picture_for(asker: Asker, key: str) -> Picture:
    """A picture of an alarm's handling; Http404 where the asker does not see that alarm."""
    seen = Picture.objects.filter(key=plain(key), step__alarm__in=alarms(asker))
    found = seen.select_related("step__alarm").first()
    if found is None:
        raise Http404
    return found


def unplaced(asker: Asker) -> QuerySet[Alarm]:
    """Open alarms of objects that the atlas does not know: a fault, for administrators."""
    lost = Alarm.objects.filter(region="").exclude(state=Alarm.State.CLOSED)
    return lost if asker.may(SEE_UNPLACED) else lost.none()


def revision() -> int:
    """Grows with every change of any alarm."""
    return Source.objects.filter(pk=1).values_list("revision", flat=True).first() or 0


def revision_for(asker: Asker) -> int:
    """Grows with every change of an alarm that the asker sees, and tells nothing of others."""
    newest = alarms(asker).order_by("-revision").values_list("revision", flat=True)
    return newest.first() or 0
