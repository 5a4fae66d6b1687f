"""What may be typed into the pages of people."""

from anlan.apps.people.forms.duty import DutyForm, HandOverForm, ResponsibleForm
from anlan.apps.people.forms.users import NewUserForm, PostForm, UserForm

__all__ = [
    "DutyForm",
    "HandOverForm",
    "NewUserForm",
    "PostForm",
    "ResponsibleForm",
    "UserForm",
]
