"""What may be done to the atlas, and by which roles."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people.acts import EVERYONE, OFFICES, Role, act, named

_RULERS = (Role.MANAGER, Role.ADMINISTRATOR)
_OFFICES = (*_RULERS, Role.DEPARTMENT)

SEE = act("atlas.see", _("See what stands where"), EVERYONE)
EDIT_REGIONS = act("atlas.edit_regions", _("Edit regions"), _RULERS)
EDIT_ENTERPRISES = act("atlas.edit_enterprises", _("Edit enterprises"), _OFFICES)
EDIT_OBJECTS = act("atlas.edit_objects", _("Edit observed objects"), _OFFICES)
EDIT_FACILITIES = act("atlas.edit_facilities", _("Edit facilities"), _OFFICES)
EDIT_TARGETS = act("atlas.edit_targets", _("Edit protected targets"), _OFFICES)
EDIT_SENSORS = act("atlas.edit_sensors", _("Register and edit sensors"), _RULERS)
SEE_LIMITS = act("atlas.see_limits", _("See limits and proposals"), OFFICES | {Role.ADMINISTRATOR})
PROPOSE_LIMITS = act("atlas.propose_limits", _("Propose a limit"), {Role.MANAGER})
APPROVE_LIMITS = act("atlas.approve_limits", _("Approve a limit that another proposed"),
                     {Role.CHIEF})  # fmt: skip
REFUSE_LIMITS = named("atlas.refuse_limits", _("Refused a proposed limit"))
WITHDRAW_LIMITS = named("atlas.withdraw_limits", _("Took a proposed limit back"))
SEE_RULES = act("atlas.see_rules", _("See the rules in force"), OFFICES | {Role.ADMINISTRATOR})
ADMIT_DEVICES = act("atlas.admit_devices", _("Admit new devices or turn them away"), _RULERS)
ADMIT_UNPLACED = act(
    "atlas.admit_unplaced", _("Admit new devices whose key names no county"), {Role.ADMINISTRATOR}
)
SEE_DEVICES = act(
    "atlas.see_devices",
    _("See the devices that speak to the gateway"),
    OFFICES | {Role.ADMINISTRATOR},
)
ASK_DEVICES = act(
    "atlas.ask_devices",
    _("Ask devices: readings, states, pictures, texts to a driver"),
    (Role.DUTY, Role.CHIEF, *_RULERS),
)
CHANGE_DEVICES = act(
    "atlas.change_devices", _("Change devices: clocks, intervals, thresholds, resets"), _RULERS
)
ASKED_DEVICE = named("site.ask_device", _("Ask a device, or tell it to do something"))
TURN_AWAY = named("atlas.turn_away", _("Turned a new device away"))
NOT_ENTERED = named("atlas.not_entered", _("The log did not take what was to be entered"))
