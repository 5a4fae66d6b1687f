"""Signing in and out, and the language."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.people.actions.account import set_language
from anlan.apps.people.actions.second import check_second
from anlan.apps.people.actions.signin import check_password, welcome
from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.sessions import ADDRESS, CLIENT
from anlan.apps.people.views.inside import typed
from anlan.desk.doors import asker_of

_HALF, _HALF_S = "_half", 300


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Signs a user in and goes where they wanted to."""
    options = settings.PLACE.options
    ways = {
        "next": own_path(request.POST.get("next") or request.GET.get("next")),
        "has_unified": bool(options.oidc_issuer and options.oidc_client),
    }
    if request.method != "POST":
        return render(request, "people/door/login.html", ways)
    key = typed(request, "key", 64).strip()
    password = typed(request, "password")
    user = check_password(key=key, password=password, now=asker_of(request).now)
    if user is None:
        words = {"tries": options.lockout_tries, "minutes": options.lockout_minutes}
        told = _("Account or password is wrong. After %(tries)d wrong tries in a row an account "
                 "is closed for %(minutes)d minutes.") % words  # fmt: skip
        return render(
            request, "people/door/login.html", {**ways, "key": key, "told": told}, status=422
        )
    return let_in(request, user, ways["next"])


def let_in(request: HttpRequest, user: User, target: object) -> HttpResponse:
    """Goes on with somebody who is known: to the second factor, or in."""
    if not user.second:
        return _in(request, user, str(target))
    request.session.flush()
    request.session[_HALF] = {"pk": user.pk, "at": asker_of(request).now.timestamp(),
                              "next": str(target)}  # fmt: skip
    return HttpResponseRedirect("/login/second")


@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Asks for the second factor of somebody whose password was right, for five minutes."""
    half = request.session.get(_HALF) or {}
    now = asker_of(request).now
    user = User.objects.filter(pk=half.get("pk", 0), is_active=True).first()
    if user is None or now.timestamp() - half["at"] > _HALF_S:
        return HttpResponseRedirect("/login")
    if request.method != "POST":
        return render(request, "people/door/second.html")
    if check_second(user, typed(request, "code", 32), now):
        return _in(request, user, half["next"])
    told = _("The code is not right, was used before, or there were too many tries.")
    return render(request, "people/door/second.html", {"told": told}, status=422)


def _in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    auth.login(request, user)
    request.session.pop(_HALF, None)
    request.session[CLIENT] = request.headers.get("User-Agent", "")[:128]
    request.session[ADDRESS] = request.META.get("REMOTE_ADDR", "")
    welcome(user, asker_of(request).now)
    response = HttpResponseRedirect(target)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _remember(response, user.language)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    auth.logout(request)
    return HttpResponseRedirect("/login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in a cookie for a year, and with the account."""
    response = HttpResponseRedirect(own_path(request.POST.get("next")))
    wanted = typed(request, "language")
    if wanted in {code for code, _name in settings.LANGUAGES}:
        _remember(response, wanted)
        asker = asker_of(request)
        if isinstance(asker, Person) and not asker.program and asker.user.language != wanted:
            set_language(asker, wanted)
    return response


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000,
                        samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip


def own_path(target: str | None) -> str:
    """A path of this site, or its first page."""
    if target and target.startswith("/") and url_has_allowed_host_and_scheme(target, None):
        return target
    return "/"
