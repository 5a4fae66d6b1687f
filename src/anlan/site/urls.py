"""Every address of the site."""

from django.urls import include, path

from anlan.site.health import healthz

handler400 = "anlan.site.faults.bad"
handler403 = "anlan.site.faults.refused"
handler404 = "anlan.site.faults.absent"
handler500 = "anlan.site.faults.broken"

urlpatterns = [
    path("healthz", healthz),
    path("", include("anlan.apps.people.urls")),
    path("atlas/", include("anlan.apps.atlas.urls")),
    path("", include("anlan.apps.watch.urls")),
]
