"""Signing in by the unified sign-in 统一身份认证."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.apps.people.actions.provider import Provider
from anlan.apps.people.actions.unified import begin, finish
from anlan.apps.people.models import User
from anlan.apps.people.views.entrance import let_in, own_path
from anlan.desk.doors import asker_of
from anlan.terms.errors import Refused, Unavailable

_KEPT, _KEPT_S = "_unified", 600


@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """Sends somebody to the provider."""
    try:
        address, kept = begin(_provider(), back=_back(request))
    except Unavailable:
        return _told(request, _("The unified sign-in does not answer. Use your password here."))
    request.session[_KEPT] = {**kept, "at": asker_of(request).now.timestamp(),
                              "next": own_path(request.GET.get("next"))}  # fmt: skip
    return HttpResponseRedirect(address)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Takes somebody in who comes from the provider, if an account here is theirs."""
    provider, now = _provider(), asker_of(request).now
    kept = request.session.pop(_KEPT, None) or {}
    if now.timestamp() - kept.get("at", 0) > _KEPT_S:
        kept = {}
    try:
        subject = finish(provider, kept, answer=request.GET.dict(), back=_back(request), now=now)
    except Refused as error:
        return _told(request, str(error))
    except Unavailable:
        return _told(request, _("The unified sign-in does not answer. Use your password here."))
    user = User.objects.filter(subject=subject, is_active=True).first()
    if user is None:
        return _told(request, _("No open account here belongs to this unified account. Ask the "
                                "administrator of your jurisdiction to link it."))  # fmt: skip
    return let_in(request, user, kept["next"])


def _provider() -> Provider:
    options = settings.PLACE.options
    if not options.oidc_issuer or not options.oidc_client:
        raise Http404
    return Provider(options.oidc_issuer, options.oidc_client, options.oidc_secret)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri("/login/oidc/back")


def _told(request: HttpRequest, told: str) -> HttpResponse:
    words = {"told": told, "next": "/", "has_unified": True}
    return render(request, "people/door/login.html", words, status=422)
