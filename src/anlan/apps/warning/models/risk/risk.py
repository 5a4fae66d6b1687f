"""Risks 风险: something that somebody is to put in order, from its opening to its verified end."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.warning import Warning
from anlan.terms.levels import RAISED_LEVELS


class Risk(models.Model):
    """One risk, with whoever is in charge of it; there is always somebody.

    region, owner: whose it is, for jurisdiction · status: Actual, Exercise or Test · pack, kind:
    of the hazard and its event · level: as `terms.levels` · thing: key of the object or the
    enterprise, or empty · source, cause: what it was opened from, and the key of that · holder:
    the account in charge 责任人; rank: its step of the responsibility tree, 0 where it is none of
    those · told: the highest step that was told · finisher: who asked to close it · take_by,
    report_by, close_by: when it is to be taken over, first reported on, closed · late_at: when
    the clock looks at it next, None for never · version: counts what became of it.
    """

    class State(models.TextChoices):
        PUSHED = "pushed", _("not taken over")
        TAKEN = "taken", _("being dealt with")
        ASKED = "asked", _("waits for verification")
        CLOSED = "closed", _("closed, verified")

    class Source(models.TextChoices):
        HAND = "hand", _("by hand")
        ALARM = "alarm", _("an alarm")
        WARNING = "warning", _("a warning")
        INCOMING = "incoming", _("an official warning")

    OPEN: ClassVar[tuple[str, ...]] = (State.PUSHED, State.TAKEN, State.ASKED)

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    status = models.CharField(max_length=8, choices=Warning.Status, default="Actual")
    pack = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    thing = models.CharField(max_length=128, blank=True)
    thing_name = models.CharField(max_length=128, blank=True)
    text = models.TextField()
    source = models.CharField(max_length=8, choices=Source, default=Source.HAND)
    cause = models.CharField(max_length=40, blank=True, db_index=True)

    state = models.CharField(max_length=8, choices=State, default=State.PUSHED)
    holder = models.CharField(max_length=64, db_index=True)
    holder_name = models.CharField(max_length=64)
    holder_office = models.CharField(max_length=128, blank=True)
    holder_phone = models.CharField(max_length=32, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)
    opener = models.CharField(max_length=64)
    opener_name = models.CharField(max_length=64)
    finisher = models.CharField(max_length=64, blank=True)

    opened_at = models.DateTimeField(db_index=True)
    changed_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    take_by = models.DateTimeField()
    report_by = models.DateTimeField()
    close_by = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["state", "late_at"], name="warning_risk_late"),
            models.Index(fields=["region", "state"], name="warning_risk_place"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(holder=""), name="warning_risk_held"),
            models.CheckConstraint(
                condition=Q(status__in=["Actual", "Exercise", "Test"]), name="warning_risk_status"
            ),
            models.CheckConstraint(
                condition=Q(level__in=[int(one) for one in RAISED_LEVELS]),
                name="warning_risk_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.level} {self.region}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in self.OPEN

    def due(self) -> dict[str, datetime]:
        """What is still to be done, and by when: take, report, close; the next first."""
        if not self.is_open:
            return {}
        found = {"close": self.close_by}
        if self.reported_at is None:
            found = {"report": self.report_by, **found}
        is_asked = self.state == self.State.ASKED  # nobody takes over what waits for verification
        return {"take": self.take_by, **found} if self.taken_at is None and not is_asked else found

    def late(self, now: datetime) -> str:
        """What is late, the first of it; empty where nothing is."""
        return next((what for what, by in self.due().items() if by <= now), "")
