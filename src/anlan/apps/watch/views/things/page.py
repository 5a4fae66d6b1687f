"""The object page 对象页: what it is, whose, how it stands now, what lies around it, what to do."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import shapely
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlan.apps.atlas.acts import SEE_LIMITS
from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.meaning import (
    amount_of,
    guidance,
    kind_title,
    object_type,
    quantity_title,
    states_of_quantity,
    told,
    unit_of_quantity,
)
from anlan.apps.atlas.models import Document, Limit, ObservedObject, Sensor
from anlan.apps.atlas.queries import (
    around,
    enterprises,
    limits_of,
    object_for,
    objects,
    region_path,
    sensors,
    sensors_of,
)
from anlan.apps.people.queries import responsible_for
from anlan.apps.watch.acts import MAINTAIN
from anlan.apps.watch.queries import alarms
from anlan.apps.watch.sentence import sentence
from anlan.apps.watch.views.map_layers import kind_title as kind_of_group
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.packs.units import decimals, sign_of
from anlan.terms.errors import AnlanError, Malformed

_NEAR_M, _LAST_ALARMS, _NEAR_TARGETS = 1000.0, 20, 12


@signed_in
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one observed object."""
    asker = asker_of(request)
    one = object_for(asker, key)
    own = alarms(asker).filter(object_key=key)
    standing = list(own.exclude(state="closed").filter(level__gt=0))
    facts = {
        **summary(asker, one),
        "standing": [(alarm, sentence(alarm)) for alarm in standing],
        "alarms": [(alarm, sentence(alarm)) for alarm in own[:_LAST_ALARMS]],
        "points": [_point(asker, sensor) for sensor in sensors_of(asker, key)],
        "attributes": _attributes(one),
        "advice": _advice(standing),
        **_around(asker, one),
        "members": objects(asker).filter(parent=key)[:100],
        "documents": Document.objects.filter(object_key=key),
        "may_see_limits": asker.may(SEE_LIMITS),
        "may_maintain": asker.may(MAINTAIN, one.region, one.owner),
    }
    return render(request, "watch/things/object.html", facts)


@signed_in
def sensor(request: HttpRequest, key: str) -> HttpResponse:
    """Leads to the sensor on the page of its object."""
    found = sensors(asker_of(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return HttpResponseRedirect(f"/objects/{quote(found.object_key)}#p-{found.handle}")


@signed_in
def card(request: HttpRequest, key: str) -> HttpResponse:
    """The object in short, for the map."""
    asker = asker_of(request)
    one = object_for(asker, key)
    standing = alarms(asker).filter(object_key=key, level__gt=0).exclude(state="closed")
    facts = {**summary(asker, one), "standing": [(a, sentence(a)) for a in standing[:5]]}
    return render(request, "watch/things/card.html", facts)


def summary(asker: Asker, one: ObservedObject) -> dict[str, Any]:
    """What it is, where, whose, and who answers for it."""
    levels = alarms(asker).filter(object_key=one.key, level__gt=0).exclude(state="closed")
    firm = enterprises(asker).filter(key=one.enterprise).first() if one.enterprise else None
    return {
        "object": one,
        "kind": kind_title(one.pack, one.kind),
        "where": region_path(one.region),
        "firm": firm,
        "level": max((alarm.level for alarm in levels), default=0),
        "responsible": responsible_for(one.region, one.key, 1),
    }


def _point(asker: Asker, sensor: Sensor) -> dict[str, Any]:
    """A sensor with its newest value and the limits in force."""
    unit, states = unit_of_quantity(sensor.quantity), states_of_quantity(sensor.quantity)
    try:
        newest = STORE.value_at(sensor.handle, int(asker.now.timestamp() * 1000))
    except AnlanError:
        newest = None
    return {
        "sensor": sensor,
        "title": quantity_title(sensor.quantity),
        "unit": sign_of(unit),
        "value": _bare(newest.value, sensor.quantity) if newest else "—",
        "states": json.dumps(states, ensure_ascii=False) if states else "",
        "decimals": decimals(unit),
        "at": datetime.fromtimestamp(newest.time / 1000, UTC).isoformat() if newest else "",
        "limits": [
            (one, amount_of(one.value, sensor.quantity)) for one in _in_force(asker, sensor)
        ],
    }


def _bare(value: float, quantity: str) -> str:
    """A value without its unit, which the page shows beside it."""
    states = states_of_quantity(quantity)
    return states.get(value) or f"{value:.{decimals(unit_of_quantity(quantity))}f}"


def _in_force(asker: Asker, sensor: Sensor) -> list[Limit]:
    return limits_of(sensor.key, asker.now)


def _attributes(one: ObservedObject) -> list[tuple[str, str]]:
    """The attributes by their titles, in the pack's order; others by their own name."""
    kind = object_type(one.pack, one.kind)
    known = {a.name: a for a in (kind.attributes if kind else ())}
    names = [name for name in known if name in one.attributes]
    names += [name for name in one.attributes if name not in known]
    return [(_title(known.get(n), n), _value(known.get(n), one.attributes[n])) for n in names]


def _title(attribute: Any, name: str) -> str:
    return told(attribute.title, name) if attribute else name


def _value(attribute: Any, value: object) -> str:
    unit = sign_of(attribute.unit) if attribute and attribute.unit else ""
    return f"{value}\u2009{unit}" if unit else str(value)


def _advice(standing: list[Any]) -> list[tuple[int, str, Any]]:
    """What to do about what stands, the worst first, each line once, with its source."""
    lines: dict[str, tuple[int, str, Any]] = {}
    for alarm in sorted(standing, key=lambda one: -one.level):
        for line in guidance(alarm.rule, alarm.level):
            text = told(line.text)
            lines.setdefault(text, (alarm.level, text, line.source))
    return list(lines.values())


def _around(asker: Asker, one: ObservedObject) -> dict[str, Any]:
    """What lies within a kilometre; nothing where nobody knows where it stands."""
    if one.shape is None or one.shape.is_empty:
        return {}
    try:
        found = around(asker, shapely.Point(one.shape.representative_point()), metres=_NEAR_M)
    except Malformed as error:  # too much lies there; the page has more to say than that
        return {"around_told": str(error)}
    near = [(kind_of_group("target", t.kind), t) for t in found.targets.rows[:_NEAR_TARGETS]]
    return {"around": found, "near": near}
