"""Limits that are lowered for a while, by whom and on what grounds."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key


class Lowering(models.Model):
    """The limits of some quantities of a hazard are lowered in some regions until a moment.

    cause: what asked for it, such as `incoming:KEY` · source: as the limits name it · level: of
    the warning · terms: quantities and how each is lowered, as the pack says · region: over all of
    the regions · by: empty where nobody had to confirm it · sensors: how many have a lowered limit
    by it, None while the log has not taken it · is_laid: the log has it as it is here · is_over:
    it has ended, and the log has that.
    """

    class State(models.TextChoices):
        """What has become of it."""

        STANDS = "stands", _("lowered")
        ENDED = "ended", _("ended")
        REFUSED = "refused", _("not lowered")

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    cause = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=256)
    pack = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    terms = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.STANDS)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    reason = models.CharField(max_length=256, blank=True)
    sensors = models.PositiveIntegerField(null=True)
    is_laid = models.BooleanField(default=False)
    is_over = models.BooleanField(default=False, db_index=True)

    class Meta:
        ordering = ("-since", "-id")

    def __str__(self) -> str:
        return f"{self.pack} {self.source}"

    @property
    def end(self) -> datetime:
        """When it ends, or ended."""
        return min(self.until, self.ended_at) if self.ended_at else self.until

    def holds(self, now: datetime) -> bool:
        """Whether limits are lowered by it now."""
        return self.state == self.State.STANDS and self.end > now
