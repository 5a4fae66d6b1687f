"""Addresses of the watch app."""

from django.urls import path

from anlan.apps.watch import views
from anlan.apps.watch.views import map as one_map
from anlan.apps.watch.views import map_asked, quiet

app_name = "watch"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("alarms/rows", views.rows, name="rows"),
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/export.csv", views.export, {"form": "csv"}, name="export-csv"),
    path("alarms/export.xlsx", views.export, {"form": "xlsx"}, name="export-xlsx"),
    path("alarms/<slug:key>", views.alarm, name="alarm"),
    path("alarms/<slug:key>/<slug:verb>", views.act, name="act"),
    path("pictures/<slug:key>", views.picture, name="picture"),
    path("map", one_map.map_page, name="map"),
    path("map/alarms.json", one_map.map_alarms, name="map-alarms"),
    path("map/place", one_map.map_place, name="map-place"),
    path("map/inside", map_asked.map_inside, name="map-inside"),
    path("map/search", map_asked.map_search, name="map-search"),
    path("map/then", map_asked.map_then, name="map-then"),
    path("map/teams", map_asked.map_teams, name="map-teams"),
    path("cockpit", views.cockpit, name="cockpit"),
    path("cockpit/part", views.cockpit_part, name="cockpit-part"),
    path("statistics", views.statistics, name="statistics"),
    path("statistics/export.xlsx", views.statistics_export, name="statistics-export"),
    path("strip", views.strip, name="strip"),
    path("quiet/", quiet.page, name="quiet"),
    path("quiet/targets", quiet.offers, name="quiet-targets"),
    path("quiet/<slug:kind>/<slug:key>/end", quiet.end, name="quiet-end"),
    path("stream", views.stream, name="stream"),
    path("charts/<path:key>.json", views.chart, name="chart"),
    path("sensors/<path:key>/hints", views.hints, name="hints"),
    path("sensors/<path:key>", views.sensor, name="sensor"),
    path("objects/<path:key>/card", views.card, name="card"),
    path("objects/<path:key>", views.page, name="object"),
]
