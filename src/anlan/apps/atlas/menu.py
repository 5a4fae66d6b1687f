"""What the atlas app adds to the menu."""

from anlan.desk.menu import Item

ITEMS: tuple[Item, ...] = ()
