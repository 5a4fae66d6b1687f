"""Duty and responsibilities as typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.actions.duty import Answers, OnDuty
from anlan.apps.people.acts import EDIT_TREE, PLAN_DUTY
from anlan.apps.people.asker import Person
from anlan.apps.people.forms.places import offer
from anlan.apps.people.forms.users import PHONE
from anlan.apps.people.models import Organisation, User
from anlan.apps.people.queries.users import organisations
from anlan.terms.places import cut_region

_MOMENT = {"type": "datetime-local"}


class HandOverForm(forms.Form):
    """Who takes over."""

    person = forms.CharField(label=_("Person"), max_length=64)
    phone = forms.CharField(label=_("Phone"), max_length=32, validators=[PHONE])

    @property
    def who(self) -> OnDuty:
        """What was typed, once it is valid."""
        return OnDuty(person=self.cleaned_data["person"], phone=self.cleaned_data["phone"])


class DutyForm(HandOverForm):
    """A duty entry of one of the asker's organisations."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"),
                                          to_field_name="key")  # fmt: skip
    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=_("To"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    field_order = ("organisation", "person", "phone", "starts_at", "ends_at")

    def __init__(self, asker: Person, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        offer(self, organisations(asker, PLAN_DUTY), PLAN_DUTY)


class ResponsibleForm(forms.Form):
    """A line of the responsibility tree."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"),
                                          to_field_name="key")  # fmt: skip
    region = forms.CharField(label=_("Region code"), max_length=12)
    thing = forms.CharField(
        label=_("Object or enterprise"), max_length=128, required=False,
        help_text=_("Its key; empty: the whole region."),
    )  # fmt: skip
    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=9, initial=1,
                              help_text=_("1 is asked first, 2 when 1 is late."))  # fmt: skip
    person = forms.CharField(label=_("Person"), max_length=64)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, validators=[PHONE])
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    user_key = forms.CharField(label=_("Account"), max_length=64, required=False)

    def __init__(self, asker: Person, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        offer(self, organisations(asker, EDIT_TREE), EDIT_TREE)

    def clean_region(self) -> str:
        """The code cut to its level."""
        try:
            return cut_region(self.cleaned_data["region"])
        except ValueError as error:
            raise forms.ValidationError(_("A region code has 2, 4, 6, 9 or 12 digits.")) from error

    def clean_user_key(self) -> str:
        """An account with a post at the organisation, so that no other account can be tried out."""
        key = str(self.cleaned_data["user_key"]).strip()
        place = self.cleaned_data.get("organisation")
        if key and not User.objects.filter(key=key, posts__organisation=place).exists():
            raise forms.ValidationError(_("The organisation has no such account."))
        return key

    @property
    def answers(self) -> Answers:
        """What was typed, once it is valid."""
        return Answers(**self.cleaned_data)
