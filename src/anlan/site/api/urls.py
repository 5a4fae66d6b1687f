"""Addresses under /api/: version 1, its description for programs and for people."""

from django.urls import include, path, re_path

from anlan import __version__
from anlan.site.api import faults
from anlan.site.api.answers import (
    alarms,
    calls,
    deeds,
    duty,
    places,
    pushing,
    risks,
    sensors,
    warnings,
)
from anlan.site.api.docs import Described, asset, docs_of
from anlan.site.api.door import Browser, Key

API = Described(
    title="Anlan",
    version=__version__,
    description="Places, sensors, alarms, warnings, risks and duty of one's own jurisdiction. "
    "Readings are sent to the intake, which has a port of its own.",
    urls_namespace="api",
    openapi_url="openapi.json",
    docs_url=None,
    auth=[Key(), Browser()],
)
for _part in (places, sensors, deeds, alarms, warnings, calls, pushing, risks, duty):
    API.add_router("/v1", _part.router)
faults.wire(API)

urlpatterns = [
    path("docs", docs_of(API)),
    path("docs/<str:name>", asset),
    path("features/", include("anlan.site.api.features.urls")),
    path("sensorthings/", include("anlan.site.api.things.urls")),
    path("", API.urls),
    re_path("", faults.absent),
]
