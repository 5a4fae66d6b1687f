"""A limit tried on the stored past of its object, by the engine itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from anlan.apps.atlas import trial
from anlan.apps.atlas.actions import limits_preview
from anlan.apps.atlas.models import LimitChange
from anlan.live.shelved import open_heart
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER
from tests.apps.limits.conftest import OBJECT, OWN

pytestmark = pytest.mark.django_db
HOUR_MS = 3_600_000
TOLD = {
    "readings": 40, "days": 30, "same": 1, "more": 0, "differences": [],
    "present": {"raises": {"2": 2}, "hours": {"2": 10.0}},
    "candidate": {"raises": {"2": 1}, "hours": {"2": 3.0}},
}  # fmt: skip


def flow(data: Path, levels: list[float], now: int) -> None:
    """Hourly levels of both gauges, the last an hour before a moment (ms UTC)."""
    heart = open_heart(data)
    try:
        n = len(levels)
        handles = [heart.registry.handle[key] for key in (OWN, "990102RV1-Z1")]
        times = now - HOUR_MS * np.arange(n, 0, -1)
        batch = Batch(
            np.repeat(np.array(handles, np.int32)[None, :], n, 0).ravel(),
            np.repeat(times, 2).astype(np.int64),
            np.repeat(np.array(levels), 2),
            np.zeros(2 * n, np.uint8),
            np.full(2 * n, NEVER, np.int64),
        )
        heart.take(batch, at=now)
        heart.commit()
    finally:
        heart.close()


def asked(data: Path, value: float) -> dict[str, Any]:
    limit = {"type": "limit", "sensor": OWN, "level": "yellow", "value": value}
    return {"data": str(data), "object": OBJECT, "limit": limit,
            "now": int(timezone.now().timestamp() * 1000)}  # fmt: skip


def test_it_tells_what_would_have_been_raised_and_for_how_long(data: Path) -> None:
    """Two floods pass 3.2 m, one of them 3.5 m: with the higher mark one alarm is left."""
    now = int(timezone.now().timestamp() * 1000)
    low, small, large = [3.0] * 10, [3.3] * 5, [3.3, 3.6, 3.6, 3.6, 3.3]
    flow(data, [*low, *small, *low, *large, *low], now)
    found = trial.run(asked(data, 3.5))
    assert found["present"]["raises"] == {2: 2}
    assert found["candidate"]["raises"] == {2: 1}
    assert found["present"]["hours"][2] == 10
    assert found["candidate"]["hours"][2] == 3
    assert found["readings"] == 40
    assert sorted(one["what"][0] for one in found["differences"]) == ["only_a", "start"]
    assert {one["sensor"] for one in found["differences"]} == {OWN}


def test_without_readings_it_says_so(data: Path) -> None:
    assert trial.run(asked(data, 3.5))["readings"] == 0


def test_too_many_readings_shorten_the_time(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(timezone.now().timestamp() * 1000)
    flow(data, [3.0] * 72, now)
    monkeypatch.setattr(trial, "MOST_ROWS", 50)
    found = trial.run(asked(data, 3.5))
    assert (found["days"], found["readings"] <= 50) == (2, True)


@pytest.mark.parametrize(
    ("doing", "told"),
    [
        ("next(n for n in iter(int, 1) if n)", {"fault": "slow"}),
        ("time.sleep(1.5) or {'readings': 0}", {"readings": 0}),
    ],
)
def test_its_time_is_that_of_the_processor(
    tmp_path: Path, doing: str, told: dict[str, Any]
) -> None:
    """It is ended for what it takes, not for what it waits: beside a storm its turn comes late."""
    program = (f"import time; from anlan.apps.atlas import trial; trial.MOST_S = 0.5; "
               f"trial.run = lambda asked: {doing}; trial.main()")  # fmt: skip
    out = tmp_path / "answer.json"
    subprocess.run([sys.executable, "-c", program], input=json.dumps({"out": str(out)}),
                   text=True, check=True, timeout=60)  # fmt: skip
    assert json.loads(out.read_text()) == told


def test_the_page_shows_it_when_it_is_there(proposed: LimitChange, client_for: Any) -> None:
    page = f"/limits/changes/{proposed.key}"
    browser = client_for("county-chief")
    part = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" in part
    assert "正在试算" in part
    _answer(proposed, TOLD)
    part = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "10.0" in part
    assert "3.0" in part


def test_who_approves_on_the_list_sees_what_it_would_do(
    proposed: LimitChange, client_for: Any
) -> None:
    _answer(proposed, TOLD)
    page = client_for("county-chief").get("/limits/").content.decode()
    assert "2 → <b>1</b>" in page


@pytest.mark.parametrize(("fault", "word"), [("slow", "超时"), ("disk", "没有返回结果")])
def test_a_run_that_failed_is_told(
    proposed: LimitChange, client_for: Any, previews: list[Any], fault: str, word: str
) -> None:
    _answer(proposed, {"fault": fault})
    browser = client_for("county-chief")
    assert word in browser.get(f"/limits/changes/{proposed.key}").content.decode()
    browser.post(f"/limits/changes/{proposed.key}/preview")
    assert len(previews) == 2


def test_a_run_that_never_answered_is_told(proposed: LimitChange, client_for: Any) -> None:
    LimitChange.objects.update(preview_at=timezone.now() - limits_preview.PATIENCE)
    page = client_for("county-chief").get(f"/limits/changes/{proposed.key}").content.decode()
    assert "没有返回结果" in page


def _answer(change: LimitChange, told: dict[str, Any]) -> None:
    path = limits_preview._answer(change)
    path.write_text(json.dumps(told))
