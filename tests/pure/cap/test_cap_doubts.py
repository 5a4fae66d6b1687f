"""What no schema sees: each is named by one word and its place, and changes no verdict."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anlan.cap.check import check
from anlan.cap.doubts import MOST_LETTERS, MOST_POLYGONS, doubts_of
from anlan.cap.message import Alert
from anlan.cap.read import read
from anlan.cap.shape import circle_of, ring_of
from anlan.terms.errors import Malformed
from tests.pure.cap.messages import ALERT, RING, with_polygons

SENT = "2026-07-01T08:00:00+08:00"
PLACE = "info 1, area 1, polygon 1"


@pytest.fixture
def alert() -> Alert:
    return read(ALERT.encode())


def told(*polygons: str) -> list[str]:
    found = check(with_polygons(*polygons).encode())
    assert found.verdict == "valid"
    return list(found.warnings)


POLYGONS = {
    "0,0 0,1 1,1 1,0 0,0": None,
    "+0.5,-0 .5,1 1.,1 0.5,0": None,
    "30.0,110.0 30.0,110.1 30.1,110.1 30.1,110.0": "open",
    "30 110 30 111 31 111 30 110": "unreadable",
    "30,110 30,111 31,nan 30,110": "unreadable",
    "30,110 30,111 1e1,111 30,110": "unreadable",
    "30,110,5 30,111,5 31,111,5 30,110,5": "unreadable",
    "": "unreadable",
    "110,30 110,31 111,31 110,30": "outside",
    "30,180 30,181 31,181 30,180": "outside",
    "0,0 1,1 0,1 1,0 0,0": "crossing",
    "0,0 0,2 2,2 2,0 1,1 1,3 0,0": "crossing",
    "0,0 0,1 0,2 0,0": "degenerate",
    "0,0 0,1 0,0": "degenerate",
    "5,5 5,5 5,5 5,5": "degenerate",
    "0,0 0,4 4,4 4,0 2,0 2,-2 2,0 0,0": "degenerate",
    "0,0 0,9 9,9 9,0 0,0 3,3 6,3 6,6 3,6 3,3 0,0": "holed",
    "0,179 0,-179 1,-179 1,179 0,179": None,
    "0,179 1,-179 0,-179 1,179 0,179": "crossing",
    "85,-170 85,-60 85,60 85,170 80,170 80,-170 85,-170": None,
}


@pytest.mark.parametrize(("polygon", "word"), POLYGONS.items())
def test_a_polygon_is_judged_as_a_shape_on_the_ground(polygon: str, word: str | None) -> None:
    words = [doubt.split(":")[0] for doubt in told(polygon) if doubt.endswith(PLACE)]
    assert [one for one in words if one != "duplicated"] == ([] if word is None else [word])


def test_a_polygon_is_latitude_first() -> None:
    assert ring_of(RING)[1] == (30.0, 110.1)
    assert circle_of(" 30.05,110.05  2.5 ") == ((30.05, 110.05), 2.5)
    for text in ("30.05 110.05 2.5", "30,110", "30,110 -", "30,110 2 3", ""):
        with pytest.raises(Malformed):
            circle_of(text)


def test_polygons_of_one_area_are_compared() -> None:
    turned = " ".join([*RING.split()[2:], *RING.split()[1:3]])
    assert told(RING, turned) == ["duplicated: info 1, area 1, polygon 2 as 1"]
    inner = "30.02,110.02 30.02,110.08 30.08,110.08 30.08,110.02 30.02,110.02"
    assert told(inner, RING) == ["holed: info 1, area 1, polygon 1 within 2"]
    beside = RING.replace("30.", "31.")
    assert told(RING, beside) == []
    assert told(RING, RING.replace("30.1", "30.05")) == []  # it shares an edge: no hole is meant


def test_a_point_twice_in_a_row_is_told() -> None:
    assert told(RING.replace("30.1,110.1", "30.1,110.1 30.1,110.1")) == [f"duplicated: {PLACE}"]


def test_circles_are_judged() -> None:
    for circle, word in {
        "30,110 0": None,
        "30,110 -1": "outside",
        "91,110 1": "outside",
        "30,110 30000": "outside",
        "30 110 1": "unreadable",
    }.items():
        found = check(ALERT.replace("30.05,110.05 2.5", circle).encode()).warnings
        assert found == (() if word is None else (f"{word}: info 1, area 1, circle 1",))


def test_too_many_letters_are_not_judged() -> None:
    long = " ".join(["30.000000000000,110.000000000000"] * (MOST_LETTERS // 30))
    expected = f"unjudged: more than {MOST_POLYGONS} polygons, or {MOST_LETTERS} letters of them"
    assert told(long) == told(*[RING] * (MOST_POLYGONS + 1)) == [expected]


def test_references_are_looked_for(alert: Alert) -> None:
    update = replace(alert, msg_type="Update")
    assert list(doubts_of(update)) == ["dangling: Update without references"]
    earlier = f"met@anlan.example,before,{SENT}"
    following = replace(update, references=f" {earlier}\n")
    assert list(doubts_of(following)) == []
    assert list(doubts_of(following, known={earlier})) == []
    assert list(doubts_of(following, known=set())) == ["dangling: reference 1 is not known"]
    for broken in ("before", "a,b,c", f"a,,{SENT}", f"a,b,{SENT},d"):
        found = list(doubts_of(replace(update, references=f"{earlier} {broken}")))
        assert found == ["dangling: reference 2 is not sender,identifier,sent"]
    itself = replace(update, references=update.reference)
    assert list(doubts_of(itself)) == ["dangling: reference 1 is the message itself"]


def test_what_is_over_is_told_only_with_a_time_to_judge_by(alert: Alert) -> None:
    before, after = datetime(2026, 7, 1, 11, 59, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert list(doubts_of(alert)) == []
    assert list(doubts_of(alert, now=before)) == []
    assert list(doubts_of(alert, now=after)) == ["expired"]
    longer = replace(alert.info[0], expires="2026-07-02T00:00:00+08:00")
    both = replace(alert, info=(alert.info[0], longer))
    assert list(doubts_of(both, now=after)) == ["expired: info 1"]


def test_times_that_say_no_moment_are_told(alert: Alert) -> None:
    info = replace(alert.info[0], onset="2026-07-01T08:00:00", expires="soon")
    found = list(doubts_of(replace(alert, sent="2026-07-01T08:00:00", info=(info,))))
    words = ["sent", "info 1, onset", "info 1, expires"]
    assert found == [f"unreadable: {place}" for place in words]


def test_names_that_no_reference_can_carry_are_told(alert: Alert) -> None:
    for name in ("", "a b", "a,b", "a<b", "a&b"):
        assert list(doubts_of(replace(alert, identifier=name))) == ["nameless: identifier"]
        assert list(doubts_of(replace(alert, sender=name))) == ["nameless: sender"]


def test_a_message_for_some_says_for_whom(alert: Alert) -> None:
    assert [d.split(":")[0] for d in doubts_of(replace(alert, scope="Private"))] == ["unaddressed"]
    restricted = replace(alert, scope="Restricted", restriction="duty officers")
    assert list(doubts_of(restricted)) == []
    assert list(doubts_of(replace(restricted, restriction=" "))) != []


def _comb(teeth: int) -> str:
    """Long edges side by side: each looks at all others when it is judged."""
    ends = [(n * 39 / teeth, 0 if n % 2 == way else 90) for n in range(teeth) for way in (0, 1)]
    points = [f"{lat + lon / 90 * 40:.4f},{lon}" for lat, lon in ends]
    return " ".join([*points, "39,-1", "-1,-1", points[0]])


def test_what_would_take_long_is_not_judged() -> None:
    """150 KB of edges side by side took 19 s; a coast of as many points takes none."""
    assert [one.partition(":")[0] for one in told(_comb(8_000))] == ["unjudged"]
    coast = [f"{30 + n / 10_000:.4f},{110 + (n * 7 % 11) / 1_000:.3f}" for n in range(8_000)]
    assert told(" ".join([*coast, "30.8,115", "29.9,115", coast[0]])) == []


def test_a_hole_among_many_polygons_is_found() -> None:
    land, hole = "0,0 0,10 10,10 10,0 0,0", "1,1 1,2 2,2 2,1 1,1"
    others = [f"{n},20 {n},20.5 {n}.5,20.5 {n}.5,20 {n},20" for n in range(60)]
    assert told(land, hole, *others) == ["holed: info 1, area 1, polygon 2 within 1"]


def test_many_doubts_of_one_kind_keep_no_other_back() -> None:
    info = ALERT[ALERT.index("<info>") : ALERT.index("</info>") + len("</info>")]
    crossing = with_polygons("50,0 60,10 50,10 60,0 50,0")
    data = crossing.replace("<info>", info * 30 + "<info>", 1)
    answer = check(data.encode(), datetime(2099, 1, 1, tzinfo=UTC))
    assert any(one.startswith("crossing: info 31") for one in answer.warnings)


def test_midnight_may_be_told_as_the_end_of_a_day() -> None:
    ending = ALERT.replace("2026-07-01T20:00:00+08:00", "2026-07-01T24:00:00+08:00")
    before, after = (datetime(2026, 7, 1, 15, 59, tzinfo=UTC), datetime(2026, 7, 1, 16, tzinfo=UTC))
    assert ending != ALERT
    assert "expired" not in check(ending.encode(), before).warnings
    assert "expired" in check(ending.encode(), after).warnings
    assert not [one for one in check(ending.encode(), before).warnings if "unreadable" in one]


def test_polygons_are_the_same_by_their_edges_not_by_their_corners() -> None:
    square, turned = "0,0 0,4 4,4 4,0 2,2 0,0", "4,4 0,4 0,0 2,2 4,0 4,4"
    other = "0,0 0,4 2,2 4,4 4,0 0,0"
    again = [one for one in told(square, turned, other) if "duplicated" in one]
    assert again == ["duplicated: info 1, area 1, polygon 2 as 1"]


def test_the_first_version_names_a_message_in_another_way(alert: Alert) -> None:
    update = replace(alert, msg_type="Update", references="A-1/met@anlan.example A-2/")
    assert [one for one in doubts_of(update, version="1.0") if one.startswith("dangling")] == [
        "dangling: reference 2 is not sender,identifier,sent"
    ]
    assert len([one for one in doubts_of(update) if one.startswith("dangling")]) == 2
