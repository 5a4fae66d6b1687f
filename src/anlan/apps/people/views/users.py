"""Accounts and posts, for those who manage them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.people.actions import posts as does
from anlan.apps.people.acts import MANAGE_USERS
from anlan.apps.people.forms.users import EditUserForm, NewUserForm, PostForm
from anlan.apps.people.models import User
from anlan.apps.people.queries.users import may_manage, searched, user_for, users
from anlan.apps.people.views.inside import person_in, typed
from anlan.desk.doors import needs
from anlan.terms.errors import Refused

_PAGE = 50


@needs(MANAGE_USERS)
def listing(request: HttpRequest) -> HttpResponse:
    """The accounts of the jurisdiction, a page at a time."""
    words, after = request.GET.get("q", ""), request.GET.get("after", "")[:64]
    found = searched(users(person_in(request)), words).order_by("key")
    rows = list(found.filter(key__gt=after)[: _PAGE + 1] if after else found[: _PAGE + 1])
    shown = {"users": rows[:_PAGE], "q": words, "now": person_in(request).now,
             "next": rows[_PAGE - 1].key if len(rows) > _PAGE else ""}  # fmt: skip
    return render(request, "people/users/users.html", shown)


@needs(MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Makes an account and shows its first password, this once."""
    person = person_in(request)
    form = NewUserForm(person, request.POST or None)
    told = ""
    if request.method == "POST" and form.is_valid():
        try:
            user, password = does.make_user(
                person, word=form.cleaned_data["word"], about=form.about, post=form.post
            )
            return _show(request, user_for(person, user.key), password=password)
        except Refused as error:
            told = str(error)
    words = {"form": form, "told": told}
    return render(
        request, "people/users/new_user.html", words, status=422 if _bad(form, told) else 200
    )


@needs(MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One account: what it says of its owner, its posts, what may be done."""
    person = person_in(request)
    user = user_for(person, key)
    if request.method != "POST":
        return _show(request, user)
    form = EditUserForm(request.POST)
    if not form.is_valid():
        return _show(request, user, form=form)
    # Only an administrator links accounts: a link is a way in.
    subject = form.cleaned_data["subject"] if _may_link(request) else user.subject
    try:
        does.describe_user(person, user, about=form.about, subject=subject)
    except Refused as error:
        return _show(request, user, form=form, told=str(error))
    return _done(request, key, _("The account is changed."))


@needs(MANAGE_USERS)
@require_POST
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Gives a post."""
    person = person_in(request)
    user, form = user_for(person, key), PostForm(person, request.POST)
    if not form.is_valid():
        return _show(request, user, post_form=form)
    try:
        does.give_post(person, user, post=form.post)
    except Refused as error:
        return _show(request, user, post_form=form, told=str(error))
    return _done(request, key, _("The post is given."))


@needs(MANAGE_USERS)
@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Ends a post, closes or opens the account, or sets a new password."""
    person = person_in(request)
    user, act = user_for(person, key), typed(request, "act")
    try:
        if act == "end":
            does.end_post(person, user, name=typed(request, "post", 16))
        elif act in ("close", "open"):
            does.set_active(person, user, is_active=act == "open")
        elif act == "password":
            return _show(request, user, password=does.reset_password(person, user))
    except Refused as error:
        return _show(request, user, told=str(error))
    return _done(request, key, _("The account is changed."))


def _show(request: HttpRequest, user: User, **words: object) -> HttpResponse:
    """The page of an account; form, post_form, told, password: what there is to show on it."""
    person = person_in(request)
    told = words.get("told") or words.get("form") or words.get("post_form")
    start = {name: getattr(user, name) for name in EditUserForm.base_fields}
    form = EditUserForm(initial=start)
    shown = {
        "form": form, "post_form": PostForm(person), "user": user, "now": person.now,
        "may_manage": may_manage(person, user), "may_link": _may_link(request), **words,
    }  # fmt: skip
    return render(request, "people/users/user.html", shown, status=422 if told else 200)


def _may_link(request: HttpRequest) -> bool:
    return any(post.role == "administrator" for post in person_in(request).posts)


def _bad(form: NewUserForm, told: str) -> bool:
    return bool(told) or (form.is_bound and not form.is_valid())


def _done(request: HttpRequest, key: str, told: str) -> HttpResponse:
    messages.success(request, told)
    return HttpResponseRedirect(f"/people/users/{key}")
