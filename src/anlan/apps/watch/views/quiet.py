"""What is kept quiet on purpose 屏蔽与检修: shelves and maintenance windows, planned and ended."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.atlas.queries import sensors
from anlan.apps.atlas.queries.devices import named_like
from anlan.apps.watch import actions
from anlan.apps.watch.acts import MAINTAIN
from anlan.apps.watch.models import Maintenance
from anlan.apps.watch.models.timetable import LONGEST_WINDOW
from anlan.apps.watch.queries import kept
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs, signed_in
from anlan.terms.errors import Refused

_UNPROCESSABLE, _MOST_OFFERS = 422, 20
_ENDS = {"shelf": actions.end_shelf, "window": actions.end_window}
_OFFERS = {"list": "targets", "autocomplete": "off", "hx-get": "/quiet/targets",
           "hx-trigger": "input changed delay:250ms", "hx-target": "#targets"}  # fmt: skip


class WindowForm(forms.Form):
    """A maintenance window as typed."""

    target = forms.CharField(
        label=gettext_lazy("Object or sensor"), max_length=128,
        widget=forms.TextInput(attrs=_OFFERS), help_text=gettext_lazy("Its key."),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=Maintenance.Status.choices, required=False
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("From"))
    ends_at = forms.DateTimeField(label=gettext_lazy("To"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=256)

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        for name in ("starts_at", "ends_at"):
            attrs = {"type": "datetime-local"}
            self.fields[name].widget = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")


@signed_in
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What is quiet now or will be, or with `?over=1` what was; the form that plans a window."""
    asker, form, told = asker_of(request), None, ""
    if request.method == "POST" and not asker.may(MAINTAIN):
        raise PermissionDenied
    if asker.may(MAINTAIN):
        form = WindowForm(request.POST or None, initial=_start(asker, request))
        if request.method == "POST" and form.is_valid():
            told = _planned(asker, form)
            if not told:
                messages.success(request, _("The window is planned."))
                return HttpResponseRedirect("/quiet/")
    is_over = request.GET.get("over") == "1"
    rows, more = kept(asker, over=is_over)
    facts = {
        "rows": rows, "more": len(rows) if more else 0, "is_over": is_over, "form": form,
        "told": told, "longest": LONGEST_WINDOW.days,
    }  # fmt: skip
    is_bad = bool(told or (form and form.is_bound and not form.is_valid()))
    return render(
        request, "watch/lists/quiet.html", facts, status=_UNPROCESSABLE if is_bad else 200
    )


def _start(asker: Asker, request: HttpRequest) -> dict[str, Any]:
    return {"target": request.GET.get("target", "")[:128], "starts_at": asker.now}


def _planned(asker: Asker, form: WindowForm) -> str:
    """Plans the window; why not, where it cannot be."""
    try:
        actions.plan_window(asker, **form.cleaned_data)
    except Refused as error:
        return str(error)
    return ""


@needs(MAINTAIN)
def offers(request: HttpRequest) -> HttpResponse:
    """The objects, and the sensors by key, that hold what is being typed."""
    asker, text = asker_of(request), request.GET.get("target", "").strip()[:64]
    found = named_like(asker, text)
    if text:
        some = sensors(asker).filter(key__icontains=text).order_by("key")[:_MOST_OFFERS]
        found += [(one.key, one.name) for one in some]
    return render(request, "atlas/gateway/objects.html", {"offers": found})


@signed_in
@require_POST
def end(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Ends a shelf or a window before its time."""
    if kind not in _ENDS:
        raise Http404
    try:
        _ENDS[kind](asker_of(request), key)
        messages.success(request, _("Ended: its alarms call again."))
    except Refused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect("/quiet/")
