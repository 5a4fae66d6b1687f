"""A small valid pack on disk, to be broken one way at a time."""

from pathlib import Path

from anlan.packs import Shelf

FILES = {
    "pack.toml": """\
name = "tiny"
version = "1"
icon = "drop"
title = { zh = "小", en = "tiny" }
about = { zh = "试验", en = "for tests" }

[object.spot]
title = { zh = "点", en = "spot" }
icon = "spot"
sensors = { depth = 1 }

[object.spot.attribute]
kind = { title = { zh = "类", en = "kind" }, type = "choice", choices = ["a", "b"] }
grade = { title = { zh = "级", en = "grade" }, type = "table", table = "grades" }

[chart.depth]
title = { zh = "深度", en = "depth" }
quantities = ["depth"]
span = "24h"
""",
    "icons.toml": """\
drop = "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"
spot = "M12 12h.01"
""",
    "quantities.toml": """\
[depth]
title = { zh = "深度", en = "depth" }
unit = "m"

[depth.gate]
low = 0
high = 10
spike = "confirm"
rate_per_h = 2
interval = "1h"
basis = "a test"
""",
    "rules.toml": """\
[depth.level]
title = { zh = "深", en = "deep" }
unverified = "a test"
yellow = { threshold = 1 }
red = { threshold = 3 }

[depth.sum]
title = { zh = "和", en = "sum" }

[depth.sum.blue]
measure = "sum(value, 3h)"
threshold = 5
standard = "S"
clause = "1"
read_in = "the standard itself"
""",
    "promotions.toml": """\
[pair]
title = { zh = "双", en = "pair" }
kind = "object"
counts = [{ at_least = 2, level = "yellow", to = "red" }]
unverified = "a test"
""",
    "guidance.toml": """\
[[line]]
level = "red"
zh = "走"
en = "go"
unverified = "a test"
""",
    "tests.toml": "",
    "tables/grades.toml": """\
title = { zh = "级", en = "grades" }
unverified = "a test"
columns = { name = "text", least = "number" }
rows = [
  ["one", 1],
  ["two", 2.5],
]
""",
}

CASES = """
[[test]]
rule = "{rule}"
case = "{case}"
readings = {{ s = [{values}] }}
expect = [{expect}]
"""


def _tests() -> str:
    raised = '{ at = "0h", kind = "raised", to = "%s" }'
    rows = [
        ("depth.level", "raise", "1.5", raised % "yellow"),
        ("depth.level", "border", "1", raised % "yellow"),
        ("depth.level", "quiet", "0.5", ""),
        ("depth.sum", "raise", "6", raised % "blue"),
        ("depth.sum", "border", "5", raised % "blue"),
        ("depth.sum", "quiet", "4", ""),
    ]
    text = "".join(CASES.format(rule=r, case=c, values=v, expect=e) for r, c, v, e in rows)
    for case, value in (("raise", 2), ("border", 1), ("quiet", 0)):
        text += f"""
[[test]]
rule = "promotion.pair"
case = "{case}"
sensors = {{ a = "depth", b = "depth" }}
readings = {{ a = [{value}], b = [{value}] }}
"""
        if value:
            text += """expect = [
  { at = "0h", object = "object", kind = "raised", to = "red" },
]
"""
    return text


def write_pack(folder: Path, **changes: tuple[str, str]) -> Shelf:
    """The tiny pack under `folder`; changes: file stem → (old text, new text)."""
    files = {**FILES, "tests.toml": _tests()}
    for stem, (old, new) in changes.items():
        name = f"{stem.replace('__', '/')}.toml"
        assert old in files[name], f"{old!r} is not in {name}"
        files[name] = files[name].replace(old, new, 1)
    for name, text in files.items():
        path = folder / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Shelf(folder, "packs")
