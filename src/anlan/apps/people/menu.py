"""What the people app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.people import acts
from anlan.desk.menu import Item

_GROUP = _("Administration")

ITEMS: tuple[Item, ...] = (
    Item(800, _("Duty roster"), "/people/duty", acts.SEE_DUTY, _GROUP),
    Item(810, _("Responsibility tree"), "/people/responsibility", acts.SEE_TREE, _GROUP),
    Item(820, _("Notices"), "/people/notices", acts.SEE_NOTICES, _GROUP),
    Item(830, _("Accounts"), "/people/users", acts.MANAGE_USERS, _GROUP),
    Item(840, _("Audit chain"), "/people/audit", acts.SEE_AUDIT, _GROUP),
    Item(850, _("Roles and acts"), "/people/acts", acts.SEE_ACTS, _GROUP),
)
