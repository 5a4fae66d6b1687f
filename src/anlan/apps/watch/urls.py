"""Addresses of the watch app."""

from django.urls import path

from anlan.apps.watch import views

app_name = "watch"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("alarms/rows", views.rows, name="rows"),
    path("alarms/<slug:key>", views.alarm, name="alarm"),
    path("alarms/<slug:key>/<slug:verb>", views.act, name="act"),
    path("pictures/<slug:key>", views.picture, name="picture"),
    path("strip", views.strip, name="strip"),
    path("stream", views.stream, name="stream"),
    path("charts/<path:key>.json", views.chart, name="chart"),
    path("objects/<path:key>/card", views.card, name="card"),
    path("objects/<path:key>", views.page, name="object"),
]
