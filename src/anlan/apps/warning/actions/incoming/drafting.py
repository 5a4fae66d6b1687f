"""A draft of our own from an official warning that came in."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.warning.actions.course.drafting import begin, office_of
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import Warning
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.bearing import CAUSE
from anlan.apps.warning.queries.incoming.listing import incoming_for, messages_of
from anlan.apps.warning.queries.incoming.mapping import suggested
from anlan.apps.warning.queries.incoming.reading import Told, frozen_in, told_in
from anlan.apps.warning.queries.writing.drafting import border_of, first_content, region_names
from anlan.desk.asker import Asker
from anlan.packs import Event
from anlan.terms.errors import Refused
from anlan.terms.levels import Level
from anlan.terms.places import COUNTRY


def draft_from_incoming(asker: Asker, key: str) -> Warning:
    """A draft with the event, the level, the text and the area of an official warning.

    Its place is what of the warning's area the asker is in charge of. Raises Http404 where the
    asker sees no such warning, Refused where it does not hold, names no level, or no pack knows
    its event. A drill is followed by a drill, a test by a test.
    """
    one = incoming_for(asker, key)
    if not one.stands(asker.now):
        raise Refused(_("It does not hold any more: draft a warning by hand if one is needed."))
    known = suggested(one)
    if known is None or not one.level:
        raise Refused(_("No pack knows its event or its level: draft a warning by hand."))
    place = _place(asker, one)
    told = told_in(frozen_in([m for m in messages_of(one) if m.kind != "Cancel"][-1]))
    warning = Warning(status=one.status, pack=known.pack, cause=f"{CAUSE}{one.key}")
    content = incoming_content(one, told, known.event, place, asker)
    return begin(asker, warning, place, content=content)


def _place(asker: Asker, one: Incoming) -> str:
    """Where the draft is for: the warning's places within the asker's, or the asker's own."""
    grants = [grant.region for grant in asker.scope_for(WRITE).grants]
    for code in [one.region, *one.regions]:
        if code and asker.may(WRITE, code):
            return str(code)
    under = (g for g in grants if g != COUNTRY and any(g.startswith(c) for c in one.regions))
    found = next(under, "")
    if not found:
        raise Refused(_("You may not write warnings for this place."))
    office_of(asker, found)
    return found


def incoming_content(
    one: Incoming, told: Told, event: Event, place: str, asker: Asker
) -> dict[str, Any]:
    """What the draft says at first: the official text, and whose it is."""
    names, border = region_names(place), border_of(place)
    at = timezone.localtime(one.sent_at)
    level = Level(one.level)
    own = [code for code in one.regions if code.startswith(place)] or [place]
    shape = one.shape if one.shape is not None else border
    if one.shape is not None and border is not None and one.shape != border:
        both = one.shape.intersection(border)
        shape = both if both.geom_type in ("Polygon", "MultiPolygon") and both.area else border
    office = one.office or one.sender
    zh = (f"{office}{at.month}月{at.day}日{at:%H:%M}发布{event.title.zh}{level.chinese}预警："
          f"{(told.zh.description or '').strip()}") if told.zh else ""  # fmt: skip
    en = (f"{office}, {at:%Y-%m-%d %H:%M}, {level.word} {event.title.en} warning: "
          f"{(told.en.description or '').strip()}") if told.en else ""  # fmt: skip
    ends = one.ends_at if one.ends_at and not one.is_assumed else None
    return first_content(event, level, asker.now) | {
        "description_zh": zh, "description_en": en,
        "measures_zh": ((told.zh and told.zh.instruction) or "").strip(),
        "measures_en": ((told.en and told.en.instruction) or "").strip(),
        "area_zh": names.zh, "area_en": names.en, "regions": own, "shape": shape,
        "onset": one.onset_at or asker.now,
        **({"expires": ends} if ends else {}),
    }  # fmt: skip
