"""What a request says that an entity becomes: by merging, or by JSON Patch (RFC 6902)."""

import copy
from typing import Any, Final

from django.http import HttpRequest

from anlan.site.api.things.writing.bodies import Body, body_of, list_in, object_in
from anlan.terms.errors import Malformed

_MOST: Final = 100
_PATCH = "application/json-patch+json"


def patched(request: HttpRequest, told: Body) -> Body:
    """The properties that are said anew, null where one of `properties` is taken away; told: the
    entity as it is told now.

    Raises Malformed where it cannot be followed.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    body = body_of(request)
    if kind != _PATCH:
        return _own(object_in(body))
    before = _own(told)
    after: Any = copy.deepcopy(before)
    for one in list_in(body, "body", _MOST):
        _follow(after, object_in(one))
    wrong = [name for name in before if name not in after and name != "properties"]
    if wrong:
        raise Malformed("This property cannot be taken away.", where=wrong[0])
    held, kept = before.get("properties", {}), after.setdefault("properties", {})
    if isinstance(kept, dict):
        gone = dict.fromkeys(name for name in held if name not in kept)
        after["properties"] = {**_changed(held, kept), **gone}
    return _changed({**before, "properties": {}}, after)


def _changed(before: Body, after: Body) -> Body:
    return {name: one for name, one in after.items() if name not in before or one != before[name]}


def _own(body: Body) -> Body:
    """Without ids and addresses."""
    return {name: one for name, one in body.items() if "@" not in name}


def _follow(held: Body, step: Body) -> None:
    """One operation on the way to a member of an object."""
    names = [
        one.replace("~1", "/").replace("~0", "~") for one in str(step.get("path", "")).split("/")
    ]
    if names[0] or len(names) < 2:
        raise Malformed("A path begins with a stroke and names a property.", where="path")
    inside: Any = held
    for name in names[1:-1]:
        inside = inside.get(name) if isinstance(inside, dict) else None
    last, verb = names[-1], step.get("op")
    if not isinstance(inside, dict) or (verb != "add" and last not in inside):
        raise Malformed("There is nothing at this path.", where=str(step["path"])[:60])
    if verb in ("add", "replace") and "value" in step:
        inside[last] = step["value"]
    elif verb == "remove":
        del inside[last]
    elif verb != "test" or inside[last] != step.get("value"):
        raise Malformed("It is not so, or this operation is not known: add, replace, remove, test.",
                        where=str(step["path"])[:60])  # fmt: skip
