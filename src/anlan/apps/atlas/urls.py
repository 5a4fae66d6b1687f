"""Addresses of the atlas app: below `atlas/`, and those that stand at the root."""

from django.urls import URLPattern, path

from anlan.apps.atlas.pages import SHEETS
from anlan.apps.atlas.views import limit_files, limits, map, rules
from anlan.apps.atlas.views.gateway import admitting, knocks, media
from anlan.apps.atlas.views.gateway import devices as heard
from anlan.desk.sheet import urls_of

app_name = "atlas"
urlpatterns: list[URLPattern] = [
    path("tiles/base/<int:z>/<int:x>/<int:y>.pbf", map.base, name="base-tile"),
    path("tiles/file/<int:z>/<int:x>/<int:y>", map.filed, name="file-tile"),
    path("tiles/things/<int:z>/<int:x>/<int:y>.pbf", map.things, name="thing-tile"),
]
urlpatterns += [page for sheet in SHEETS for page in urls_of(sheet, sheet.name)]

AT_ROOT: list[URLPattern] = [
    path("limits/", limits.limits, name="limits"),
    path("limits/objects/<path:key>", limits.thing, name="limits-object"),
    path("limits/sensors/<path:key>/propose", limits.propose, name="limits-propose"),
    path("limits/changes/<slug:key>", limits.change, name="limits-change"),
    path("limits/changes/<slug:key>/<slug:verb>", limits.decide, name="limits-decide"),
    path("limits/files/<slug:key>", limit_files.file, name="limits-file"),
    path("limits/files/<slug:key>/<slug:verb>", limit_files.decide, name="limits-file-decide"),
    path("devices/", knocks.devices, name="devices"),
    path("devices/objects", knocks.offers, name="devices-objects"),
    path("devices/<path:key>/admit", knocks.admit, name="devices-admit"),
    path("devices/<path:key>/turn-away", knocks.turn_away, name="devices-turn-away"),
    path("gateway/<slug:protocol>/<path:device>/admit", admitting.admit, name="gateway-admit"),
    path(
        "gateway/<slug:protocol>/<path:device>/turn-away",
        admitting.turn_away,
        name="gateway-turn-away",
    ),
    path("gateway/", heard.listing, name="gateway"),
    path("gateway/<slug:protocol>/<path:device>/ask", heard.ask, name="gateway-ask"),
    path(
        "gateway/<slug:protocol>/<path:device>/media/<str:name>", media.media, name="gateway-media"
    ),
    path("gateway/<slug:protocol>/<path:device>", heard.device, name="gateway-device"),
    path("rules/", rules.rules, name="rules"),
]
