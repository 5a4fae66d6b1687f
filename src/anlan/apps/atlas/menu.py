"""What the atlas app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import ADMIT_DEVICES, SEE_DEVICES, SEE_LIMITS, SEE_RULES
from anlan.apps.atlas.pages import SHEETS
from anlan.desk.menu import Item

_OWN = (
    Item(40, _("Rules and limits"), "/limits/", SEE_LIMITS),
    Item(290, _("New devices"), "/devices/", ADMIT_DEVICES, _("Atlas")),
    Item(292, _("Devices of the gateway"), "/gateway/", SEE_DEVICES, _("Atlas")),
    Item(295, _("Rules in force"), "/rules/", SEE_RULES, _("Atlas")),
)
ITEMS: tuple[Item, ...] = _OWN + tuple(
    Item(300 + number, sheet.title, sheet.base, act=sheet.read, group=_("Atlas"))
    for number, sheet in enumerate(SHEETS)
)
