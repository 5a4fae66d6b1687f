"""What a form on the page of a warning asks to be done: each verb reads its own fields."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from anlan.apps.warning import actions
from anlan.apps.warning.models import Warning
from anlan.desk.asker import Asker
from anlan.desk.doors import shown_version

Verb = Callable[[Asker, str, HttpRequest], Warning]


def _with(do: Callable[..., Warning], *names: str) -> Verb:
    """An act that takes texts under these names."""

    def verb(asker: Asker, key: str, request: HttpRequest) -> Warning:
        words: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
        return do(asker, key, version=shown_version(request), **words)

    return verb


VERBS: dict[str, Verb] = {
    "submit": _with(actions.submit),
    "review": _with(actions.review, "note"),
    "approve": _with(actions.approve, "password", "code"),
    "sign": _with(actions.sign, "password", "code"),
    "reject": _with(actions.reject, "reason"),
    "withdraw": _with(actions.withdraw, "reason"),
    "relevel": _with(actions.change_level, "level", "reason"),
    "cancel": _with(actions.cancel, "reason"),
}
DONE = {
    "submit": _("Handed over for review."),
    "review": _("Reviewed; the signers have been told."),
    "reject": _("Turned down; the writer sees your reason."),
    "withdraw": _("Withdrawn."),
}
"""What is said when it is done; of the others the page itself says what has become of it."""
