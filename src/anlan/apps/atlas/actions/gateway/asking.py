"""A device is asked, or told to do something; the audit chain says so before it is sent."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.acts import ASK_DEVICES, ASKED_DEVICE, CHANGE_DEVICES
from anlan.apps.atlas.queries.gateway.heard import Found, device_for
from anlan.apps.atlas.queries.gateway.questions import Question, Word, questions_of
from anlan.apps.people.actions import deed
from anlan.desk.asker import Asker
from anlan.live.gateway import asks
from anlan.live.gateway.devices.covers import hidden
from anlan.terms.errors import Malformed, Refused

STATUSES = ("Actual", "Exercise", "Test")
_MOST_OPEN, _LONGEST = 5, 500


def ask_device(asker: Asker, protocol: str, device: str, given: Mapping[str, str]) -> str:
    """Puts a question down; its id. given: `ask`, its words, `status`, and `confirmed` for what
    changes the device.

    Http404 where the device is not the asker's; Refused or Malformed says what is wrong.
    """
    found = device_for(asker, protocol, device)
    question = _question(protocol, given.get("ask", ""))
    _may(asker, found, question)
    status = given.get("status", "")
    if status not in STATUSES:
        raise Malformed(_("Say whether it is actual, an exercise or a test."))
    if question.changes and not given.get("confirmed"):
        raise Refused(_("Confirm that this changes the device."))
    words = question.shape(_words(question, given))
    if sum(not one["result"] for one in asks.asked_of(_data(), protocol, device)) >= _MOST_OPEN:
        raise Refused(_("Several questions wait for an answer; wait for these."))
    target = f"devices/{protocol}/{device}"[:128]
    region = min(found.places)[0] if found.places else ""
    with deed(asker, ASKED_DEVICE, target, region=region) as detail:
        told = hidden({"words": words}, protocol)
        detail.update(ask=question.said, words=told["words"], status=status)
    return asks.put(
        _data(), device, question.said, words,
        by=asker.key, who=asker.name, protocol=protocol, status=status,
    )  # fmt: skip


def _question(protocol: str, name: str) -> Question:
    for one in questions_of(protocol):
        if one.name == name:
            return one
    raise Malformed(_("Choose what to ask."))


def _may(asker: Asker, found: Found, question: Question) -> None:
    if not found.may(asker, CHANGE_DEVICES if question.changes else ASK_DEVICES):
        raise Refused(_("Your post does not allow this."))


def _words(question: Question, given: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in question.words:
        text = given.get(word.name, "").strip()[:_LONGEST]
        if text:
            found[word.name] = _value(word, text)
        elif word.is_needed:
            raise Malformed(_("Fill in: %(word)s.") % {"word": word.title})
    return found


def _value(word: Word, text: str) -> Any:
    if word.choices and text not in dict(word.choices):
        raise Malformed(_("Fill in: %(word)s.") % {"word": word.title})
    if word.kind == "list":
        return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
    if word.kind != "number":
        return text
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e12:
        raise Malformed(_("Not a number: %(word)s.") % {"word": word.title})
    return int(number) if number == int(number) else number


def _data() -> Any:
    return settings.PLACE.data
