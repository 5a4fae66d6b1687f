"""My account: password, second factor, language, sessions, keys."""

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.people.actions import account as does
from anlan.apps.people.actions import second as factor
from anlan.apps.people.acts import acts
from anlan.apps.people.queries.sessions import keys_of, sessions_of
from anlan.apps.people.views.inside import person_in, typed
from anlan.desk.doors import signed_in
from anlan.terms.errors import Refused

_FRESH = "_fresh"


@signed_in
def account(request: HttpRequest, told: str = "", secret: str = "") -> HttpResponse:
    """All of it on one page."""
    person = person_in(request)
    words = {
        "person": person,
        "told": told,
        "secret": secret,
        "sessions": sessions_of(person, request.session.session_key or ""),
        "keys": keys_of(person),
        "acts": [one for one in acts() if person.may(one.name)],
        "languages": settings.LANGUAGES,
    }
    return render(request, "people/account/account.html", words, status=422 if told else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Changes one's own password."""
    person = person_in(request)
    words = {"person": person, "length": settings.PLACE.options.password_length, "told": ""}
    if request.method != "POST":
        return render(request, "people/account/password.html", words)
    new = typed(request, "new", 1000)
    try:
        if new != typed(request, "again", 1000):
            raise Refused(_("The two new passwords differ."))
        does.set_password(person, old=typed(request, "old"), new=new)
    except Refused as error:
        return render(request, "people/account/password.html", {**words, "told": error}, status=422)
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    messages.success(request, _("Your password is changed; other sessions have ended."))
    return HttpResponseRedirect("/account")


@signed_in
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Begins the second factor: shows its picture, takes its first code, shows the codes."""
    person, told = person_in(request), ""
    if person.user.second:
        return HttpResponseRedirect("/account")
    if request.method == "POST" and _FRESH in request.session:
        try:
            code = typed(request, "code").replace(" ", "")[:12]
            codes = factor.begin_second(person, fresh=request.session[_FRESH], code=code)
            del request.session[_FRESH]
            return render(request, "people/account/codes.html", {"codes": codes})
        except Refused as error:
            told = str(error)
    fresh = request.session.setdefault(_FRESH, factor.new_second())
    address = factor.second_address(person.key, fresh)
    words = {"picture": segno.make_qr(address).svg_data_uri(scale=5, light="#fff"),
             "address": address, "told": told}  # fmt: skip
    return render(request, "people/account/factor.html", words, status=422 if told else 200)


@signed_in
@require_POST
def end_second_factor(request: HttpRequest) -> HttpResponse:
    """Gives the second factor up."""
    try:
        factor.end_second(person_in(request), password=typed(request, "password"))
    except Refused as error:
        return account(request, told=str(error))
    messages.success(request, _("The second factor is off."))
    return HttpResponseRedirect("/account")


@signed_in
@require_POST
def end_session(request: HttpRequest, name: str) -> HttpResponse:
    """Ends one of one's own sessions."""
    if not does.end_session(person_in(request), name):
        raise Http404
    messages.success(request, _("The session has ended."))
    return HttpResponseRedirect("/account")


@signed_in
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Makes a key for a program and shows it, this once."""
    days = typed(request, "days", 4)
    try:
        factor.confirm(person_in(request), typed(request, "password"))
        secret = does.make_key(
            person_in(request), label=typed(request, "label"),
            chosen=request.POST.getlist("acts"), days=int(days) if days.isdecimal() else 0,
        )  # fmt: skip
    except Refused as error:
        return account(request, told=str(error))
    return account(request, secret=secret)


@signed_in
@require_POST
def revoke_key(request: HttpRequest, name: str) -> HttpResponse:
    """Takes a key back."""
    if not does.revoke_key(person_in(request), name):
        raise Http404
    messages.success(request, _("The key is taken back."))
    return HttpResponseRedirect("/account")
