"""The area of the editor: drawn, or by a circle, by what lies about something, by a saved one."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.warning.actions.areas import keep_area
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.queries.audience.areas import (
    about,
    circle_of,
    saved_areas,
    thing_of,
    things_named,
)
from anlan.apps.warning.views.write.writing import Writing, writing
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError, Malformed


@needs(WRITE)
@require_POST
def area(request: HttpRequest, key: str) -> HttpResponse:
    """The part of the editor with the area that was asked for in place, or why it is not."""
    one, told = writing(request, key), {}
    try:
        told = _put(one, request)
    except AnlanError as error:
        told = {"wrong": str(error)}
    facts = one.facts() | told | {"typed": request.POST, "is_open": True}
    answer = render(request, "warning/write/area.html", facts)
    if "drawn" in told:  # what people will read is made anew, as after a stroke on the map
        answer.headers["HX-Trigger-After-Swap"] = json.dumps({"change": {"target": "#editor"}})
    return answer


def _put(one: Writing, request: HttpRequest) -> dict[str, Any]:
    """Does what was pressed; what the part shows of it."""
    told, asker = request.POST, asker_of(request)
    by, metres = told.get("area_by", ""), told.get("area_m", "")
    if by == "keep":
        kept = keep_area(asker, region=one.stored.region, name=told.get("area_name", ""),
                         shape=one.said.shape)  # fmt: skip
        return {"done": _("%(name)s was kept.") % {"name": kept.name}}
    if by == "circle":
        return {"drawn": circle_of(told.get("area_middle", ""), metres)}
    if by == "saved":
        saved = saved_areas(asker).filter(key=told.get("area_saved", "")[:16]).first()
        if saved is None:
            raise Malformed(_("There is no such area."))
        return {"drawn": saved.shape}
    thing = thing_of(asker, by.removeprefix("about:")) if by.startswith("about:") else None
    found = [thing] if thing else things_named(asker, told.get("area_about", ""))
    if not found:
        raise Malformed(_("Nothing is called so in your jurisdiction."))
    return {"drawn": about(found[0], metres)} if len(found) == 1 else {"found": found}
