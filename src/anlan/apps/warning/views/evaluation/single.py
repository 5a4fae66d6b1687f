"""The evaluation of one warning: its course minute by minute, its verdict and the reasons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.apps.atlas.meaning import pack_title
from anlan.apps.warning.acts import DONE, SEE
from anlan.apps.warning.models import Message
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.evaluation import LOWEST_LEVEL, Verdict
from anlan.apps.warning.queries.evaluation.delivery.curves import curves
from anlan.apps.warning.queries.evaluation.delivery.passage import channel_name
from anlan.apps.warning.queries.evaluation.pace import Pace
from anlan.apps.warning.queries.evaluation.single import Single, single
from anlan.apps.warning.queries.evaluation.timeline import Moment
from anlan.apps.warning.views.evaluation.asked import LEVELS
from anlan.apps.warning.views.evaluation.delivery import groups
from anlan.apps.warning.views.evaluation.words import verdict_word
from anlan.apps.warning.views.rows import headline
from anlan.desk.doors import asker_of, needs
from anlan.desk.templatetags.desk import level_word, span
from anlan.terms.levels import Level


@needs(SEE)
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """What was done and what happened, one under the other."""
    asker = asker_of(request)
    text = request.GET.get("level", "")
    level = int(text) if text in map(str, LEVELS) else LOWEST_LEVEL
    found = single(asker, warning_for(asker, key), level)
    highest = found.verdict.warned.level if found.verdict else found.warning.level
    facts = {
        "found": found, "warning": found.warning, "headline": headline(found.warning),
        "highest": highest, "word": Level(highest).word or "none",
        "verdict": verdict_word(found.verdict) if found.verdict else "",
        "reasons": reasons(found), "moments": _moments(found.moments, found.since),
        "paces": [(one, _spans(one)) for one in found.paces], "now": asker.now,
        "levels": [(n, level_word(n)) for n in LEVELS],
        "groups": groups(curves(asker, Message.objects.filter(warning=found.warning))),
    }  # fmt: skip
    return render(request, "warning/evaluation/single.html", facts)


def reasons(found: Single) -> list[str]:
    """Why the verdict is what it is, in sentences; each can be looked up on the page."""
    if found.verdict is None:
        return [_("Nothing was sent: there is nothing to judge.")]
    why_not = {
        "open": [_("It is still in force: what stands here is so far, and may change.")],
        "drill": [_("It was a drill or a test: it counts in no figure.")],
    }.get(found.standing, [])
    return [*why_not, *_under(found, found.verdict), *_elsewhere(found)]


def _under(found: Single, verdict: Verdict) -> list[str]:
    hits, late, near = len(verdict.hits), len(verdict.late), len(verdict.near)
    words = {"kind": pack_title(verdict.warned.kind), "level": level_word(found.level)}
    said = []
    if hits:
        said.append(_("Events of its kind that began where and while it stood: %(n)d; the shortest "
                      "lead time was %(lead)s.")
                    % {"n": hits, "lead": span(verdict.lead_s)})  # fmt: skip
    if late:
        said.append(_("Events that had begun there before the warning came, and still ran: "
                      "%(n)d.") % {"n": late})  # fmt: skip
    if verdict.is_false:
        said.append(_("No event of its kind (%(kind)s, %(level)s or above) began or ran in its "
                      "area while it stood.") % words)  # fmt: skip
    if near:
        said.append(_("Near ones that stayed one level below, and change no figure: "
                      "%(n)d.") % {"n": near})  # fmt: skip
    return said


def _elsewhere(found: Single) -> list[str]:
    if not found.beside:
        return []
    return [_("Events of its kind in your jurisdiction at the time, but outside its area: "
              "%(n)d.") % {"n": found.beside}]  # fmt: skip


def _moments(found: Iterable[Moment], since: datetime | None) -> list[dict[str, Any]]:
    """Each with its words, and how long before or after the first issue it was."""
    return [{"one": one, "words": _words(one), "offset": _offset(one.at, since)} for one in found]


def _offset(at: datetime, since: datetime | None) -> str:
    if since is None:
        return ""
    seconds = (at - since).total_seconds()
    return f"{'−' if seconds < 0 else '+'}{span(abs(seconds))}"


def _words(one: Moment) -> str:
    by = channel_name(one.channel, mass=one.mass) if one.channel else ""
    who = _("subscribers") if one.mass else _("responsible people and devices")
    told = {
        "suggested": _("suggested by an alarm"), "official": _("suggested by an official warning"),
        "handed": _("handed to the channels"),
        "first": _("first hand-over by %(by)s to %(who)s"),
        "last": _("last hand-over by %(by)s to %(who)s: %(n)d of %(many)d"),
        "called": _("call-down began: %(many)d calls"),
        "answered": _("call-down ended: %(n)d of %(many)d answered"),
        "event": _("event began"), "over": _("event over"), "raised": _("raised and issued"),
        "lowered": _("lowered and issued"), "renewed": _("updated and issued"),
        "lifted": _("lifted"),
    }.get(one.kind)  # fmt: skip
    if told is None:
        return str(DONE.get(one.kind, one.kind))
    return told % {"by": by, "who": who, "n": one.n, "many": one.many} if "%" in told else told


def _spans(one: Pace) -> list[tuple[str, float | None]]:
    took = one.spans_s
    return [(name, took[key]) for key, name in span_names()]


def span_names() -> list[tuple[str, str]]:
    """The parts of a message's way, in their order."""
    return [
        ("write", _("draft to review")), ("decide", _("review to last signature")),
        ("first", _("signature to first hand-over")), ("last", _("signature to last hand-over")),
        ("answer", _("call-down, to its end")),
    ]  # fmt: skip
