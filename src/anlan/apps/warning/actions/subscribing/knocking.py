"""Who asks too often is turned away, by a count that names nobody."""

from datetime import datetime, timedelta

from django.db.models import F, Sum
from django.utils.crypto import salted_hmac

from anlan.apps.warning.models import Knock

_KEPT = timedelta(days=1)


def may_ask(who: str, most: int, now: datetime) -> bool:
    """Counts one more by somebody; whether they are within so many a day."""
    name = salted_hmac("anlan.knock", who, algorithm="sha256").hexdigest()
    hour = now.replace(minute=0, second=0, microsecond=0)
    Knock.objects.filter(hour__lt=now - _KEPT).delete()
    Knock.objects.get_or_create(who=name, hour=hour)
    Knock.objects.filter(who=name, hour=hour).update(count=F("count") + 1)
    told = Knock.objects.filter(who=name).aggregate(n=Sum("count"))
    return int(told["n"]) <= most
