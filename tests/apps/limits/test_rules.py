"""The rules in force are shown with what they rest on."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, store_in
from anlan.site.options import Place
from tests.apps.limits.test_trial import flow

pytestmark = pytest.mark.django_db


def test_each_threshold_shows_its_source_or_that_nobody_checked_it(
    data: Path, client_for: Any
) -> None:
    page = client_for("county-admin").get("/rules/").content.decode()
    assert "flood.rain.level" in page
    assert "气象灾害预警信号发布与传播办法" in page
    assert "未核实" in page
    assert "按各测点阈值" in page
    assert page.count('<details class="card">') == page.count(" 条规则</span></summary>") > 10


def test_other_roles_do_not_see_it(data: Path, client_for: Any) -> None:
    for who in ("enterprise", "team"):
        assert client_for(who).get("/rules/").status_code == 403


def test_without_a_store_it_says_so(settings: Any, tmp_path: Path, client_for: Any) -> None:
    (tmp_path / "desk").mkdir()
    Place(tmp_path).ready_file.touch()
    settings.PLACE = Place(tmp_path)
    assert "目前无法读取规则存储" in client_for("county-admin").get("/rules/").content.decode()


def test_a_shadow_run_is_held_against_live(data: Path, client_for: Any) -> None:
    """What the shadow left out is told, of the reader's own objects only."""
    now = int(timezone.now().timestamp() * 1000)
    flow(data, [3.0, 3.0, 3.3, 3.3, 3.0, 3.0, 3.3, 3.3, 3.0], now)
    with Log.open(store_in(data)) as log:
        changes = [change for _at, change in changes_since(log, Cursor(log.epoch))]
    (data / "shadow").mkdir()
    own = [one for one in changes if one.object == "990101RV1"]
    lines = [one.as_line() for one in own[:2]]
    (data / "shadow" / "higher.ndjson").write_text("\n".join(lines) + "\n")
    (data / "shadow" / "broken.ndjson").write_text("{}\n")
    page = client_for("county-admin").get("/rules/")
    broken, higher = (one for one, _told in page.context["shadows"])
    assert broken.fault
    assert (higher.name, higher.total) == ("higher", 1)
    assert {one["object"] for one in higher.differences} == {"990101RV1"}
    assert "影子运行" in page.content.decode()
    theirs = client_for("county-b").get("/rules/")
    assert all(one.total <= 2 for one, _told in theirs.context["shadows"])
    assert "990101RV1" not in theirs.content.decode()
