"""What may be done to warnings, and by whom; who signs which level stands in the packs."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people.acts import OFFICES, Role, act, named

_DECIDERS = {Role.CHIEF, Role.MANAGER, Role.DEPARTMENT}

SEE = act("warning.see_warnings", _("See warnings and drafts"), OFFICES | {Role.ADMINISTRATOR})
WRITE = act("warning.write", _("Write, submit, update and withdraw warnings"), OFFICES)
REVIEW = act("warning.review", _("Review and turn down warnings of others"), _DECIDERS)
SIGN = act("warning.sign", _("Sign warnings, at the levels that the packs say"), OFFICES)
CALL = act("warning.call", _("Confirm calls of a call-down by hand, and pass them on"), OFFICES)
RECORD = act("warning.record", _("Keep recordings for loudspeakers"), OFFICES)
CLOSE_MONTH = act("warning.close_month", _("Close monthly reports of warnings"), _DECIDERS)
EXPORT = act("warning.export", _("Export lists of warnings"), OFFICES | {Role.ADMINISTRATOR})
LOWER = act("warning.lower_limits", _("Lower limits while an official warning stands"), OFFICES)
SEE_RISKS = act("warning.see_risks", _("See risks, and who is in charge of them"),
                OFFICES | {Role.ENTERPRISE, Role.TEAM, Role.ADMINISTRATOR})  # fmt: skip
OPEN_RISK = act("warning.open_risk", _("Open a risk and push it"), OFFICES)
HOLD_RISK = act("warning.hold_risk", _("Be in charge of risks: take over, report, ask to close"),
                OFFICES | {Role.ENTERPRISE, Role.TEAM})  # fmt: skip
VERIFY_RISK = act(
    "warning.verify_risk",
    _("Verify and close risks, send them back, put others in charge"),
    OFFICES,
)
PASS_ON = named("warning.pass_on", _("Passed a warning on to the deputy"))
HAND_OVER = named("warning.hand_over", _("Handed a message over to those whom it is for"))
CALL_DOWN = named(
    "warning.call_down", _("Asked who answers for the places of a warning to confirm")
)
CALL_NEXT = named("warning.call_next", _("Asked the next, since there was no answer in time"))
CALL_END = named("warning.call_end", _("Ended calls that are no longer needed"))
CONFIRM = named("warning.confirm", _("Confirmed a warning by link, reply or on the page"))
EXPIRE = named("warning.expire", _("A warning expired"))
REVIVE = named("warning.revive", _("A warning stands again"))
HEAR = named("warning.hear", _("Took in an official warning"))
NOT_LOWER = named("warning.not_lower_limits", _("Left limits as they are under a warning"))
RAISE = named("warning.end_lowering", _("Ended the lowering of limits"))

DONE = {
    "draft": _("drafted it"),
    "edit": _("edited it"),
    "submit": _("submitted it"),
    "review": _("reviewed it"),
    "reject": _("turned it down"),
    "withdraw": _("withdrew it"),
    "sign": _("signed it"),
    "issue": _("issued it"),
    "update": _("began an update"),
    "relevel": _("began a change of level"),
    "cancel": _("began a cancellation"),
    "pass_on": _("passed on to the deputy"),
    "expire": _("expired"),
    "revive": _("stands again: the clock had run ahead"),
}
"""What was done, by the kind of step."""

RISK_DONE = {
    "open": _("opened it"),
    "take": _("took it over"),
    "report": _("reported on it"),
    "ask": _("asked to close it"),
    "close": _("verified and closed it"),
    "send_back": _("sent it back"),
    "assign": _("put somebody else in charge"),
    "late": _("late: the next ones up were told"),
    "left": _("the next one up is in charge"),
}
"""What was done about a risk, by the kind of step."""
for _verb, _title in (
    ("take", _("Took a risk over")),
    ("report", _("Reported on a risk")),
    ("ask", _("Asked to close a risk")),
    ("close", _("Verified and closed a risk")),
    ("send_back", _("Sent a risk back")),
    ("assign", _("Put somebody in charge of a risk")),
    ("late", _("A risk was late: the next ones up were told")),
    ("left", _("A risk was passed on: whoever was in charge no longer is")),
):
    named(f"warning.{_verb}_risk", _title)
