"""The duty desk 值班工作台."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.desk.doors import signed_in


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What is wrong now, the most urgent first."""
    return render(request, "watch/desk.html", {})
