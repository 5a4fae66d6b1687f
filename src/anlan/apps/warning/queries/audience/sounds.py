"""The recordings of a jurisdiction, and the one that says a warning."""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Q, QuerySet

from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Recording, Warning
from anlan.cap.message import Resource
from anlan.desk.asker import Asker
from anlan.terms.places import parents_of


def recordings(asker: Asker) -> QuerySet[Recording]:
    """Those of the asker's jurisdiction that are not retired, the newest first."""
    rows = Recording.objects.filter(retired_at=None)
    return rows.filter(within(asker.scope_for(SEE), owner=""))


def audible(asker: Asker) -> QuerySet[Recording]:
    """Those that the asker may hear: its own, and those of the places above, which its warnings
    take where it has none."""
    scope = asker.scope_for(SEE)
    above = {code for one in scope.grants if not one.owner for code in parents_of(one.region)}
    rows = Recording.objects.filter(retired_at=None)
    own = within(scope, owner="")
    return rows.filter(own | Q(region__in=above)) if own else rows


def recording_for(warning: Warning, language: str) -> Recording | None:
    """What a loudspeaker plays of the message that would leave next, None where it is spoken.

    Of the nearest place that has one; there the one for its very event and level first, then the
    newest. What is lifted is spoken: no recording knows what it lifts.
    """
    if warning.kind == Warning.Kind.CANCEL:
        return None
    places = [warning.region, *parents_of(warning.region)]
    rows = Recording.objects.filter(
        region__in=places, language=language, status=warning.status, retired_at=None,
        heard_at__isnull=False, event__in=("", warning.event), level__in=(0, int(warning.level)),
    )  # fmt: skip
    fitting = sorted(rows, key=lambda one: (len(one.region), one.event, one.level, one.pk))
    return fitting[-1] if fitting else None


def sounds_for(warning: Warning) -> Mapping[str, Resource]:
    """The same by language, as the CAP message names them: frozen and signed with it."""
    found = {language: recording_for(warning, language) for language in Recording.Language.values}
    return {
        language: Resource(resource_desc=one.title, mime_type=one.media_type,
                           size=str(one.size), digest=one.digest)
        for language, one in found.items() if one is not None
    }  # fmt: skip


def has_speech() -> bool:
    """Whether a program of this machine speaks where no recording does."""
    return bool(settings.PLACE.options.speech_command)
