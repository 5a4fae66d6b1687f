"""The fictional weather office of the demo, heard over its own socket."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.apps.warning.actions.incoming import Listener
from anlan.apps.warning.models import Incoming
from anlan.cap.doubts import doubts_of
from anlan.connectors.feeds import Feed
from anlan.sandtable.province import Office, notices

STORM = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_storm_is_warned_of_made_worse_and_lifted() -> None:
    now = STORM
    with Office(lambda: notices([_ms(STORM)], _ms(now))) as office:
        feed = Feed(key="lanhai-met", name="岚海省气象台（虚构）", address=office.address,
                    private=True)  # fmt: skip
        seen = []
        for minutes in (0, 1, 2, 9, 80):
            now = STORM + timedelta(minutes=minutes)
            Listener([feed], in_threads=False).step(now)
            seen.append([(one.code, one.level) for one in Incoming.objects.order_by("pk")
                         if one.stands(now)])  # fmt: skip
    rain, slide = ("11B03", 3), ("11B37", 2)
    assert seen == [[], [rain], [rain, slide], [("11B03", 4), slide], [slide]]
    one = Incoming.objects.get(code="11B03")
    assert (one.regions, one.missing, one.is_lifted) == (["990101"], 0, True)
    assert "虚构" in one.office
    assert not Incoming.objects.get(code="11B37").messages.get().told


def test_every_message_is_free_of_doubts_and_says_that_it_is_fiction() -> None:
    said = notices([_ms(STORM)], _ms(STORM + timedelta(hours=2)))
    assert [one.msg_type for one in said] == ["Cancel", "Update", "Alert", "Alert"]
    assert not [doubt for one in said for doubt in doubts_of(one, now=None)]
    assert all("虚构" in (one.info[0].description or "") for one in said)
    assert not notices([_ms(STORM)], _ms(STORM + timedelta(days=3)))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
