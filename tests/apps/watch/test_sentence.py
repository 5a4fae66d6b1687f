"""An alarm in plain words."""

import pytest
from django.utils import translation

from anlan.apps.watch.models import Alarm
from anlan.apps.watch.sentence import sentence


@pytest.mark.parametrize(
    ("alarm", "chinese", "english"),
    [
        (
            Alarm(rule="elevator.trapped.level", quantity="elevator.trapped", unit="{state}",
                  value=1.0, limit=1.0, level=3),
            "困人：有人被困", "people trapped: people trapped",
        ),
        (
            Alarm(rule="flood.water_level.level", quantity="flood.water_level", unit="m",
                  value=31.5, limit=30.0, level=3),
            "31.50\u2009m", "31.50\u2009m",
        ),
        (Alarm(rule="tailings.promotion.pond", level=3), "", ""),
    ],
    ids=["a state by its name", "an amount with its unit", "no amount at all"],
)  # fmt: skip
def test_what_stands_is_told_in_words(alarm: Alarm, chinese: str, english: str) -> None:
    for language, part in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            told = sentence(alarm)
        assert part in told
        assert told
        assert "{" not in told
