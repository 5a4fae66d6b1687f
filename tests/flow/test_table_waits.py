"""A table with values of a sensor that is not registered, before a real site."""

from contextlib import closing
from pathlib import Path

from anlan.connectors.folder.map import map_of
from anlan.live.gateway.store import Intake
from anlan.live.reach import Desk
from anlan.live.ways.folder import Folder
from tests.flow.conftest import Starter, found_town

TABLES = {
    "folder": {"path": "in", "settled_s": 0},
    "row": {"device": "{1}", "time": "time", "time_unit": "ms", "values": {"v": "v"}},
}


def test_what_waits_in_a_file_is_stored_once_its_sensor_is_admitted(
    tmp_path: Path, start: Starter
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    found_town(data, {"a": 3})
    start(data)
    for name in ("done", "failed"):
        (tmp_path / "in" / name).mkdir(parents=True)
    rows = [f"{1_782_864_000_000 + n * 60_000},{n}" for n in range(300)]
    (tmp_path / "in" / "b.csv").write_text("\n".join(["time,v", *rows]))
    with closing(Intake(data)) as intake:
        way = Folder(map_of(TABLES, "in.toml", tmp_path), "in", intake)
        way.take(tmp_path / "in" / "b.csv")
        assert way.waiting.ready() == []
        with Desk(data) as desk:
            desk.enter([{"type": "sensor", "key": "b.v", "quantity": "t.v", "object": "o"}])
            assert desk.requeue("gateway:files")["accepted"] == 10
        (path,) = way.waiting.ready()
        way.take(path)
    told = (tmp_path / "in" / "done" / "b.csv.account.csv").read_text()
    assert "rows 300, accepted 290, duplicates 10, refused 0" in told
