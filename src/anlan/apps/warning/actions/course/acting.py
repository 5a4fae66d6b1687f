"""One act on a warning: locked, not behind another's back, audited, written into its trail."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.people.models import AuditHead
from anlan.apps.warning.acts import DONE
from anlan.apps.warning.models import CONTENT, Edit, Signature, Step, Warning
from anlan.apps.warning.queries.course.gate import Refusal
from anlan.apps.warning.queries.reach import plain, warnings
from anlan.apps.warning.queries.writing.content import content_of, order_of, put_content
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused


@dataclass
class Doing:
    """An act in the making: the locked warning, its next message's order, the audit's detail."""

    asker: Asker
    warning: Warning
    order: int
    detail: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    @property
    def signatures(self) -> list[Signature]:
        """All that are wanted under the next message."""
        return list(self.warning.signatures.filter(order=self.order))

    def tell(self, kind: str, text: str = "", **detail: Any) -> None:
        """A line of the timeline, with the state that the warning has come to."""
        self.detail.setdefault("did", []).append(kind)
        self.steps.append(
            Step(warning=self.warning, order=self.order, at=self.asker.now, kind=kind,
                 who=self.asker.key, who_name=self.asker.name, text=text, detail=detail,
                 state=self.warning.state)
        )  # fmt: skip

    def change(self, fields: Mapping[str, Any]) -> bool:
        """Puts fields into the warning and keeps the difference; whether there was one."""
        before = content_of(self.warning)
        put_content(self.warning, fields)
        return self.keep(before)

    def keep(self, before: Mapping[str, Any]) -> bool:
        """Keeps how the warning differs from what it was; whether it does."""
        after = content_of(self.warning)
        changes = {n: [before.get(n), after[n]] for n in CONTENT if before.get(n) != after[n]}
        if changes:
            self.edits.append(
                Edit(warning=self.warning, order=self.order, at=self.asker.now,
                     who=self.asker.key, who_name=self.asker.name, program=self.asker.program,
                     version=self.warning.version, changes=changes)
            )  # fmt: skip
            self.detail["changed"] = sorted(changes)
        return bool(changes)


@contextmanager
def acting(asker: Asker, act: str, key: str, *, version: int) -> Iterator[Doing]:
    """An act on the warning of that key; its changes are written at the end, or none of them.

    version: of the warning as the asker saw it. Raises Http404 where the asker sees no such
    warning, Refused where somebody acted meanwhile, saying who and what.
    """
    with transaction.atomic():
        seen = warnings(asker).filter(key=plain(key)).values_list("pk", flat=True).first()
        if seen is None:
            raise Http404
        warning = Warning.objects.select_for_update().get(pk=seen)
        if version != warning.version:
            raise Refused(_overtaken(warning))
        with writing(asker, act, warning) as doing:
            yield doing


@contextmanager
def writing(asker: Asker, act: str, warning: Warning) -> Iterator[Doing]:
    """Writes what is done to a warning that the caller's transaction has locked, or makes."""
    with deed(asker, act, warning.key, region=warning.region) as detail:
        order = order_of(warning) if warning.pk else 1
        doing = Doing(asker, warning, order, detail)
        yield doing
        warning.version += warning.pk is not None
        warning.changed_at = asker.now
        warning.save()
        detail |= {"state": warning.state, "version": warning.version, "status": warning.status}
    cause = f"audit:{AuditHead.objects.get(pk=1).number}"
    for edit in doing.edits:
        edit.warning = warning
        edit.save()
    for step in doing.steps:
        step.warning, step.cause = warning, cause
        step.save()


def check(refusal: Refusal | None) -> None:
    """Raises Refused where there is a reason."""
    if refusal is not None:
        raise Refused(refusal.text)


def said(text: str, *, name: str, most: int = 1024) -> str:
    """A text that somebody wrote, trimmed; Refused naming the field where it is empty or long."""
    trimmed = plain(text).strip()
    if not trimmed:
        raise Refused(_("%(name)s: please write something.") % {"name": name})
    if len(trimmed) > most:
        raise Refused(_("%(name)s: at most %(most)d characters.") % {"name": name, "most": most})
    return trimmed


def _overtaken(warning: Warning) -> str:
    """Who did what meanwhile."""
    step = warning.steps.order_by("-pk").first()
    if step is None or not step.who:
        return _("The warning has changed meanwhile. Look at it again before you act.")
    return _("%(who)s %(what)s at %(when)s. Look at the warning again before you act.") % {
        "who": step.who_name,
        "what": DONE.get(step.kind, step.kind),
        "when": f"{timezone.localtime(step.at):%H:%M:%S}",
    }
