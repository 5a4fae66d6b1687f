"""Addresses of the watch app."""

from django.urls import path

from anlan.apps.watch import views

app_name = "watch"
urlpatterns = [
    path("", views.desk, name="desk"),
]
