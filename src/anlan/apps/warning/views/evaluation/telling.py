"""The monthly report in words: the same sections for the page and for the file."""

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.atlas.meaning import pack_title
from anlan.apps.atlas.queries import region_name, region_path
from anlan.apps.warning.models import Call, MonthReport, Warning
from anlan.apps.warning.queries.evaluation import Score
from anlan.apps.warning.queries.evaluation.delivery.curves import Curve
from anlan.apps.warning.queries.evaluation.month import Month
from anlan.apps.warning.queries.paper import LANGUAGES
from anlan.apps.warning.views.evaluation.delivery import channel, group_title, reason
from anlan.apps.warning.views.rows import headline
from anlan.desk.templatetags.desk import level_word, percent, span

Section = dict[str, Any]
_LEVELS = (4, 3, 2, 1)


def title_of(found: Month) -> str:
    """The name of the report."""
    since = timezone.localtime(found.span.since)
    where = region_name(found.span.region) if found.span.region else _("own jurisdiction")
    return _("Warnings of %(month)s, %(where)s: monthly report") % {
        "month": f"{since:%Y-%m}", "where": where}  # fmt: skip


def lines_of(found: Month) -> list[str]:
    """What it is made from, and when."""
    as_of = f"{timezone.localtime(found.as_of):%Y-%m-%d %H:%M:%S}"
    told = _("Made from the records up to %(at)s.") if found.is_over else _(
        "The month is not over: provisional, as of %(at)s.")  # fmt: skip
    return [
        told % {"at": as_of},
        _("Source: actual warnings with their trail, the outbox, the parcels to subscribers, the "
          "call-downs and the alarms of the jurisdiction. Without exercises and tests."),
    ]  # fmt: skip


def words_of(found: Month) -> dict[str, Any]:
    """All that it says, in the language that is switched on."""
    return {"title": title_of(found), "lines": lines_of(found), "sections": sections(found)}


def words_in(found: Month, language: str) -> dict[str, Any]:
    """The same in zh or en, as it can be kept."""
    with override(LANGUAGES[language]):
        kept: dict[str, Any] = json.loads(json.dumps(words_of(found), default=str))
        return kept


def closing_of(report: MonthReport) -> str:
    """When a report was closed, by whom, and how often."""
    facts = {"at": f"{timezone.localtime(report.closed_at):%Y-%m-%d %H:%M}", "n": report.number,
             "who": report.by_name, "why": report.reason}  # fmt: skip
    if report.number > 1:
        return _("Closed on %(at)s by %(who)s, for the %(n)sth time: %(why)s") % facts
    return _("Closed on %(at)s by %(who)s.") % facts


def sections(found: Month) -> list[Section]:
    """What it says, in order."""
    return [
        _warned(found), _took(found), _delivered(found.delivered), _called(found),
        _judged(found), _slowest(found), _silent(found),
    ]  # fmt: skip


def _section(title: str, notes: list[str], *tables: tuple[tuple[str, ...], list[Any]]) -> Section:
    kept = [{"head": head, "rows": [[str(cell) for cell in row] for row in rows]}
            for head, rows in tables if rows]  # fmt: skip
    return {"title": title, "notes": notes, "tables": kept}


def _warned(found: Month) -> Section:
    packs = sorted({pack for pack, _level in found.warned}, key=pack_title)
    rows = [(pack_title(pack), *(found.warned[pack, n] for n in _LEVELS),
             sum(found.warned[pack, n] for n in _LEVELS)) for pack in packs]  # fmt: skip
    head = (_("Hazard"), *(level_word(n) for n in _LEVELS), _("total"))
    kinds = Warning.Kind
    said = _("First issues %(first)d, updates %(more)d, cancellations %(ends)d.") % {
        "first": found.sent[kinds.FIRST], "more": found.sent[kinds.UPDATE],
        "ends": found.sent[kinds.CANCEL]}  # fmt: skip
    return _section(_("Warnings by hazard and level"), [said], (head, rows))


def _took(found: Month) -> Section:
    names = {
        "write": _("draft to review"), "decide": _("review to last signature"),
        "sign": _("draft to last signature"), "first": _("signature to first hand-over"),
        "last": _("signature to last hand-over"), "answer": _("call-down, to its end"),
    }  # fmt: skip
    rows = [(names[key], one.n, span(one.median_s), span(one.p90_s))
            for key, one in found.took.items() if one.n]  # fmt: skip
    head = (_("Part of the way"), _("messages"), _("Median"), _("nine of ten within"))
    return _section(_("Response times"), [] if rows else [_none()], (head, rows))


def _delivered(several: list[Curve]) -> Section:
    rows = [(group_title(one.group), channel(one), one.many, one.handed.n, one.arrived, one.failed,
             one.waiting, span(one.handed.within(0.5)), span(one.handed.within(0.99)))
            for one in several if one.group != "answer"]  # fmt: skip
    head = (_("Recipients"), _("Channel"), _("addressed"), _("handed over"), _("delivered"),
            _("failed"), _("waiting"), _("half handed over within"),
            _("99 % handed over within"))  # fmt: skip
    why = [f"{channel(one)}: {reason(text)} ({n})"
           for one in several for text, n in one.reasons.most_common(3)]  # fmt: skip
    notes = [_("Why it failed: %(why)s.") % {"why": "; ".join(why)}] if why else []
    return _section(_("Delivery by channel"), notes if rows else [_none()], (head, rows))


def _called(found: Month) -> Section:
    rows = [(str(state.label), found.called[state]) for state in Call.State if found.called[state]]
    head = (_("State"), _("calls"))
    return _section(_("Call-down"), [] if rows else [_none()], (head, rows))


def _judged(found: Month) -> Section:
    total = found.judged.total
    rows = [
        (_("Warnings judged"), total.warnings), (_("Events"), total.events),
        (_("Hits"), total.hits), (_("Late events"), total.late),
        (_("Missed events"), total.misses), (_("Warnings without an event"), total.false),
        ("POD", _share(total.pod, total.pod_within)), ("FAR", _share(total.far, total.far_within)),
        ("CSI", percent(total.csi)), (_("Median lead time"), span(total.lead_s)),
    ]  # fmt: skip
    return _section(_("Verification"), _doubts(total, found.judged.open),
                    ((_("Figure"), _("Result")), rows))  # fmt: skip


def _doubts(total: Score, still: int) -> list[str]:
    said = [_("An event is an alarm from %(level)s on.") % {"level": level_word(2)}]
    if total.is_few:
        said.append(_("Few cases: %(w)s warnings and %(e)s events.") % {
            "w": total.warnings, "e": total.events})  # fmt: skip
    if still:
        said.append(_("Still in force and not judged: %(n)d.") % {"n": still})
    return said


def _share(share: float | None, within: tuple[float, float] | None) -> str:
    if share is None or within is None:
        return "—"
    return f"{percent(share)} (95 %: {percent(within[0])} – {percent(within[1])})"


def _slowest(found: Month) -> Section:
    names = {"sign": _("draft to last signature"), "last": _("signature to last hand-over")}
    rows = [(headline(row), pace.order, names[key], span(pace.spans_s[key]))
            for key, several in found.slowest.items() for row, pace in several]  # fmt: skip
    head = (_("Warning"), _("Message"), _("Part of the way"), _("took"))
    return _section(_("Longest delays"), [] if rows else [_none()], (head, rows))


def _silent(found: Month) -> Section:
    rows = [(headline(one.call_down.message.warning), region_path(one.region), one.person,
             one.organisation, str(one.get_state_display()),
             f"{timezone.localtime(one.asked_at):%Y-%m-%d %H:%M}")
            for one in found.silent]  # fmt: skip
    head = (_("Warning"), _("District"), _("Full name"), _("Organisation"), _("State"),
            _("Asked at"))  # fmt: skip
    return _section(_("Left unanswered"), _cut(len(rows), found.unanswered), (head, rows))


def _cut(shown: int, all_: int) -> list[str]:
    if not all_:
        return [_("Nothing was left unanswered.")]
    if shown == all_:
        return []
    return [_("The first %(shown)d of %(all)d, by district and time.") % {
        "shown": shown, "all": all_}]  # fmt: skip


def _none() -> str:
    return _("There was none in this time.")
