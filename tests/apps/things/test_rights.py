"""Who may write here and not there changes nothing there, whatever it is to become."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.people.models import ApiKey, Post
from tests.apps.api.conftest import places as places
from tests.apps.api.conftest import program as program
from tests.apps.atlas.places import point
from tests.apps.conftest import World
from tests.apps.things.conftest import OURS, ROOT, THEIRS
from tests.apps.things.test_writing import JSON, RIGHTS, THING, Ask
from tests.apps.things.test_writing import ask as ask
from tests.apps.things.test_writing import site as site


@pytest.fixture
def posted(world: World, places: None) -> None:
    """Our manager has duty in the other county; ours has a department with what it owns."""
    ObservedObject.objects.update(attributes={"substance": "氯", "design_t": 10})
    since = timezone.now() - timedelta(days=1)
    Post.objects.create(user=world.users["county-admin"], role="duty", region=THEIRS,
                        organisation=world.organisations["org-county-b"], since=since)  # fmt: skip
    Post.objects.create(user=world.users["town"], role="department", region=OURS, own_only=True,
                        organisation=world.organisations["org-town"], since=since)  # fmt: skip


def test_what_others_own_is_not_taken_over(ask: Ask, posted: None) -> None:
    body = {"properties": {"owner": "org-town"}}
    ask("patch", f"Things('{OURS}-tank')", body, status=403, who="town")
    there = {"location": {"type": "Point", "coordinates": [160.2, 30.2]}, **body}
    ask("patch", f"Locations('{OURS}-tank')", there, status=403, who="town")
    row = ObservedObject.objects.get(key=f"{OURS}-tank", until=None)
    assert (row.owner, row.shape.x) == (f"{OURS}-plant", 160.495)


def test_what_lies_elsewhere_is_not_moved_here(ask: Ask, posted: None) -> None:
    Sensor.objects.create(key=f"{THEIRS}-gas", handle=1, quantity="chemical.flammable_gas",
                          region=f"{THEIRS}001001", object_key=f"{THEIRS}-tank",
                          shape=point(160.505, 30.2))  # fmt: skip
    ask("patch", f"Things('{THEIRS}-tank')", {"properties": {"region": OURS}}, status=403)
    stream = f"Datastreams('{THEIRS}-gas')"
    ask("patch", stream, {"Thing": {"@iot.id": f"{OURS}-tank"}}, status=403)
    ask("patch", stream, {"name": "x", "description": "x"}, status=403)
    assert ask("get", f"{stream}/Thing").json()["@iot.id"] == f"{THEIRS}-tank"
    assert Sensor.objects.get(key=f"{THEIRS}-gas").object_key == f"{THEIRS}-tank"


def test_a_foreign_form_writes_nothing_with_a_password_that_the_browser_holds(
    ask: Ask, program: Callable[..., Client]
) -> None:
    bearer = program("county-admin", *RIGHTS)
    secret = str(bearer.defaults["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
    basic = b64encode(f"KEY:{secret}".encode()).decode()
    client = Client(headers={"authorization": f"Basic {basic}"}, enforce_csrf_checks=True)
    before = ObservedObject.objects.count()
    forms = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
             "")  # fmt: skip
    for kind in forms:
        for path in ("Things", "Observations", "CreateObservations"):
            answer = client.generic("POST", f"{ROOT}/{path}", b"{}", content_type=kind)
            assert answer.status_code == 415, (kind, path, answer.content)
    thing = f"{ROOT}/Things('{OURS}-tank')"
    for verb in ("PATCH", "PUT", "DELETE"):
        answer = client.generic(verb, thing, b"{}", content_type="text/plain")
        assert answer.status_code == 415
    assert ObservedObject.objects.count() == before
    assert client.post(f"{ROOT}/Things", THING, content_type=JSON).status_code == 201
    assert client.generic("DELETE", thing).status_code == 200
    assert ApiKey.objects.get(key=secret).used_at is not None


def test_nothing_stays_of_what_was_refused_on_its_way(ask: Ask, posted: None, world: World) -> None:
    """Who may enter a thing over there and sensors at home alone."""
    Post.objects.filter(user=world.users["county-admin"], role="duty").update(role="department")
    there = {**THING, "properties": {**THING["properties"], "region": THEIRS}}
    ask("post", "Things", there, status=403)
    (row,) = ObservedObject.objects.filter(name=THING["name"])
    assert row.until is not None
    ask("post", "Datastreams", {**THING["Datastreams"][0],
                                "Thing": {"@iot.id": f"{THEIRS}-tank"}}, status=403)  # fmt: skip
    assert not Sensor.objects.filter(retired=False).exists()


def test_readings_within_are_read_before_anything_is_made(
    ask: Ask, program: Callable[..., Client]
) -> None:
    client = program("county-admin", *RIGHTS)
    stream = THING["Datastreams"][0]
    before = ObservedObject.objects.count()
    for inner, key, status in (
        ({"result": "high"}, "source", 400),
        ({"result": 1, "parameters": {}}, "source", 400),
        ({"result": 1}, "", 403),
        ({"result": 1}, "source", 503),
    ):
        body = {**THING, "Datastreams": [{**stream, "Observations": [inner]}]}
        within = {**stream, "Thing": {"@iot.id": f"{OURS}-tank"}, "Observations": [inner]}
        for path, one in (("Things", body), ("Datastreams", within)):
            answer = client.post(f"{ROOT}/{path}", one, content_type=JSON,
                                 headers={"x-api-key": key})  # fmt: skip
            assert answer.status_code == status, answer.content.decode()
    assert ObservedObject.objects.count() == before
    assert not Sensor.objects.exists()
