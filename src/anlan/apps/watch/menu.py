"""What the watch adds to the menu."""

from django.utils.translation import gettext_lazy as _

from anlan.desk.menu import Item

ITEMS: tuple[Item, ...] = (Item(10, _("Duty desk"), "/"),)
