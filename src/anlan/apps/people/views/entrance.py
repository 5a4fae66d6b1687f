"""Signing in and out, and the language."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Signs a user in and goes where they wanted to."""
    ways = {"next": _own(request.POST.get("next") or request.GET.get("next"))}
    if request.method != "POST":
        return render(request, "people/login.html", ways)
    key = request.POST.get("key", "").strip()
    user = auth.authenticate(request, key=key, password=request.POST.get("password", ""))
    if user is None:
        told = _("Account or password is wrong.")
        return render(request, "people/login.html", {**ways, "key": key, "told": told}, status=422)
    auth.login(request, user)
    return HttpResponseRedirect(ways["next"])


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    auth.logout(request)
    return HttpResponseRedirect("/login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in a cookie for a year."""
    response = HttpResponseRedirect(_own(request.POST.get("next")))
    wanted = request.POST.get("language", "")
    if wanted in {code for code, _name in settings.LANGUAGES}:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=31_536_000,
                            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


def _own(target: str | None) -> str:
    """A path of this site, or its first page."""
    if target and target.startswith("/") and url_has_allowed_host_and_scheme(target, None):
        return target
    return "/"
