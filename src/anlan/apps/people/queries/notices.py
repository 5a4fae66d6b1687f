"""What went out, or is to go out, in the asker's jurisdiction."""

from django.db.models import QuerySet
from django.http import Http404

from anlan.apps.people.acts import SEE_NOTICES
from anlan.apps.people.asker import Somebody
from anlan.apps.people.models import Notice
from anlan.apps.people.queries.reach import within


def notices(asker: Somebody, state: str = "") -> QuerySet[Notice]:
    """The notices of the jurisdiction, the newest first; state: only those in it."""
    found = Notice.objects.filter(within(asker.scope_for(SEE_NOTICES)))
    return found.filter(state=state) if state in Notice.State.values else found


def notice_for(asker: Somebody, key: str) -> Notice:
    """One notice of the jurisdiction; Http404 where there is none."""
    found = notices(asker).filter(key=key).first()
    if found is None:
        raise Http404
    return found
