"""Accounts and posts as typed."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.actions.posts import NewPost, Particulars
from anlan.apps.people.acts import MANAGE_USERS, Role
from anlan.apps.people.asker import Person
from anlan.apps.people.forms.places import offer
from anlan.apps.people.models import Organisation, Post
from anlan.apps.people.queries.users import organisations, roles_given_by
from anlan.terms.places import COUNTRY, cut_region

PHONE = RegexValidator(r"^[0-9+() -]{3,32}$", _("A phone number has digits, +, -, ( and ) only."))
_WORD = RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,31}$",
                       _("Small letters, digits, dot and hyphen, 2 to 32 of them."))  # fmt: skip


class UserForm(forms.Form):
    """What an account says of its owner."""

    name = forms.CharField(label=_("Full name"), max_length=64)
    name_en = forms.CharField(label=_("Name in English"), max_length=64, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, validators=[PHONE])
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)

    @property
    def about(self) -> Particulars:
        """What was typed, once it is valid."""
        names = ("name", "name_en", "phone", "email")
        return Particulars(**{name: self.cleaned_data[name] for name in names})


class EditUserForm(UserForm):
    """The same, with the account of the unified sign-in."""

    subject = forms.CharField(label=_("Unified account"), max_length=255, required=False)


class PostForm(forms.Form):
    """A post, of those that the asker may give."""

    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"),
                                          to_field_name="key")  # fmt: skip
    region = forms.CharField(
        label=_("Region code"), max_length=12, required=False,
        help_text=_("Empty: the region of the organisation."),
    )  # fmt: skip
    own_only = forms.BooleanField(label=_("Only what the organisation itself owns"), required=False)
    until = forms.DateTimeField(
        label=_("Until"), required=False, help_text=_("Empty: open."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, asker: Person, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self._asker = asker
        given = roles_given_by(asker)
        self.fields["role"].choices = [(r.value, r.label) for r in Role if r in given]  # type: ignore[attr-defined]  # of a ChoiceField
        offer(self, organisations(asker), MANAGE_USERS)

    def clean_region(self) -> str:
        """The code cut to its level; that of the organisation where none was typed."""
        text = self.cleaned_data["region"].strip()
        if text == COUNTRY:
            return COUNTRY
        try:
            return cut_region(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(_("A region code has 2, 4, 6, 9 or 12 digits.")) from error

    @property
    def post(self) -> NewPost:
        """What was typed, once it is valid."""
        plain = self.cleaned_data
        own_roles = (Post.Role.ENTERPRISE, Post.Role.TEAM)
        return NewPost(
            role=plain["role"], organisation=plain["organisation"],
            region=plain["region"] or plain["organisation"].region,
            own_only=plain["own_only"] or plain["role"] in own_roles,
            since=self._asker.now, until=plain["until"],
        )  # fmt: skip


class NewUserForm(PostForm, UserForm):
    """A new account with its first post."""

    word = forms.CharField(
        label=_("Account"), max_length=32, validators=[_WORD],
        help_text=_("The code of the region is put before it: zhang becomes 990101-zhang."),
    )  # fmt: skip
    field_order = ("word", "name", "name_en", "phone", "email", "role", "organisation")
