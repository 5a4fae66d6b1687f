"""What was asked of a device, and what came of it, as people read it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries.gateway.questions import Question, questions_of
from anlan.live.gateway.asks import asked_of

_MOST, _MOST_LINES, _LONGEST = 30, 80, 120
_PLAIN = ("body", "rest", "manual_raw")
"""Bytes that stand in words beside."""


def asked_shown(protocol: str, device: str) -> list[dict[str, Any]]:
    """The newest first; result is empty while it is open."""
    questions = {one.said: one for one in reversed(questions_of(protocol))}
    return [
        {
            "at": datetime.fromtimestamp(one["at"] / 1000, UTC),
            "by": one.get("who") or one["by"],
            "title": _title(questions.get(one["ask"]), one["ask"]),
            "words": ", ".join(f"{name} {value}" for name, value in lines_of(one["words"])),
            "status": one.get("status", "Actual"),
            "result": one["result"],
            "told": _result(one),
            "lines": _lines(one.get("answers", [])),
        }
        for one in asked_of(settings.PLACE.data, protocol, device)[:_MOST]
    ]


def _title(question: Question | None, name: str) -> str:
    return str(question.title) if question else name


def _result(one: Mapping[str, Any]) -> str:
    words = {
        "": _("waits for the answer"),
        "answered": _("answered"),
        "silent": _("sent, and no answer came"),
        "absent": _("not sent: the device was not connected"),
        "rehearsed": _("not sent: exercise or test"),
        "wrong": _("not sent: %(why)s") % {"why": one.get("reason", "")},
    }
    return words.get(str(one["result"]), str(one["result"]))


def _lines(answers: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found = [line for answer in answers for line in lines_of(answer.get("fields", {}))]
    return found[:_MOST_LINES]


def lines_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A tree as names and values; what a list holds stands under the name of the list."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key not in _PLAIN:
                yield from lines_of(one, f"{name} {key}".strip())
    elif isinstance(value, list | tuple):
        if all(not isinstance(one, Mapping | list | tuple) for one in value):
            yield name, ", ".join(map(str, value))[:_LONGEST]
        else:
            for one in value:
                yield from lines_of(one, name)
    elif value not in (None, ""):
        yield name, str(value)[:_LONGEST]
