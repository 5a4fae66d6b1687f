"""Addresses of what needs the records; all other pages of the public are files."""

from django.urls import path

from anlan.apps.portal.views import here, stop, subscribe, subscriptions

_PAGES = {"here": here, "subscribe": subscribe, "subscriptions": subscriptions, "stop": stop}

urlpatterns = [
    path(f"{language}/{name}" if language else name, view, {"language": language})
    for name, view in _PAGES.items()
    for language in ("", "zh", "en")
]
