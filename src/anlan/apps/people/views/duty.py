"""The duty roster: who is on duty when, planned and handed over on one page."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.people.actions import duty as does
from anlan.apps.people.acts import PLAN_DUTY, SEE_DUTY
from anlan.apps.people.forms.duty import DutyForm, HandOverForm
from anlan.apps.people.models import Duty
from anlan.apps.people.queries.calendar import lines_of, start_of, week_of
from anlan.apps.people.queries.duty import duties, roster, rostered
from anlan.apps.people.views.inside import person_in
from anlan.desk.doors import needs
from anlan.terms.errors import Refused

_PAGE = 40


@needs(SEE_DUTY)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """A week of the jurisdiction's duty, and the form that adds to it."""
    person, form, told = person_in(request), None, ""
    if person.may(PLAN_DUTY):
        form = DutyForm(person, request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        told = _planned(request, form)
        if not told:
            messages.success(request, _("The duty is planned."))
            return HttpResponseRedirect(request.get_full_path())
    shown = {**_week(request), "form": form, "told": told, "now": person.now}
    is_bad = bool(told or (form and form.is_bound and not form.is_valid()))
    return render(request, "people/duty/duty.html", shown, status=422 if is_bad else 200)


def _week(request: HttpRequest) -> dict[str, object]:
    """The week that was asked for, a page of organisations at a time."""
    person, words = person_in(request), request.GET.get("q", "")
    days = week_of(request.GET.get("from", ""), person.now)
    asked = request.GET.get("page", "")[:4]
    number = int(asked) if asked.isdecimal() else 0
    entries = roster(person, start_of(days[0]), len(days))
    places = list(rostered(entries, words)[number * _PAGE : (number + 1) * _PAGE + 1])
    lines = lines_of(entries.filter(organisation__in=places[:_PAGE]), days)
    return {
        "days": days, "lines": lines, "q": words, "first": days[0],
        "before": days[0] - timedelta(days=7), "after": days[-1] + timedelta(days=1),
        "next": number + 1 if len(places) > _PAGE else 0,
    }  # fmt: skip


def _planned(request: HttpRequest, form: DutyForm) -> str:
    plain = form.cleaned_data
    try:
        does.plan_duty(person_in(request), plain["organisation"], who=form.who,
                       start=plain["starts_at"], end=plain["ends_at"])  # fmt: skip
    except Refused as error:
        return str(error)
    return ""


@needs(PLAN_DUTY)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """One entry: changed while it is to come, handed over while it runs."""
    person, found = person_in(request), _entry(request, key)
    form, told = DutyForm(person, request.POST or None, initial=_start(found)), ""
    if request.method == "POST" and form.is_valid():
        plain = form.cleaned_data
        try:
            does.change_duty(person, found, who=form.who, start=plain["starts_at"],
                             end=plain["ends_at"])  # fmt: skip
            return _done(request, _("The duty is changed."))
        except Refused as error:
            told = str(error)
    return _show(request, found, form=form, told=told)


@needs(PLAN_DUTY)
@require_POST
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """Another person takes over now."""
    found, form, told = _entry(request, key), HandOverForm(request.POST), ""
    if form.is_valid():
        try:
            does.hand_over(person_in(request), found, who=form.who)
            return _done(request, _("The duty is handed over."))
        except Refused as error:
            told = str(error)
    return _show(request, found, hand_form=form, told=told)


@needs(PLAN_DUTY)
@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Takes out an entry that has not begun."""
    found = _entry(request, key)
    try:
        does.drop_duty(person_in(request), found)
    except Refused as error:
        return _show(request, found, told=str(error))
    return _done(request, _("The duty is taken out."))


def _entry(request: HttpRequest, key: str) -> Duty:
    found = duties(person_in(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, found: Duty, **words: object) -> HttpResponse:
    person = person_in(request)
    shown = {"entry": found, "now": person.now, "form": DutyForm(person, initial=_start(found)),
             "hand_form": HandOverForm(), "told": "", **words}  # fmt: skip
    bound = [f for f in (shown["form"], shown["hand_form"]) if getattr(f, "is_bound", False)]
    is_bad = bool(shown["told"] or bound)
    return render(request, "people/duty/duty_entry.html", shown, status=422 if is_bad else 200)


def _start(found: Duty) -> dict[str, object]:
    """An entry as its form shows it."""
    names = ("person", "phone", "starts_at", "ends_at")
    return {"organisation": found.organisation.key, **{n: getattr(found, n) for n in names}}


def _done(request: HttpRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return HttpResponseRedirect("/people/duty")
