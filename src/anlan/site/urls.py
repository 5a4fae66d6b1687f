"""Every address of the site."""

from django.urls import include, path

from anlan.apps.atlas.urls import AT_ROOT
from anlan.desk.offers import offer
from anlan.site.api.moving import URL, moving, on_map
from anlan.site.demo.ears import page as ears
from anlan.site.frame.figures import prometheus
from anlan.site.frame.health import healthz
from anlan.site.frame.system import system

handler400 = "anlan.site.frame.faults.bad"
handler403 = "anlan.site.frame.faults.refused"
handler404 = "anlan.site.frame.faults.absent"
handler500 = "anlan.site.frame.faults.broken"

offer("map", on_map)
urlpatterns = [
    path("healthz", healthz),
    path("metrics", prometheus),
    path("system", system),
    path("demo/ears", ears.page),
    path("demo/ears/answer", ears.answer),
    path("api/", include("anlan.site.api.urls")),
    path(URL.removeprefix("/"), moving),
    path("", include("anlan.apps.people.urls")),
    path("public/", include("anlan.apps.portal.urls")),
    path("atlas/", include("anlan.apps.atlas.urls")),
    path("", include(AT_ROOT)),
    path("", include("anlan.apps.watch.urls")),
    path("warnings/", include("anlan.apps.warning.urls")),
]
