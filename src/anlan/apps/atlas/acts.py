"""What may be done to the atlas, and by which roles."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people.acts import EVERYONE, Role, act

_RULERS = (Role.MANAGER, Role.ADMINISTRATOR)
_OFFICES = (*_RULERS, Role.DEPARTMENT)

SEE = act("atlas.see", _("See what stands where"), EVERYONE)
EDIT_REGIONS = act("atlas.edit_regions", _("Edit regions"), _RULERS)
EDIT_ENTERPRISES = act("atlas.edit_enterprises", _("Edit enterprises"), _OFFICES)
EDIT_OBJECTS = act("atlas.edit_objects", _("Edit observed objects"), _OFFICES)
EDIT_FACILITIES = act("atlas.edit_facilities", _("Edit facilities"), _OFFICES)
EDIT_TARGETS = act("atlas.edit_targets", _("Edit protected targets"), _OFFICES)
EDIT_SENSORS = act("atlas.edit_sensors", _("Register and edit sensors"), _RULERS)
