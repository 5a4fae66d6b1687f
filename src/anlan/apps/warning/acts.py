"""What may be done to warnings, and by whom; who signs which level stands in the packs."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people.acts import OFFICES, Role, act, named

_DECIDERS = {Role.CHIEF, Role.MANAGER, Role.DEPARTMENT}

SEE = act("warning.see_warnings", _("See warnings and drafts"), OFFICES | {Role.ADMINISTRATOR})
WRITE = act("warning.write", _("Write, submit, update and withdraw warnings"), OFFICES)
REVIEW = act("warning.review", _("Review and turn down warnings of others"), _DECIDERS)
SIGN = act("warning.sign", _("Sign warnings, at the levels that the packs say"), OFFICES)
CALL = act("warning.call", _("Confirm calls of a call-down by hand, and pass them on"), OFFICES)
EXPORT = act("warning.export", _("Export lists of warnings"), OFFICES | {Role.ADMINISTRATOR})
LOWER = act("warning.lower_limits", _("Lower limits while an official warning stands"), OFFICES)
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
