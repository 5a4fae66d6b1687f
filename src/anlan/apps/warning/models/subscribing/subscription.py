"""Subscriptions 订阅: one address of the public, and the place that it is told about."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.subscribing.cells import NOWHERE, CellField
from anlan.apps.warning.models.warning import Warning
from anlan.terms.levels import Level


class Subscription(models.Model):
    """One address that asked for warnings of one place. No name is kept.

    way: what it is told by · address: as that needs it: a mailbox, a number, a web address, for
    push the JSON of endpoint, p256dh and auth, for mqtt the client's id; personal, so pages and
    logs show `masked` · digest: SHA-256 of way and address, by which it is found · lon, lat: the
    point, in WGS 84; None for a whole district · region: the smallest district of the point, or
    the district itself · place: what the page calls it · spot: what names the place to the
    database · kinds: event codes or the beginnings of such, each between commas; empty for all ·
    least: the lowest level wanted · status: of the messages that it takes · reason: why it ended.
    """

    class Way(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        PUSH = "push", _("browser notification")
        WEBHOOK = "webhook", _("webhook")
        MQTT = "mqtt", _("MQTT")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        STOPPED = "stopped", _("stopped")

    class Reason(models.TextChoices):
        PERSON = "person", _("stopped by its owner")
        BOUNCED = "bounced", _("cannot be reached")
        EXPIRED = "expired", _("its browser withdrew it")

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    way = models.CharField(max_length=8, choices=Way)
    address = models.TextField()
    digest = models.CharField(max_length=64)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    cell = CellField(default=NOWHERE, editable=False)
    region = models.CharField(max_length=12)
    place = models.CharField(max_length=128, blank=True)
    spot = models.CharField(max_length=40, editable=False)
    kinds = models.CharField(max_length=256, blank=True)
    least = models.PositiveSmallIntegerField(default=int(Level.BLUE))
    language = models.CharField(max_length=8, default="zh-hans")
    status = models.CharField(max_length=8, choices=Warning.Status, default=Warning.Status.ACTUAL)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        # Each of the two answers an audience by itself, without a look at the rows.
        indexes = (
            models.Index(
                fields=["status", "way", "cell", "least", "kinds", "lon", "lat", "id"],
                condition=models.Q(state="confirmed"),
                name="warning_told_at",
            ),
            models.Index(
                fields=["status", "way", "region", "least", "kinds", "cell", "id"],
                condition=models.Q(state="confirmed"),
                name="warning_told_in",
            ),
            models.Index(fields=["state", "asked_at"], name="warning_asked"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["digest", "spot"],
                condition=~models.Q(state="stopped"),
                name="warning_subscribed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.masked}"

    @property
    def masked(self) -> str:
        """The address as a page or a line of a log may show it."""
        return masked(self.way, self.address)

    @property
    def codes(self) -> list[str]:
        """The kinds wanted, one by one; none for all."""
        return [code for code in self.kinds.split(",") if code]


def digest_of_address(way: str, address: str) -> str:
    """By what an address is found: mailboxes and hosts know no capitals here."""
    folded = address.strip()
    folded = folded.casefold() if way == Subscription.Way.EMAIL else folded
    return hashlib.sha256(f"{way}:{folded}".encode()).hexdigest()


def spot_of(region: str, lon: float | None, lat: float | None) -> str:
    """What names a place: the point to about a metre, or else the district."""
    return region if lon is None or lat is None else f"{lon:.5f},{lat:.5f}"


def masked(way: str, address: str) -> str:
    """An address of which enough is left to know one's own."""
    if way == Subscription.Way.EMAIL and "@" in address:
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    if way == Subscription.Way.SMS:
        return f"{address[:3]}****{address[-4:]}" if len(address) > 8 else "****"
    return f"{digest_of_address(way, address)[:8]}…"
