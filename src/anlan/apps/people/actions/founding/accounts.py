"""The accounts of a demo, and the guard that keeps them out of a real site."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import check_password, make_password

from anlan.apps.people.acts import Role
from anlan.apps.people.models import Organisation, Post, User
from anlan.terms.errors import Refused

DEMO_PASSWORD = "anlan-demo"  # noqa: S105 - public on purpose; a site outside a demo refuses it
_SINCE = timedelta(days=400)


class Account(NamedTuple):
    """An account of the demo; place: whose organisation it belongs to, see `places`."""

    key: str
    name: str
    name_en: str
    role: Role
    place: str
    own_only: bool = False


ACCOUNTS = (
    Account("province", "林知远", "Lin Zhiyuan (province)", Role.DUTY, "99"),
    Account("city", "苏景行", "Su Jingxing (city)", Role.DUTY, "9901"),
    Account("county", "周明岸", "Zhou Ming'an (county duty)", Role.DUTY, "990101"),
    Account("county-chief", "陈守川", "Chen Shouchuan (county chief)", Role.CHIEF, "990101"),
    Account("county-admin", "何清源", "He Qingyuan (county administrator)", Role.MANAGER, "990101"),
    Account("town", "许望舒", "Xu Wangshu (town)", Role.DUTY, "town"),
    Account("village", "田小满", "Tian Xiaoman (village)", Role.DUTY, "village"),
    Account(
        "enterprise", "郑安平", "Zheng Anping (enterprise)", Role.ENTERPRISE, "enterprise", True
    ),
    Account("team", "雷震", "Lei Zhen (team)", Role.TEAM, "team", True),
    Account("admin", "安澜管理员", "Anlan administrator", Role.ADMINISTRATOR, "99"),
    Account("county-b", "沈邻水", "Shen Linshui (neighbour county)", Role.DUTY, "990102"),
)


def make_accounts(places: Mapping[str, Organisation], now: datetime) -> int:
    """Makes the accounts that are not there yet; how many.

    places: the organisation for a region's code, or for town, village, enterprise, team.
    """
    there = set(User.objects.values_list("key", flat=True))
    wanted = [one for one in ACCOUNTS if one.key not in there and one.place in places]
    password = make_password(DEMO_PASSWORD)  # one for all: eleven would take seconds
    users = [
        User(key=one.key, name=one.name, name_en=one.name_en, password=password, created_at=now,
             phone=f"199-0000-{9900 + number:04}", email=f"{one.key}@demo.invalid")
        for number, one in enumerate(wanted)
    ]  # fmt: skip
    User.objects.bulk_create(users)
    made = User.objects.in_bulk([user.key for user in users], field_name="key")
    Post.objects.bulk_create(
        Post(user=made[one.key], role=one.role, organisation=places[one.place],
             own_only=one.own_only, region=_region(one, places[one.place]), since=now - _SINCE)
        for one in wanted
    )  # fmt: skip
    return len(users)


def _region(account: Account, organisation: Organisation) -> str:
    """What a post is over; an owner's things may lie anywhere in the county of its seat."""
    return organisation.region[:6] if account.own_only else organisation.region


def check_demo(is_demo: bool) -> None:
    """Raises Refused, naming them, where demo accounts with their public password would be open.

    Called before a site that is no demo begins to listen.
    """
    if is_demo:
        return
    found = User.objects.filter(key__in=[one.key for one in ACCOUNTS], is_active=True)
    known: dict[str, bool] = {}
    for user in found:
        if user.password not in known:
            known[user.password] = check_password(DEMO_PASSWORD, user.password)
    named = [user.key for user in found if known[user.password]]
    if named:
        raise Refused(f"these accounts have the demo's public password: {', '.join(named)}; "
                      "close them or change their passwords first")  # fmt: skip
