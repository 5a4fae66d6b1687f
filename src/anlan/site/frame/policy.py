"""What every page carries: its content-security policy, and the frame around it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from anlan.apps.atlas import menu as atlas
from anlan.apps.people import menu as people
from anlan.apps.warning import menu as warning
from anlan.apps.watch import menu as watch
from anlan.desk.doors import asker_of
from anlan.desk.menu import Item
from anlan.site.frame import system
from anlan.site.options import Place

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:{maps}",
        "connect-src 'self'{maps}",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class PolicyMiddleware:
    """Adds the policy; nothing inline, nothing from elsewhere but the map service set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._next(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(maps=_maps()))
        response.headers.setdefault("X-Frame-Options", "DENY")  # for browsers without policies
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self)")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _maps() -> str:
    """The origin of the map service that the options name, if any."""
    from urllib.parse import urlsplit

    parts = urlsplit(settings.PLACE.options.basemap)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


_EARS = Item(865, gettext_lazy("Demo's telephones"), "/demo/ears", "",
             gettext_lazy("Administration"))  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame of a page needs to know of the site."""
    here: Place = settings.PLACE
    asker = asker_of(request) if hasattr(request, "asker") else None
    shown = [item for item in _items() if asker is not None and item.is_for(asker)]
    theme = "dark" if request.COOKIES.get("anlan_theme") == "dark" else "light"
    return {
        "site_name": here.options.name,
        "is_demo": here.is_demo,
        "theme": theme,
        "menu": _grouped(shown, request.path),
    }


def _items() -> list[Item]:
    every = [*people.ITEMS, *atlas.ITEMS, *watch.ITEMS, *warning.ITEMS, *system.ITEMS]
    if settings.PLACE.is_demo:
        every.append(_EARS)
    return sorted(every, key=lambda item: item.order)


def _grouped(items: list[Item], path: str) -> list[dict[str, Any]]:
    """Items by themselves, and the groups where their first item stands."""
    menu: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    current = max((one.url for one in items if _is_at(path, one.url)), key=len, default="")
    for item in items:
        one = {"title": item.title, "url": item.url, "is_current": item.url == current}
        name = str(item.group)
        if not name:
            menu.append(one)
            continue
        if name not in groups:
            groups[name] = {"title": name, "members": [], "is_current": False}
            menu.append(groups[name])
        groups[name]["members"].append(one)
        groups[name]["is_current"] |= one["is_current"]
    return menu


def _is_at(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
