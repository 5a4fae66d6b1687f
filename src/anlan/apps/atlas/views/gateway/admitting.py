"""A device with all its sensors: admitted or turned away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions.gateway.admitting import Belongs, admit_device, turn_device_away
from anlan.apps.atlas.acts import ADMIT_DEVICES
from anlan.apps.atlas.views.gateway.knocks import devices_page
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_FIELDS = ("object_key", "kind", "name", "region")


@needs(ADMIT_DEVICES)
@require_POST
def admit(request: HttpRequest, protocol: str, device: str) -> HttpResponse:
    """Admits a device; a refusal says why."""
    belongs = Belongs(**{name: request.POST.get(name, "") for name in _FIELDS})
    try:
        sensors, counts = admit_device(asker_of(request), protocol, device, belongs)
    except AnlanError as error:
        return devices_page(request, wrong=(protocol, device), told=str(error))
    messages.success(request, _told(device, sensors, counts))
    return HttpResponseRedirect("/devices/")


@needs(ADMIT_DEVICES)
@require_POST
def turn_away(request: HttpRequest, protocol: str, device: str) -> HttpResponse:
    """Drops what a device sent."""
    try:
        rows = turn_device_away(
            asker_of(request), protocol, device, reason=request.POST.get("reason", "")
        )
    except AnlanError as error:
        return devices_page(request, wrong=(protocol, device), told=str(error))
    messages.success(
        request,
        ngettext("Turned away: %(n)s row dropped.", "Turned away: %(n)s rows dropped.", rows)
        % {"n": f"{rows:,}"},
    )
    return HttpResponseRedirect("/devices/")


def _told(device: str, sensors: int, counts: dict[str, Any]) -> str:
    words = {"device": device, "sensors": sensors, "rows": f"{counts['accepted']:,}"}
    if counts.get("waits"):
        return _("%(device)s is admitted with %(sensors)s sensors; the rows that waited are not "
                 "taken in yet.") % words  # fmt: skip
    return _("%(device)s is admitted with %(sensors)s sensors; %(rows)s waiting rows were taken "
             "in.") % words  # fmt: skip
