"""What far ends of the gateway are told is what their account sees, and nothing of others."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from anlan.apps.atlas.models import Sensor
from anlan.apps.people.models import User
from anlan.apps.watch.models import Alarm
from anlan.live.gateway.lines.follower import Stand, news_file
from anlan.site.crew.ways.listeners import Listeners
from tests.apps.api.conftest import OURS, THEIRS
from tests.apps.atlas.places import point

pytestmark = pytest.mark.usefixtures("places")


class Newest:
    """The newest readings of some sensors, by handle."""

    def __init__(self, **rows: Any) -> None:
        self.rows = {int(name[1:]): row for name, row in rows.items()}

    def of(self, handles: Any) -> dict[int, Any]:
        return {handle: self.rows[handle] for handle in handles if handle in self.rows}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "gateway.toml").write_text(
        '[[listener]]\nprotocol = "cot"\nclients = {"10.0.0.1" = "county", alpha = "county-b"}\n'
    )
    return tmp_path


def told(data: Path, account: str) -> list[tuple[str, str]]:
    rows = json.loads(news_file(data, account).read_text())
    return [(one["kind"], one["key"]) for one in rows]


def test_each_account_is_told_of_its_own(data: Path) -> None:
    now, at = timezone.now(), round(timezone.now().timestamp() * 1000)
    for number, county in ((7, OURS), (8, THEIRS)):
        for offset, name in ((0, "lon"), (2, "lat")):
            Sensor.objects.create(
                key=f"TAK-{county}.{name}", handle=number + offset, object_key=f"{county}-tank",
                quantity=f"vehicle.{name}", region=county + "001", shape=point(160.2, 30.2),
            )  # fmt: skip
    newest: Any = Newest(h7=(at, 160.25, "good"), h9=(at, 30.5, "good"),
                         h8=(at - 3_600_000, 160.7, "good"), h10=(at, 30.5, "good"))  # fmt: skip
    Alarm.objects.update(lon=160.2, lat=30.2)
    Listeners(data, newest).write(now)
    assert told(data, "county") == [
        ("alarm", f"a-{OURS}"), ("object", f"{OURS}-tank"), ("member", f"TAK-{OURS}"),
    ]  # fmt: skip
    # Whose position is an hour old is somewhere else by now.
    assert told(data, "county-b") == [("alarm", f"a-{THEIRS}"), ("object", f"{THEIRS}-tank")]
    news = Stand(data).of("county")
    assert news is not None
    assert (news.items[2].lon, news.items[2].lat) == (160.25, 30.5)


def test_who_may_see_nothing_more_is_told_nothing_more(data: Path) -> None:
    listeners, now = Listeners(data, Newest()), timezone.now()  # type: ignore[arg-type]  # stands in
    listeners.write(now)
    User.objects.filter(key="county").update(is_active=False)
    Alarm.objects.update(closed_at=now, state="closed", urgency=0)
    listeners.write(now + timedelta(seconds=2))
    assert not news_file(data, "county").exists()
    assert [kind for kind, _ in told(data, "county-b")] == ["object"]
    (data / "gateway.toml").unlink()
    listeners.write(now + timedelta(seconds=4))
    assert not news_file(data, "county-b").exists()
