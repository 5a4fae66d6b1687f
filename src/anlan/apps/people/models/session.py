"""Sessions: where somebody is signed in, so that they can look and end them."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that is signed in."""

    user_key = models.CharField(max_length=64, blank=True, db_index=True)
    client = models.CharField(max_length=128, blank=True)
    address = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-expire_date",)
