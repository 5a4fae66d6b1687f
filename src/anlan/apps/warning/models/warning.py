"""Warnings 预警: one course each, from the draft to its end."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.desk.geometry import ShapeField
from anlan.terms.errors import Refused
from anlan.terms.levels import RAISED_LEVELS

OFFICIAL = "incoming:"
"""What the cause begins with that is an official warning."""
SEALED = ("key", "region", "owner", "status", "pack", "cause", "rule")
"""What is said at the draft and never changes."""
TEXTS = ("headline", "description", "caution", "measures")
"""The texts, each with `_zh` and `_en`."""
CONTENT = (
    "event", "event_zh", "event_en", "category", "level", "urgency", "certainty",
    *(f"{text}_{language}" for text in TEXTS for language in ("zh", "en")),
    "area_zh", "area_en", "regions", "shape", "onset", "effective", "expires", "contact",
)  # fmt: skip
"""What the next message will say, and may be edited until it is signed."""


class Warning(models.Model):
    """A graded notice to people, in the making and out.

    region, owner: whose it is; owner is the organisation that issues it · status: Actual, Exercise
    or Test · pack: of the hazard · cause: the alarm's key, or empty; rule: the alarm's · state: of
    the course; while something is in the making, of that · standing: of what is out, empty before
    the first message · kind: what the next message will be · event: code of the national table ·
    level: as `terms.levels` · regions: codes of the places warned · onset: when it is expected,
    effective: from when it holds, None for the moment of issue · due_at: when what is out expires ·
    writer: who began what is in the making · submitter: who submitted it · version: counts what
    became of it, so that nobody acts on a page that shows an older state.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waits for review")
        REVIEWED = "reviewed", _("waits for signature")
        SIGNED = "signed", _("signed in part")
        ISSUED = "issued", _("issued")
        UPDATED = "updated", _("updated")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Status(models.TextChoices):
        ACTUAL = "Actual", _("actual")
        EXERCISE = "Exercise", _("exercise")
        TEST = "Test", _("test")

    class Kind(models.TextChoices):
        """Of a message, in CAP's words."""

        FIRST = "Alert", _("first issue")
        UPDATE = "Update", _("update")
        CANCEL = "Cancel", _("cancellation")

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, db_index=True)
    status = models.CharField(max_length=8, choices=Status)
    pack = models.CharField(max_length=64)
    cause = models.CharField(max_length=40, blank=True, db_index=True)
    rule = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT, db_index=True)
    standing = models.CharField(max_length=16, choices=State, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FIRST)

    event = models.CharField(max_length=8)
    event_zh = models.CharField(max_length=64)
    event_en = models.CharField(max_length=64, blank=True)
    category = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()
    urgency = models.CharField(max_length=16, default="Expected")
    certainty = models.CharField(max_length=16, default="Likely")
    headline_zh = models.CharField(max_length=256, blank=True)
    headline_en = models.CharField(max_length=256, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    caution_zh = models.TextField(blank=True)
    caution_en = models.TextField(blank=True)
    measures_zh = models.TextField(blank=True)
    measures_en = models.TextField(blank=True)
    area_zh = models.CharField(max_length=256, blank=True)
    area_en = models.CharField(max_length=256, blank=True)
    regions = models.JSONField(default=list, blank=True)
    shape = ShapeField(null=True, blank=True)
    onset = models.DateTimeField(null=True, blank=True)
    effective = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    contact = models.CharField(max_length=128, blank=True)

    writer = models.CharField(max_length=64)
    writer_name = models.CharField(max_length=128)
    submitter = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    IN_FORCE: ClassVar[tuple[str, ...]] = (State.ISSUED, State.UPDATED)
    IN_THE_MAKING: ClassVar[tuple[str, ...]] = (
        State.DRAFT, State.SUBMITTED, State.REVIEWED, State.SIGNED,
    )  # fmt: skip

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["standing", "due_at"], name="warning_due"),
            models.Index(fields=["region", "state"], name="warning_place"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=["Actual", "Exercise", "Test"]), name="warning_status"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=[int(level) for level in RAISED_LEVELS]),
                name="warning_level",
            ),
        )

    def __str__(self) -> str:
        return self.headline_zh or self.key

    @property
    def is_in_force(self) -> bool:
        """Whether people are warned by it."""
        return self.standing in self.IN_FORCE

    @property
    def is_in_the_making(self) -> bool:
        """Whether a message is being written, decided on or signed."""
        return self.state in self.IN_THE_MAKING

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **words: Any
    ) -> Self:
        """Remembers what must stay."""
        one = super().from_db(db, field_names, values, **words)
        one._sealed = {name: getattr(one, name) for name in SEALED if name in field_names}
        return one

    def save(self, *args: Any, **words: Any) -> None:
        """Refused where something sealed was changed."""
        for name, value in getattr(self, "_sealed", {}).items():
            if getattr(self, name) != value:
                raise Refused(_("Its %(name)s can never change.") % {"name": name})
        super().save(*args, **words)
        self._sealed = {name: getattr(self, name) for name in SEALED}

    def delete(self, *args: Any, **words: Any) -> Any:
        """Refused: a warning is withdrawn or cancelled."""
        raise Refused(_("Warnings are kept."))
