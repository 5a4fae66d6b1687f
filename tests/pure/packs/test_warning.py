"""What a pack says of warnings: texts, codes and signers, each mistake named by its line."""

from pathlib import Path

import pytest

from anlan.apps.people.models import Post
from anlan.packs import PackError, load_pack, load_packs
from anlan.packs.warning import ROLES
from anlan.terms.levels import RAISED_LEVELS, Level
from tests.pure.packs.build import write_pack

EVENT = """\
[event.deep]
code = "11A01"
title = { zh = "深", en = "deep" }
category = "Met"
rules = ["depth.level"]
valid = "24h"
buffer_m = 500
description = { zh = "{at}{object}为{value}", en = "{object} was {value} at {at}" }
caution = { zh = "小心", en = "beware" }
ended = { zh = "结束", en = "over" }
unverified = "a test"
"""
SIGN = "".join(
    f'[sign.{level.word}]\nroles = ["chief"]\nregion = "county"\nanswer = "5min"\n'
    'unverified = "a test"\n'
    for level in RAISED_LEVELS
)


def _load(folder: Path, text: str) -> None:
    shelf = write_pack(folder)
    (folder / "tiny" / "warning.toml").write_text(text, encoding="utf-8")
    load_pack("tiny", shelf=shelf)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"11A01"', '"flood"', 2, "code must be as of the national table"),
        ('"Met"', '"Water"', 4, "category must be one of"),
        ('"depth.level"', '"depth.width"', 5, "no rule 'tiny.depth.width'"),
        ('"24h"', '"a day"', 6, "not a duration"),
        ("500", "-1", 7, "0 or more"),
        ("为{value}", "为{colour}", 8, "no such place {colour}"),
        ("为{value}", "", 8, "{value} stands in one language only"),
        ("{at}{object}", "{at{object}", 8, "description"),
        ('caution = { zh = "小心", en = "beware" }', "", 1, "caution is missing"),
        ('en = "over" }\nunverified = "a test"', 'en = "over" }', 1, "an event needs standard"),
        ("[sign.blue]", "[sign.green]", 12, "'green' is no level"),
        ("[sign.blue]", "[sign.green]", 12, "nobody signs blue"),
        ('["chief"]', '["boss"]', 13, "no such role 'boss'"),
        ('["chief"]', "[]", 13, "somebody must sign"),
        ('"county"', '"moon"', 14, "region must be one of"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    whole = EVENT + SIGN
    assert old in whole
    with pytest.raises(PackError) as caught:
        _load(tmp_path, whole.replace(old, new, 1))
    told = [str(problem) for problem in caught.value.problems]
    assert any(f"warning.toml:{line}:" in one and reason in one for one in told), told


def test_a_pack_without_warnings_is_whole(tmp_path: Path) -> None:
    _load(tmp_path, EVENT + SIGN)
    pack = load_pack("tiny", shelf=write_pack(tmp_path / "none"))
    assert (pack.events, pack.signing) == ({}, {})


def test_a_city_lays_its_own_signers_over(tmp_path: Path) -> None:
    city = tmp_path / "flood"
    city.mkdir()
    (city / "warning.toml").write_text(
        'source = "city rules 7"\napprover = "city office"\n[sign.red]\nregion = "city"\n'
    )
    red = load_pack("flood", tmp_path).signing[Level.RED]
    assert (red.region, red.source.text) == ("city", "city rules 7, approved by city office")


def test_roles_are_those_of_posts() -> None:
    assert set(ROLES) <= set(Post.Role.values)


def test_every_pack_says_what_it_warns_of_and_who_signs() -> None:
    for pack in load_packs().values():
        assert pack.events
        assert set(pack.signing) == set(RAISED_LEVELS)


def test_a_warning_names_nobodys_home() -> None:
    """What household gas alarms measure is somebody's flat: the public learns of the place only."""
    for event in load_packs()["co"].events.values():
        for words in (event.description, event.ended, event.caution):
            assert "{object}" not in words.zh + words.en
        assert event.buffer_m == 0
