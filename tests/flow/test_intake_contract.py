"""POST /api/v1/readings: every form, every refusal, every error."""

import gzip
import io
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anlan.terms.times import format_time
from tests.flow.conftest import NDJSON, Live, Town, found_town, now_ms, own_rules, wait_until

ARROW = "application/vnd.apache.arrow.stream"
MB = 1024 * 1024


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    data = tmp_path_factory.mktemp("contract") / "data"
    town = found_town(data, {"a": 30, "b": 2}, own_rules(low=-100, high=100, stale_ms=10**9))
    town.folder = data  # type: ignore[attr-defined]  # for the fixture below
    return town


@pytest.fixture(scope="module")
def site(town: Town) -> Iterator[Live]:
    live = Live(town.folder, most_bytes=100 * MB)  # type: ignore[attr-defined]  # see above
    yield live.ready()
    live.stop()


_next = iter(range(0, 10_000_000, 1000))


def moment() -> int:
    """A time that no test has used."""
    return now_ms() // 1000 * 1000 - 50_000_000 + next(_next)


def row(sensor: str, time: Any, value: Any, **more: Any) -> bytes:
    return json.dumps({"sensor": sensor, "time": time, "value": value, **more}).encode()


def arrow(**columns: Any) -> bytes:
    table = pa.table(columns)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


def forms(t: int) -> dict[str, tuple[bytes, str]]:
    """The same two readings in every form."""
    rows = [{"sensor": "a-1", "time": t, "value": 1.5}, {"sensor": "a-2", "time": t, "value": -2}]
    columns: dict[str, Any] = {"sensor": ["a-1", "a-2"], "time": [t, t], "value": [1.5, -2.0]}
    lines = b"\n".join(json.dumps(r).encode() for r in rows)
    iso = format_time(t)
    return {
        "list": (json.dumps(rows).encode(), "application/json"),
        "readings": (json.dumps({"readings": rows}).encode(), "application/json; charset=utf-8"),
        "columns": (json.dumps(columns).encode(), "application/json"),
        "one time": (json.dumps(columns | {"time": t}).encode(), "application/json"),
        "ndjson": (lines, NDJSON),
        "csv": (f"value,sensor,time\n1.5,a-1,{iso}\n-2,a-2,{iso}\n".encode(), "text/csv"),
        "arrow": (arrow(**columns), ARROW),
        "arrow words": (
            arrow(**columns | {"sensor": pa.array(columns["sensor"]).dictionary_encode()}),
            ARROW,
        ),
    }


@pytest.mark.parametrize("form", list(forms(0)))
def test_every_form_is_taken_and_a_repeat_changes_nothing(
    site: Live, town: Town, form: str
) -> None:
    t = moment()
    body, kind = forms(t)[form]
    for encoding in ({}, {"Content-Encoding": "gzip"}):
        sent = gzip.compress(body) if encoding else body
        status, told = site.post(sent, town.keys["a"], kind, **encoding)
        assert status == 200
        assert told["refused"] == []
        taken = (0, 2) if encoding else (2, 0)
        assert (told["accepted"], told["duplicates"]) == taken
        latest = site.get("/api/v1/latest?sensor=a-1")[1]["latest"][0]
        assert latest == {"sensor": "a-1", "time": format_time(t), "value": 1.5, "quality": "good"}


def test_each_row_is_answered_for_by_itself(site: Live, town: Town) -> None:
    t = moment()
    body = b"\n".join(
        [
            row("a-3", t, 1),
            row("nobody", t, 1),
            row("b-1", t, 1),
            b"{",
            row("a-3", t, 2),
            row("a-4", t, "Infinity"),
            row("a-4", t + 10**9, 5),
            row("a-4", 1000, 5),
            row("a-4", t, None),
            row("a-5", t, "5.25", quality="uncertain"),
            row("a-6", t, True),
            row("a-6", t, 1, quality="fine"),
        ]
    )
    status, told = site.post(body, town.keys["a"])
    assert status == 200
    assert told["accepted"] == 3
    codes = {r["index"]: (r["code"], r["status"]) for r in told["refused"]}
    assert codes == {
        1: ("unknown_sensor", 404),
        2: ("foreign_sensor", 403),
        3: ("unreadable", 400),
        4: ("conflict", 409),
        5: ("not_finite", 422),
        6: ("bad_time", 422),
        7: ("bad_time", 422),
        10: ("unreadable", 400),
        11: ("unreadable", 400),
    }
    assert all(r["reason"] for r in told["refused"])
    assert told["refused_counts"] == {
        "unknown_sensor": 1, "foreign_sensor": 1, "unreadable": 3, "conflict": 1, "not_finite": 1,
        "bad_time": 2,
    }  # fmt: skip
    latest = site.get("/api/v1/latest?sensor=a-5")[1]["latest"][0]
    assert latest["quality"] == "uncertain"


def test_long_lists_of_refusals_are_cut_but_counted(site: Live, town: Town) -> None:
    t = moment()
    body = b"\n".join(row(f"ghost {i}", t, 1) for i in range(1000))
    told = site.post(body, town.keys["b"])[1]
    assert len(told["refused"]) == 100
    assert told["refused_counts"] == {"unknown_sensor": 1000}
    quarantine = site.get("/api/v1/status")[1]["quarantine"]["sources"]
    assert {"source": "b", "rows": 1000, "lost": 0} in quarantine


def test_numbers_at_the_edges(site: Live, town: Town) -> None:
    t = moment()
    body = b"\n".join(
        [
            b'{"sensor":"a-7","time":%d,"value":NaN}' % t,
            b'{"sensor":"a-7","time":%d,"value":Infinity}' % t,
            b'{"sensor":"a-7","time":%d,"value":1e999}' % t,
            b'{"sensor":"a-7","time":%d,"value":1e308}' % t,
            b'{"sensor":"a-8","time":%d,"value":"NaN"}' % t,
        ]
    )
    told = site.post(body, town.keys["a"])[1]
    assert told["accepted"] == 2  # 1e308 lies outside the range: stored, never an alarm
    # NaN and Infinity are no JSON; 1e999 is a number, only no finite one, as inf in CSV is.
    assert told["refused_counts"] == {"unreadable": 2, "not_finite": 1}
    assert told["refused"][2]["reason"] == "the value of a-7 is infinite"
    changes = site.get("/api/v1/changes")[1]["changes"]
    assert not [c for c in changes if c["sensor"] in ("a-7", "a-8")]


@pytest.mark.parametrize("year", ["1970-01-01T00:00:01Z", "2059-01-01T00:00:00Z"])
def test_a_clock_that_cannot_be_right(site: Live, town: Town, year: str) -> None:
    told = site.post(row("a-9", year, 99), town.keys["a"])[1]
    assert told["accepted"] == 0
    assert told["refused"][0]["code"] == "bad_time"
    assert "cannot be right" in told["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"7", "application/json"),
        (b"", "application/json"),
        (b'{"sensor":["a-1"],"time":[1,2],"value":[1]}', "application/json"),
        (b"temperature,when\n1,2\n", "text/csv"),
        (b"\x00\x01", ARROW),
    ],
)
def test_a_body_that_is_none(site: Live, town: Town, body: bytes, kind: str) -> None:
    status, told = site.post(body, town.keys["a"], kind)
    assert status == 400
    assert told["error"]


def test_who_may_not(site: Live, town: Town) -> None:
    assert site.post(b"", "anl_wrong")[0] == 401
    assert site.ask("POST", "/api/v1/readings", b"", {})[0] == 401
    assert site.headers["www-authenticate"] == "Bearer"
    assert site.ask("POST", "/api/v1/registry", b"[]", {"X-API-Key": town.keys["a"]})[0] == 403
    assert site.get("/api/v1/readings")[0] == 405
    assert site.get("/nowhere")[0] == 404
    assert site.post(b"x", town.keys["a"], "application/xml")[0] == 415
    assert site.post(b"x", town.keys["a"], NDJSON, **{"Content-Encoding": "br"})[0] == 415
    assert site.post(b"x", town.keys["a"], NDJSON, **{"Content-Encoding": "gzip"})[0] == 400


def test_bodies_within_bounds(site: Live, town: Town) -> None:
    bomb = gzip.compress(bytes(300 * MB), 9)
    status, told = site.post(bomb, town.keys["a"], NDJSON, **{"Content-Encoding": "gzip"})
    assert (status, "at most" in told["error"]) == (413, True)
    head = f"POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nX-API-Key: {town.keys['a']}\r\n"
    head += f"Content-Type: {NDJSON}\r\n"
    assert _first_line(site, f"{head}Content-Length: {101 * MB}\r\n\r\n").endswith(
        "413 Request Entity Too Large"
    )
    assert _first_line(site, f"{head}\r\n").endswith("411 Length Required")


def _first_line(site: Live, text: str) -> str:
    with site.raw() as connection:
        connection.sendall(text.encode())
        return connection.recv(4096).split(b"\r\n")[0].decode()


def test_a_slow_sender_is_let_go(tmp_path: Path, start: Any) -> None:
    """At a site of its own, which has less patience than a busy machine needs for the others."""
    town = found_town(tmp_path, {"a": 1})
    site = start(tmp_path, pause_s=1.0)
    head = f"POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nX-API-Key: {town.keys['a']}\r\n"
    began = time.monotonic()
    line = _first_line(site, f"{head}Content-Type: {NDJSON}\r\nContent-Length: 50\r\n\r\n{{")
    assert line.endswith("408 Request Timeout")
    assert time.monotonic() - began >= 1.0


def test_a_hundred_megabytes_are_taken(site: Live, town: Town) -> None:
    t = moment() - 3_000_000_000
    line = b'{"sensor":"a-%d","time":%d,"value":1.5}\n'
    rows = 2_400_000
    body = b"".join(line % (20 + i % 10, t + i // 10 * 1000) for i in range(rows))
    body = body[: 99 * MB]
    body = body[: body.rfind(b"\n") + 1]
    status, told = site.post(body, town.keys["a"])
    assert status == 200, told
    assert told["accepted"] == body.count(b"\n")
    assert site.get("/healthz")[1]["status"] == "ok"


def test_half_a_body_stores_nothing(site: Live, town: Town) -> None:
    before = site.get("/healthz")[1]["readings"]
    body = row("a-9", moment(), 5)
    with site.raw() as connection:
        connection.sendall(
            f"POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nX-API-Key: {town.keys['a']}\r\n"
            f"Content-Type: {NDJSON}\r\nContent-Length: {len(body) + 9}\r\n\r\n".encode()
            + body
        )
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
    assert site.get("/healthz")[1]["readings"] == before


def test_shuffled_rows_make_no_difference(site: Live, town: Town) -> None:
    """Rows of one body may stand in any order; the changes are those of the order of time."""
    t = moment()
    values = [5, 25, 25, 25, 25, 5, 5, 5, 5]
    rows = [row("a-10", t + 1000 * i, v) for i, v in enumerate(values)]
    site.post(b"\n".join(reversed(rows)), town.keys["a"])
    changes = [
        c for c in site.get("/api/v1/changes?limit=10000")[1]["changes"] if c["sensor"] == "a-10"
    ]
    told = [(c["kind"], c["to"]) for c in changes]
    assert ("raised", "yellow") in told
    assert ("cleared", None) in told
    assert not [kind for kind, _ in told if kind == "corrected"]


def test_the_description(site: Live) -> None:
    status, spec = site.get("/api/openapi.json")
    assert status == 200
    asked = [(v.upper(), path) for path, verbs in spec["paths"].items() for v in verbs]
    for verb, path in asked:
        if not path.endswith("stream"):
            assert site.ask(verb, path, b"" if verb == "POST" else None, {})[0] not in (404, 405)
    status, page = site.get("/api/docs")
    assert status == 200
    assert b"/api/v1/readings" in page
    assert b"http-equiv" not in page
    assert b"src=" not in page


def test_changes_are_told_to_followers_at_once(site: Live, town: Town) -> None:
    with site.raw() as connection:
        connection.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
        t = moment()
        body = b"\n".join(row("a-11", t + 1000 * i, 35) for i in range(3))
        site.post(body, town.keys["a"])
        change = _told_of("a-11", connection)
    assert change["kind"] == "raised"
    answer = site.get(f"/api/v1/changes?after={change['cursor']}&limit=5")
    assert answer[0] == 200
    assert change not in answer[1]["changes"]
    assert site.get("/api/v1/changes?after=ffffffffffff:1:1")[0] == 410
    assert site.get("/api/v1/changes?after=nonsense")[0] == 400


def _told_of(sensor: str, connection: socket.socket) -> Any:
    """The first change of a sensor that a stream tells: others, as of silence, may come before."""
    heard = b""
    while True:
        *whole, heard = heard.split(b"\n\n")
        events = [one.partition(b"\ndata: ")[2] for one in whole if b"event: change" in one]
        for change in map(json.loads, events):
            if change["sensor"] == sensor:
                return change
        octets = connection.recv(65536)
        assert octets
        heard += octets


def test_health(site: Live) -> None:
    status, told = site.get("/healthz")
    assert status == 200
    assert list(told) == ["status", "version", "readings", "changes", "last_reading_at", "lag_s"]


def test_rates(tmp_path: Path, start: Any) -> None:
    """More than a key's rate is refused with the time to wait; others are not touched."""
    from anlan.history.registry import new_key
    from anlan.live.reach import Desk

    town = found_town(tmp_path, {"a": 1, "b": 1})
    text, entry = new_key("slow", ["a-*"], at=0)
    with Desk(tmp_path) as desk:
        desk.enter([entry | {"rate": 1.0}])  # what is too much is paid back in two minutes
    site = start(tmp_path)
    t = now_ms()
    rows = b"\n".join(row("a-0", t - 1000 * i, 1) for i in range(150))
    assert site.post(rows, text)[0] == 200
    assert site.post(row("a-0", t + 1, 1), text)[0] == 429
    assert 1 <= int(site.headers["retry-after"]) <= 141
    assert site.post(row("b-0", t, 1), town.keys["b"])[0] == 200


def test_edits_hold_at_once(tmp_path: Path, start: Any) -> None:
    """A sensor registered while the service runs takes readings; quarantine is tried again."""
    from anlan.history.registry import sensor_entry
    from anlan.live.reach import Desk
    from anlan.terms.sensors import Sensor

    town = found_town(tmp_path, {"a": 1})
    site = start(tmp_path)
    t = now_ms()
    assert site.post(row("a-new", t, 5), town.keys["a"])[1]["accepted"] == 0
    with Desk(tmp_path) as desk:
        desk.enter([sensor_entry(Sensor(key="a-new", quantity="t.v", object="new"))])
        assert desk.requeue(None) == {"accepted": 1, "duplicates": 0, "kept": {}}
    wait_until(lambda: bool(site.get("/api/v1/latest?sensor=a-new")[1]["latest"]))
    assert site.get("/api/v1/status")[1]["quarantine"]["sources"] == []
    with Desk(tmp_path) as desk:
        desk.enter([{"type": "retire", "sensor": "a-new"}])
    told = site.post(row("a-new", t + 1000, 5), town.keys["a"])[1]
    assert told["refused"][0]["code"] == "unknown_sensor"
