"""Answers of the SensorThings API."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from anlan.apps.atlas.acts import SEE
from anlan.apps.people.asker import Person
from anlan.site.api.things.ask.address import Step, steps
from anlan.site.api.things.ask.options import Options, options
from anlan.site.api.things.door import DeniedError, allowed, asker, guarded, refuse_forms
from anlan.site.api.things.landing import landing
from anlan.site.api.things.place import Place, place, value_at
from anlan.site.api.things.reading.finder import Finder
from anlan.site.api.things.reading.reader import check
from anlan.site.api.things.telling.teller import Teller
from anlan.site.api.things.telling.values import plain, sent
from anlan.site.api.things.writing import readings
from anlan.site.api.things.writing.entities import Write, change, delete, post
from anlan.terms.errors import Malformed

_LONGEST = 16_000
_WRITES = ("POST", "PATCH", "PUT", "DELETE")


@csrf_exempt
@guarded
def answer(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any address of the service; who may not come in is told so before anything else."""
    refuse_forms(request)
    if request.method == "POST" and (found := _steps(path)) and readings.is_there(found):
        return readings.post(request, found, base_of(request))
    person = asker(request)
    if request.method in ("GET", "HEAD"):
        return _read(request, allowed(person, SEE), path)
    return _write(Write(person, request, base_of(request)), path)


def _steps(path: str) -> list[Step]:
    return steps(path) if path.strip("/") else []


def base_of(request: HttpRequest) -> str:
    """The address of the service, without a stroke at its end."""
    whole = request.build_absolute_uri(request.path_info).rstrip("/")
    mark = "/api/sensorthings/v1.1"
    return whole[: whole.index(mark) + len(mark)]


def _read(request: HttpRequest, person: Person, path: str) -> HttpResponse:
    if len(request.META.get("QUERY_STRING", "")) > _LONGEST:
        raise Malformed(f"An address is at most {_LONGEST} signs long.")
    base = base_of(request)
    if not path.strip("/"):
        return sent(landing(base))
    asked = options((name, one) for name, many in request.GET.lists() for one in many)
    finder = Finder(person)
    here = place(finder, steps(path))
    if here.names:
        return _value(here)
    return _entities(here, asked, (finder, Teller(finder, base), f"{base}/{_quoted(path)}"))


def _write(write: Write, path: str) -> HttpResponse:
    found = _steps(path)
    if not found or write.request.method not in _WRITES:
        raise DeniedError(405, "This address does not know that method.")
    allowed(write.person, SEE)
    finder = Finder(write.person)
    here = place(finder, found)
    if write.request.method == "POST":
        return post(write, here)
    if write.request.method == "DELETE":
        return delete(write, here)
    teller = Teller(finder, write.base)
    told = teller.entities(here.kind, [here.row], Options())[0] if here.row is not None else {}
    return change(write, here, told)


def _quoted(path: str) -> str:
    return quote(path.strip("/"), safe="/()'$")


def _entities(here: Place, asked: Options, by: tuple[Finder, Teller, str]) -> HttpResponse:
    finder, teller, address = by
    if here.end == "$value":
        raise Malformed("$value comes after a property.", where="path")
    if here.row is not None:
        check(here.kind, asked)
        if here.end == "$ref":
            return sent({"@iot.selfLink": teller.link(here.kind, here.row)})
        return sent(teller.entities(here.kind, [here.row], asked)[0])
    found = finder.find(here.kind, asked, here.held)
    tell: Any = teller.references if here.end == "$ref" else teller.whole
    if asked.form:
        tell = teller.array
    return sent(tell(here.kind, found, (asked, address)))


def _value(here: Place) -> HttpResponse:
    value = plain(value_at(here))
    if value is None:
        return HttpResponse(status=204)
    if here.end == "$value":
        text = value if isinstance(value, str) else sent(value).content.decode()
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return sent({here.names[-1]: value})
