"""Pictures, sounds and texts of a device, for whoever may see it."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from anlan.apps.atlas.acts import SEE_DEVICES
from anlan.apps.atlas.queries.gateway.heard import device_for
from anlan.desk.doors import asker_of, needs
from anlan.live.gateway.devices.media import NAME, PICTURES, path_of, pieces_of

_MOST, _MOST_TEXT = 24, 500


def media_shown(protocol: str, device: str) -> list[dict[str, Any]]:
    """The newest files of a device."""
    data = settings.PLACE.data
    return [
        {
            "piece": one,
            "at": datetime.fromtimestamp(one.at / 1000, UTC),
            "is_picture": one.kind in PICTURES,
            "text": _text(one.name) if one.kind == "txt" else "",
        }
        for one in pieces_of(data, protocol, device, most=_MOST)
    ]


def _text(name: str) -> str:
    try:
        return path_of(settings.PLACE.data, name).read_text("utf-8", "replace")[:_MOST_TEXT]
    except OSError:
        return ""


@needs(SEE_DEVICES)
def media(request: HttpRequest, protocol: str, device: str, name: str) -> HttpResponse:
    """One of them: a picture in the page, all else as a file that no browser opens by itself."""
    asker = asker_of(request)
    found = device_for(asker, protocol, device)
    own = {one.name for one in pieces_of(settings.PLACE.data, protocol, device, most=100_000)}
    if not NAME.fullmatch(name) or name not in own or not found.may(asker, SEE_DEVICES):
        raise Http404
    kind = PICTURES.get(name.rpartition(".")[2], "application/octet-stream")
    try:
        content = path_of(settings.PLACE.data, name).read_bytes()
    except OSError as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=kind)
    told = f"{found.known.device}-{name[:12]}.{name.rpartition('.')[2]}"
    is_file = kind not in PICTURES.values()
    answer["Content-Disposition"] = content_disposition_header(is_file, told) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
