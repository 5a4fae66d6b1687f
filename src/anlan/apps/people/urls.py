"""Addresses of the people app."""

from django.urls import path

from anlan.apps.people import views

app_name = "people"
urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("language", views.language, name="language"),
]
