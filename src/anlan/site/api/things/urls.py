"""Addresses under /api/sensorthings/."""

from django.urls import path

from anlan.site.api.things.views import answer

urlpatterns = [path("v1.1", answer), path("v1.1/", answer), path("v1.1/<path:path>", answer)]
