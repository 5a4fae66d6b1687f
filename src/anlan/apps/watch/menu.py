"""What the watch adds to the menu."""

from django.utils.translation import gettext_lazy as _

from anlan.desk.menu import Item

ITEMS: tuple[Item, ...] = (
    Item(10, _("Duty desk"), "/"),
    Item(15, _("One map"), "/map"),
    Item(20, _("Cockpit"), "/cockpit"),
    Item(25, _("Alarms"), "/alarms/"),
    Item(30, _("Statistics"), "/statistics"),
    Item(805, _("Kept quiet"), "/quiet/", group=_("Administration")),
)
