"""Duty 值班 and responsibility 责任: who answers now, and who is asked next."""

from django.db import models

from anlan.apps.people.models.naming import new_key
from anlan.apps.people.models.organisation import Organisation


class Duty(models.Model):
    """Somebody on duty for an organisation from one moment to before another."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="duties")
    person = models.CharField(max_length=64)
    user_key = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-starts_at", "organisation")

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%F %R}"


class Responsibility(models.Model):
    """One line of the responsibility tree 责任树: who answers for a region or for one thing.

    thing: the key of an object or an enterprise, or empty for the whole region · rank: 1 is asked
    first, 2 when 1 is late, and so on.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    region = models.CharField(max_length=12, db_index=True)
    thing = models.CharField(max_length=128, blank=True, db_index=True)
    rank = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.CharField(max_length=64)
    user_key = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ("region", "thing", "rank")

    def __str__(self) -> str:
        return f"{self.region} {self.rank} {self.person}"
