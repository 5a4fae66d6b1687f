"""The editor: both languages side by side, what the reader remarks, and what people will read."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.warning import actions
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.forms.seats import seats_of
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import may_edit, may_renew, warning_for
from anlan.apps.warning.views.write.writing import Writing, reworded, writing
from anlan.desk.doors import asker_of, needs, shown_version
from anlan.terms.errors import AnlanError
from anlan.terms.levels import RAISED_LEVELS, Level

_UNPROCESSABLE = 422


@needs(WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The editor of a draft, or of what an update of a warning in force would say."""
    asker = asker_of(request)
    warning = warning_for(asker, key)
    may = may_edit if warning.is_in_the_making else may_renew
    refusal = may(asker, warning, asker.now)
    if refusal is not None and request.method == "GET":
        messages.warning(request, refusal.text)
        return HttpResponseRedirect(f"/warnings/{key}")
    if request.method == "POST":
        return _written(request, writing(request, key))
    return render(request, "warning/write/edit.html", writing(request, key).facts())


def _written(request: HttpRequest, one: Writing) -> HttpResponse:
    """Keeps what was typed and leads on; where something is refused, the editor says what."""
    version, told, key = shown_version(request), "", one.stored.key
    if one.form.is_valid():
        try:
            kept = _update(request, one) if one.is_update else _keep(one, version)
            version = kept.version
            if "submit" in request.POST and not one.is_update:
                actions.submit(one.asker, key, version=version, seats=one.seats)
        except AnlanError as error:
            told = str(error)
        else:
            return _on(request, key, is_sent=one.is_update or "submit" in request.POST)
    words = {"told": told, "version": version, "reason": request.POST.get("reason", "")}
    facts = writing(request, key).facts() | words
    return render(request, "warning/write/edit.html", facts, status=_UNPROCESSABLE)


def _keep(one: Writing, version: int) -> Warning:
    """Stores the differences of a draft, all or none of them."""
    kept, changes, key = one.stored, one.form.changed(), one.stored.key
    with transaction.atomic():
        if changes:
            kept = actions.edit(one.asker, key, version=version, fields=changes)
            version = kept.version
        if one.seats != seats_of(one.asker, one.stored):
            kept = actions.name_signers(one.asker, key, version=version, seats=one.seats)
    return kept


def _update(request: HttpRequest, one: Writing) -> Warning:
    reason, version = request.POST.get("reason", ""), shown_version(request)
    changes = one.form.changed()
    return actions.update(
        one.asker, one.stored.key, version=version, reason=reason, fields=changes
    )  # fmt: skip


def _on(request: HttpRequest, key: str, *, is_sent: bool) -> HttpResponse:
    """To the page of what was handed over; back to the editor of what was only kept."""
    messages.success(request, _("Handed over.") if is_sent else _("Saved."))
    return HttpResponseRedirect(f"/warnings/{key}" if is_sent else f"/warnings/{key}/edit")


@needs(WRITE)
@require_POST
def check(request: HttpRequest, key: str) -> HttpResponse:
    """What the reader says of what is typed, and how it will look; words follow a new level."""
    one, levels = writing(request, key), {str(int(level)): level for level in RAISED_LEVELS}
    written_for = levels.get(request.POST.get("written_for", ""))
    if written_for is None or written_for == one.said.level:
        return render(request, "warning/write/check.html", one.facts() | {"is_part": True})
    words = {"version": request.POST.get("version", ""), "reason": request.POST.get("reason", "")}
    facts = reworded(one, Level(written_for)).facts() | words
    answer = render(request, "warning/write/editor.html", facts)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#editor", "outerHTML"
    return answer


@needs(WRITE)
@require_POST
def seats(request: HttpRequest, key: str) -> HttpResponse:
    """The departments that sign, after one has joined or left."""
    return render(request, "warning/write/seats.html", writing(request, key).facts())
