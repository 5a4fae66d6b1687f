"""Which risks somebody sees."""

from django.db.models import QuerySet
from django.http import Http404

from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE_RISKS
from anlan.apps.warning.models import Risk, RiskPicture
from anlan.apps.warning.queries.reach import plain
from anlan.desk.asker import Asker


def risks(asker: Asker) -> QuerySet[Risk]:
    """The risks of the asker's jurisdiction, of an enterprise its own."""
    if not asker.may(SEE_RISKS):
        return Risk.objects.none()
    return Risk.objects.filter(within(asker.scope_for(SEE_RISKS)))


def risk_for(asker: Asker, key: str) -> Risk:
    """A risk by its key; Http404 where there is none that the asker sees."""
    found = risks(asker).filter(key=plain(key)).first()
    if found is None:
        raise Http404
    return found


def picture_for(asker: Asker, key: str) -> RiskPicture:
    """A picture of a report; Http404 where the asker does not see that risk."""
    found = RiskPicture.objects.filter(key=plain(key), step__risk__in=risks(asker)).first()
    if found is None:
        raise Http404
    return found
