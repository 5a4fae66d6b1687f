"""Which warnings somebody sees."""

from django.db.models import Q, QuerySet
from django.http import Http404

from anlan.apps.people.asker import Person
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Message, Signature, Warning
from anlan.desk.asker import Asker


def plain(text: str) -> str:
    """A text as a database takes it: PostgreSQL has no sign of the number 0."""
    return text.replace("\0", "")


def warnings(asker: Asker) -> QuerySet[Warning]:
    """The warnings of the asker's jurisdiction, and those that its organisation is to sign."""
    if not asker.may(SEE):
        return Warning.objects.none()
    reach = within(asker.scope_for(SEE))
    if not reach:
        return Warning.objects.all()
    own = Signature.objects.filter(organisation__in=_own(asker)).values("warning")
    return Warning.objects.filter(reach | Q(pk__in=own))


def _own(asker: Asker) -> list[str]:
    """The organisations that a person has a post in."""
    return sorted({p.organisation.key for p in asker.posts}) if isinstance(asker, Person) else []


def warning_for(asker: Asker, key: str) -> Warning:
    """A warning by its key; Http404 where there is none that the asker sees."""
    found = warnings(asker).filter(key=plain(key)).first()
    if found is None:
        raise Http404
    return found


def messages(asker: Asker) -> QuerySet[Message]:
    """What was sent of the warnings that the asker sees, the newest first."""
    seen = Message.objects.filter(warning__in=warnings(asker))
    return seen.select_related("warning").order_by("-issued_at", "-pk")
