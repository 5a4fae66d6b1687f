"""What may be done to alarms, and by whom."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people.acts import EVERYONE, Role, act

_CHARGE = {Role.DUTY, Role.CHIEF, Role.MANAGER}
_FIELD = _CHARGE | {Role.ENTERPRISE, Role.TEAM}

SEE = act("watch.see_alarms", _("See alarms"), EVERYONE)
EXPORT = act("watch.export_alarms", _("Export alarms"), EVERYONE)
ACKNOWLEDGE = act("watch.acknowledge", _("Acknowledge an alarm"), _CHARGE)
ASSIGN = act("watch.assign", _("Assign an alarm"), _CHARGE)
UNDO = act("watch.undo", _("Take one's own last act back"), _CHARGE)
START = act("watch.start", _("Begin work on an alarm"), _FIELD)
EXPLAIN = act("watch.explain", _("Explain an alarm"), _FIELD)
COMMENT = act("watch.comment", _("Comment on an alarm"), _FIELD | {Role.DEPARTMENT})
MARK_FALSE = act("watch.mark_false", _("Mark an alarm as false"), _CHARGE)
SHELVE = act("watch.shelve", _("Shelve a sensor or an object"), _CHARGE)
LIFT = act("watch.lift", _("End a shelf"), _CHARGE)
CLOSE = act("watch.close", _("Close an alarm"), _CHARGE)
CLOSE_STANDING = act("watch.close_standing", _("Close an alarm that still stands"), {Role.CHIEF})
REOPEN = act("watch.reopen", _("Reopen an alarm"), _CHARGE)
MAINTAIN = act("watch.maintain", _("Plan and end maintenance windows"), _CHARGE)
SEE_UNPLACED = act("watch.see_unplaced", _("See alarms of unknown places"), {Role.ADMINISTRATOR})

DONE = {
    "acknowledge": _("acknowledged it"),
    "assign": _("assigned it"),
    "start": _("began work on it"),
    "explain": _("explained it"),
    "comment": _("commented on it"),
    "mark_false": _("marked it as false"),
    "shelve": _("shelved it"),
    "lift": _("ended its shelf"),
    "close": _("closed it"),
    "close_standing": _("closed it while it stood"),
    "reopen": _("reopened it"),
    "undo": _("took the last act back"),
}
"""What was done, by the kind of step."""
