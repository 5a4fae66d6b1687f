"""The pages about packs are true: the example pack is whole and its tests pass."""

import re
from pathlib import Path

from anlan.engine.rules import Gate, LevelRule
from anlan.packs import Pack, Shelf, load_pack, own_shelf
from anlan.packs.rehearsal import rehearse
from anlan.packs.source.overlay import CHANGEABLE

ROOT = Path(__file__).parents[3]
HOW_TO = (ROOT / "docs/how-to/write-a-pack.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs/reference/packs.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"`(?:packs|ourcity)/(\w+)/(\w+\.toml)`.*?```toml\n(.*?)```", re.DOTALL)


def example(folder: Path, name: str) -> Pack:
    for pack, file, text in BLOCK.findall(HOW_TO):
        path = folder / pack / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_pack(name, shelf=Shelf(folder, "packs"))


def test_the_example_pack_is_whole_and_its_tests_pass(tmp_path: Path) -> None:
    verdicts = rehearse(example(tmp_path, "grain"))
    assert len(verdicts) == 6
    assert [(v.test.where, v.got) for v in verdicts if not v.is_passed] == []


def test_the_example_overlay_fits_the_flood_pack(tmp_path: Path) -> None:
    example(tmp_path / "ourcity", "grain")
    (tmp_path / "ourcity" / "grain").rename(tmp_path / "grain")
    pack = load_pack("flood", tmp_path / "ourcity")
    assert [(change.before, change.after) for change in pack.overrides] == [(50, 40)]
    rule = next(rule for rule in pack.rule_set.rules if rule.key == "flood.rain.level")
    assert rule.version == "1+ourcity"


def test_the_reference_lists_every_key() -> None:
    keys = {"measure", "direction", *CHANGEABLE["quantities.toml"], *CHANGEABLE["rules.toml"]}
    assert {key for key in keys if f"`{key}`" not in REFERENCE} == set()
    assert len(Gate.__dataclass_fields__) == 11
    assert len(LevelRule.__dataclass_fields__) == 15


def test_the_reference_names_every_pack() -> None:
    assert {name for name in own_shelf().names if f"`{name}`" not in REFERENCE} == set()
