"""Suggestions of organisations, for who types one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.apps.people.acts import EDIT_TREE, MANAGE_USERS, PLAN_DUTY
from anlan.apps.people.queries.users import named_like, organisations
from anlan.apps.people.views.inside import person_in
from anlan.desk.doors import signed_in

_MOST = 20


@signed_in
def suggest(request: HttpRequest) -> HttpResponse:
    """At most twenty organisations where the asker may do the act, for a datalist."""
    act, words = request.GET.get("act", ""), request.GET.get("organisation", "")
    found = organisations(person_in(request), act if act in _ACTS else MANAGE_USERS)
    places = named_like(found, words)[:_MOST] if words.strip() else ()
    return render(request, "people/part/places.html", {"places": places})


_ACTS = (EDIT_TREE, MANAGE_USERS, PLAN_DUTY)
