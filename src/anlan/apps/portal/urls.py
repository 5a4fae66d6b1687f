"""Addresses of what needs the records; all other pages of the public are files."""

from django.urls import path

from anlan.apps.portal.views import here

urlpatterns = [
    path("here", here),
    path("zh/here", here, {"language": "zh"}),
    path("en/here", here, {"language": "en"}),
]
