"""Addresses of the atlas app, below `atlas/`."""

from django.urls import URLPattern, path

from anlan.apps.atlas.pages import SHEETS
from anlan.apps.atlas.views import map
from anlan.desk.sheet import urls_of

app_name = "atlas"
urlpatterns: list[URLPattern] = [
    path("tiles/base/<int:z>/<int:x>/<int:y>.pbf", map.base, name="base-tile"),
    path("tiles/things/<int:z>/<int:x>/<int:y>.pbf", map.things, name="thing-tile"),
]
urlpatterns += [page for sheet in SHEETS for page in urls_of(sheet, sheet.name)]
