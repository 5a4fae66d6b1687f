"""What the atlas app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.pages import SHEETS
from anlan.desk.menu import Item

ITEMS: tuple[Item, ...] = tuple(
    Item(300 + number, sheet.title, sheet.base, act=sheet.read, group=_("Atlas"))
    for number, sheet in enumerate(SHEETS)
)
