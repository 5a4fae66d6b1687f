"""The responsibility tree: who is asked first, and who next."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.people.actions.duty import Answers, drop_responsible, set_responsible
from anlan.apps.people.acts import EDIT_TREE, SEE_TREE
from anlan.apps.people.forms.duty import ResponsibleForm
from anlan.apps.people.models import Responsibility
from anlan.apps.people.queries.duty import searched_tree, tree
from anlan.apps.people.views.inside import person_in
from anlan.desk.doors import needs
from anlan.terms.errors import Refused

_PAGE = 100


@needs(SEE_TREE)
def page(request: HttpRequest) -> HttpResponse:
    """The lines of the jurisdiction: regions from the top down, each with its things."""
    words = request.GET.get("q", "")
    start = request.GET.get("page", "")[:4]
    number = int(start) if start.isdecimal() else 0
    found = searched_tree(tree(person_in(request)), words)
    rows = list(found[number * _PAGE : (number + 1) * _PAGE + 1])
    shown = {"lines": rows[:_PAGE], "q": words, "may_edit": person_in(request).may(EDIT_TREE),
             "next": number + 1 if len(rows) > _PAGE else 0}  # fmt: skip
    return render(request, "people/duty/tree.html", shown)


@needs(EDIT_TREE)
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, key: str = "") -> HttpResponse:
    """Adds a line, or changes one."""
    person, found = person_in(request), _line(request, key) if key else None
    start = {}
    if found:
        start = {name: getattr(found, name) for name in Answers.__slots__}
        start["organisation"] = found.organisation.key
    form, told = ResponsibleForm(person, request.POST or None, initial=start), ""
    if request.method == "POST" and form.is_valid():
        try:
            set_responsible(person, found, answers=form.answers)
            messages.success(request, _("The line is set."))
            return HttpResponseRedirect("/people/responsibility")
        except Refused as error:
            told = str(error)
    words = {"form": form, "line": found, "told": told}
    return render(
        request, "people/duty/tree_line.html", words, status=422 if form.is_bound else 200
    )


@needs(EDIT_TREE)
@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a line out."""
    drop_responsible(person_in(request), _line(request, key))
    messages.success(request, _("The line is taken out."))
    return HttpResponseRedirect("/people/responsibility")


def _line(request: HttpRequest, key: str) -> Responsibility:
    found = tree(person_in(request)).filter(key=key).first()
    if found is None or not person_in(request).may(EDIT_TREE, found.region, found.organisation.key):
        raise Http404
    return found
