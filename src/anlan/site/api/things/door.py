"""Who may come in, and what is said to whoever may not, as the clients of the standard read it."""

import base64
import binascii
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.utils import check_csrf

from anlan.apps.people.asker import Person
from anlan.apps.people.entrance import use
from anlan.apps.people.queries import person_of_key
from anlan.desk.doors import asker_of
from anlan.site.api.things.telling.values import sent
from anlan.terms.errors import AnlanError, Malformed, Refused, Unavailable

_SAFE = ("GET", "HEAD", "OPTIONS")
_ABSENT = "There is nothing here, or it is not in your jurisdiction."
_WHO = "Send a key that holds: Authorization: Bearer KEY, or Basic with the key as password."
_KINDS = ("application/json", "application/json-patch+json")
_RATE, _BURST = 50.0, 500.0
View = Callable[[HttpRequest, str], HttpResponse]


class DeniedError(Exception):
    """A request that is not let in; status: of the answer."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


class Rates:
    """Requests a second of each asker in this process; a burst is paid back."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, who: str) -> float:
        """Seconds to wait; 0 where it may go on."""
        with self._guard:
            now = time.monotonic()
            left, at = self._left.get(who, (_BURST, now))
            left = min(_BURST, left + (now - at) * _RATE)
            if left < 1:
                return (1 - left) / _RATE
            self._left[who] = (left - 1, now)
            return 0.0


RATES: Final = Rates()


def asker(request: HttpRequest) -> Person:
    """Who asks: a program by its key, also as Basic, or a person who has signed in.

    What a session writes carries the token against foreign forms. Raises DeniedError.
    """
    found: Any = asker_of(request)
    program = _by_password(request)
    if program is not None:
        found = program
    elif request.method not in _SAFE and not getattr(found, "program", ""):
        wrong = check_csrf(request) if found.is_known else None
        if wrong is not None:
            raise DeniedError(403, "This needs the token of the session in X-CSRFToken.")
    if not isinstance(found, Person):
        raise DeniedError(401, _WHO)
    wait = RATES.take(found.program or found.key)
    if wait:
        raise Unavailable("Too many requests in a short time.", retry_after_s=wait)
    return found


def refuse_forms(request: HttpRequest) -> None:
    """Raises DeniedError where Basic comes with what a form of a foreign page could send.

    A browser that was asked for Basic once sends it again by itself, wherever a form comes from;
    JSON, and a DELETE, it sends for no page but ours.
    """
    if request.method in _SAFE or _scheme(request) != "basic":
        return
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in _KINDS and (kind or request.method != "DELETE"):
        raise DeniedError(415, f"With Basic, a body is {_KINDS[0]}, and says so in Content-Type.")


def allowed(person: Person, act: str) -> Person:
    """Raises DeniedError where an act is not allowed."""
    if not person.may(act):
        raise DeniedError(403, f"This needs the right {act}.")
    return person


def passwords(request: HttpRequest) -> list[str]:
    """Name and password of Basic, as they came; nothing without it."""
    if _scheme(request) != "basic":
        return []
    text = request.headers["Authorization"].partition(" ")[2]
    try:
        return base64.b64decode(text, validate=True).decode().split(":", 1)
    except (binascii.Error, UnicodeDecodeError):
        return []


def _scheme(request: HttpRequest) -> str:
    return request.headers.get("Authorization", "").partition(" ")[0].lower()


def _by_password(request: HttpRequest) -> Person | None:
    now = asker_of(request).now
    found = (person_of_key(one, now) for one in passwords(request) if one)
    program = next((one for one in found if one is not None), None)
    if program is not None:
        use(program, now)
    return program


def guarded(view: View) -> View:
    """The same view, with every fault told in JSON."""

    def answered(request: HttpRequest, path: str = "") -> HttpResponse:
        try:
            return view(request, path)
        except DeniedError as error:
            return fault(error.status, str(error))
        except Http404:
            return fault(404, _ABSENT)
        except AnlanError as error:
            return _ours(error)
        except SuspiciousOperation:
            return fault(400, "This request cannot be understood.")
        except (OverflowError, UnicodeError, DataError, RecursionError):
            return fault(400, "A value is too far.")

    return answered


def _ours(error: AnlanError) -> HttpResponse:
    if isinstance(error, Unavailable):
        answer = fault(503, str(error))
        answer.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return answer
    if isinstance(error, Malformed):
        return fault(400, error.message, error.where)
    return fault(403 if isinstance(error, Refused) else 400, str(error))


def fault(status: int, told: str, where: str = "") -> HttpResponse:
    """What is wrong, as FROST's clients read it."""
    message = told or HTTPStatus(status).phrase
    body = {"code": status, "type": "error", "message": f"{where}: {message}" if where else message}
    answer = sent({**body, "where": where} if where else body, status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="anlan", charset="UTF-8"'
    return answer
