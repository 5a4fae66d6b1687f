"""Tiles of the map: the base for whoever signed in, the things cut to the asker's scope."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest

from anlan.apps.atlas.queries.tiles import (
    Wanted,
    base_tile,
    base_version,
    moment_of,
    picture,
    thing_tile,
    tile_named,
)
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.terms.errors import Malformed

_KIND = "application/vnd.mapbox-vector-tile"


@signed_in
def base(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the base map; kept by the browser, for its address carries the version."""
    try:
        body = base_tile(tile_named(z, x, y))
    except Malformed as error:
        return HttpResponseBadRequest(str(error))
    response = HttpResponse(body, content_type=_KIND)
    response.headers["Content-Encoding"] = "gzip"
    is_named = request.GET.get("v") == base_version()
    response.headers["Cache-Control"] = f"private, max-age={86400 if is_named else 60}"
    return response


@signed_in
def filed(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A picture of the base map that the options name as a file."""
    path = Path(settings.PLACE.options.basemap)
    if path.suffix != ".pmtiles":
        raise Http404
    try:
        found = picture(path, tile_named(z, x, y))
    except Malformed as error:
        return HttpResponseBadRequest(str(error))
    if found is None:
        raise Http404
    response = HttpResponse(found[0], content_type=found[1])
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@signed_in
def things(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the asker's things; a browser that is shared asks again whose it is."""
    asker = asker_of(request)
    try:
        tile, wanted = tile_named(z, x, y), _wanted(request, asker)
    except Malformed as error:
        return HttpResponseBadRequest(str(error))
    body = thing_tile(asker.scope, tile, wanted)
    mark = '"' + hashlib.blake2s(asker.scope.key.encode() + body, digest_size=12).hexdigest() + '"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=_KIND)
    for name, value in (("ETag", mark), ("Cache-Control", "private, no-cache"), ("Vary", "Cookie")):
        response.headers[name] = value
    return response


def _wanted(request: HttpRequest, asker: Asker) -> Wanted:
    """What the address asks for. at: a moment in ISO 8601 · layers: names with commas."""
    moment = moment_of(request.GET.get("at", ""), asker.now)
    names = request.GET.get("layers")
    layers = None if names is None else frozenset(names.split(",")[:200]) - {""}
    return Wanted(at=int(moment.timestamp()), layers=layers)
