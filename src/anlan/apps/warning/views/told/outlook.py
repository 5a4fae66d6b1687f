"""Who will be told 将告知谁: a part of a warning's page before it is signed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Recording, Warning
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.audience.outlook import outlook
from anlan.apps.warning.queries.audience.sounds import has_speech, recording_for
from anlan.desk.doors import asker_of, needs


@needs(SEE)
@require_safe
def part(request: HttpRequest, key: str) -> HttpResponse:
    """Who is in the area, who will be told by what, and whom it concerns most."""
    asker = asker_of(request)
    found = warning_for(asker, key)
    facts = {"warning": found, "told": outlook(asker, found) if found.is_in_the_making else None}
    return render(request, "warning/case/outlook.html", facts | _sounds(found))


def _sounds(warning: Warning) -> dict[str, Any]:
    """What its loudspeakers would play, by language."""
    names = Recording.Language.choices if warning.headline_en else Recording.Language.choices[:1]
    played = [(label, recording_for(warning, language)) for language, label in names]
    return {"sounds": played, "has_speech": has_speech(),
            "has_speakers": bool(settings.PLACE.options.speaker_platform)}  # fmt: skip
