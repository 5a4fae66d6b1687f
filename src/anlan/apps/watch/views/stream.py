"""GET /stream: what an open page shows, as it changes: readings and the alarms' revision."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.models import Sensor
from anlan.apps.people.asker import Person
from anlan.apps.people.queries import renewed, within
from anlan.apps.watch.hub import LOOK_S, Hub, Listener, event
from anlan.apps.watch.queries import revision, revision_for
from anlan.desk.doors import asker_of

HUB = Hub(STORE.mirror, revision, ask_for=revision_for)
_MOST_SENSORS = 2000
_CHECK_S = 5.0
_STILL_HERE_S = 15.0


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Events for one page: `readings` of the sensors and objects it names, `alarms` revisions.

    It ends when the session or the right to it does; a browser that comes back is told what it
    missed, as its newest state.
    """
    asker = asker_of(request)
    if not asker.is_known or asker.program:
        return HttpResponse(status=403 if asker.program else 401)
    handles = await sync_to_async(_shown)(request)
    session = request.session.session_key or ""
    answer = StreamingHttpResponse(
        _events(Listener(asker, handles, asyncio.get_running_loop()), session),
        content_type="text/event-stream; charset=utf-8",
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _shown(request: HttpRequest) -> dict[int, str]:
    """The sensors that the page names and the asker may see, by handle."""
    keys = [key for key in request.GET.get("sensors", "").split(",") if key]
    objects = [key for key in request.GET.get("objects", "").split(",") if key]
    rows = Sensor.objects.filter(within(asker_of(request).scope), retired=False)
    rows = rows.filter(key__in=keys) | rows.filter(object_key__in=objects)
    return dict(rows.values_list("handle", "key")[:_MOST_SENSORS])


async def _events(listener: Listener, session: str) -> AsyncIterator[bytes]:
    HUB.join(listener)
    checked = told = time.monotonic()
    try:
        yield event("hello", {"now": int(timezone.now().timestamp() * 1000)})
        while True:
            await _rung(listener)
            if time.monotonic() - checked > _CHECK_S:
                if not await sync_to_async(_may_stay)(listener, session):
                    yield event("over", {})
                    return
                checked = time.monotonic()
            for piece in _news(listener):
                told = time.monotonic()
                yield piece
            if time.monotonic() - told > _STILL_HERE_S:
                told = time.monotonic()
                yield b": still here\n\n"
            await asyncio.sleep(LOOK_S)
    finally:
        HUB.leave(listener)


def _may_stay(listener: Listener, session: str) -> bool:
    """Whether the asker is still signed in, and still over the same."""
    assert isinstance(listener.asker, Person)  # noqa: S101 - nobody else joins
    now = renewed(listener.asker, session, timezone.now())
    return now is not None and now.scope == listener.asker.scope


async def _rung(listener: Listener) -> None:
    try:
        async with asyncio.timeout(_CHECK_S):
            await listener.rung.wait()
    except TimeoutError:
        return
    listener.rung.clear()


def _news(listener: Listener) -> list[bytes]:
    rows, newest = HUB.take(listener)
    pieces: list[Any] = []
    if rows:
        pieces.append(event("readings", {"rows": rows, "tick": HUB.tick_at}))
    if newest != listener.revision:
        listener.revision = newest
        pieces.append(event("alarms", {"revision": newest}, str(newest)))
    return pieces
