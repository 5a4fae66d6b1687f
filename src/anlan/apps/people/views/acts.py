"""Which role may do what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.apps.people.acts import SEE_ACTS, Role, acts
from anlan.desk.doors import needs


@needs(SEE_ACTS)
def page(request: HttpRequest) -> HttpResponse:
    """Every act of the site by every role."""
    rows = [(one, [role in one.roles for role in Role]) for one in acts()]
    words = {"roles": [role.label for role in Role], "rows": rows}
    return render(request, "people/records/acts.html", words)
