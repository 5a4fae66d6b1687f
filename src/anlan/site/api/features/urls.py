"""Addresses under /api/features/, as OGC API – Features names them."""

from django.urls import path

from anlan.site.api.features import answers

urlpatterns = [
    path("", answers.landing),
    path("conformance", answers.conformance),
    path("api", answers.api),
    path("collections", answers.collections),
    path("collections/<str:key>", answers.collection),
    path("collections/<str:key>/queryables", answers.queryables),
    path("collections/<str:key>/items", answers.items),
    path("collections/<str:key>/items/<path:feature>", answers.item),
]
