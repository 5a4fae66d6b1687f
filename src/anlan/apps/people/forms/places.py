"""An organisation as chosen: from a list where they are few, by typing where they are many."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from anlan.apps.people.models import Organisation

FEW = 60
LIST = "organisations"


def offer(form: forms.Form, found: QuerySet[Organisation], act: str) -> None:
    """Lets the field `organisation` of a form take these, and no other."""
    field: Any = form.fields["organisation"]
    field.queryset = found
    if found[: FEW + 1].count() > FEW:
        field.widget = forms.TextInput(
            attrs={
                "list": LIST,
                "autocomplete": "off",
                "maxlength": 64,
                "hx-get": f"/people/organisations?act={act}",
                "hx-trigger": "input changed delay:200ms",
                "hx-target": f"#{LIST}",
                "hx-params": "organisation",
            }
        )
