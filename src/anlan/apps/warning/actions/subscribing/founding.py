"""Invented subscribers for an invented city: at addresses that nobody can have (RFC 2606)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from anlan.apps.warning.models import Subscription
from anlan.apps.warning.models.subscribing import digest_of_address, spot_of
from anlan.terms.levels import RAISED_LEVELS

MOST, _SEED = 2_000, 99


class Home(NamedTuple):
    """Where people live: the district, a point, the side of the square about it, how many."""

    region: str
    lon: float
    lat: float
    side_degrees: float
    people: float


def found_subscribers(homes: Sequence[Home], now: datetime) -> int:
    """Puts 2,000 in where there are none, more where more people live; how many."""
    if not homes or Subscription.objects.exists():
        return 0
    chance = np.random.default_rng(_SEED)
    people = np.array([one.people for one in homes])
    lives = chance.choice(len(homes), MOST, p=people / people.sum()).tolist()
    rows = [_row(n, homes[at], chance, now) for n, at in enumerate(lives)]
    return len(Subscription.objects.bulk_create(rows, batch_size=500))


def _row(number: int, home: Home, chance: np.random.Generator, now: datetime) -> Subscription:
    aside = (chance.random(2) - 0.5) * home.side_degrees
    lon, lat = home.lon + float(aside[0]), home.lat + float(aside[1])
    address = f"resident-{number}@demo.invalid"
    return Subscription(
        way=Subscription.Way.EMAIL, address=address, region=home.region, lon=lon, lat=lat,
        digest=digest_of_address("email", address), spot=spot_of(home.region, lon, lat),
        least=int(chance.choice([int(one) for one in RAISED_LEVELS])), language="zh-hans",
        state=Subscription.State.CONFIRMED, asked_at=now, confirmed_at=now,
    )  # fmt: skip
