"""Files meant to hurt: judged within a fixed share of the processor and of memory.

One process judges them all under limits that the kernel keeps: it is killed where the time it
computes or the memory it asks for passes them.
"""

import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anlan.cap.schema import NAMESPACES
from anlan.cap.xml.document import MOST_BYTES, MOST_MARKS, MOST_NAMESPACES
from tests.pure.cap.messages import ALERT, AREA, with_polygons

PROCESSOR_S, MEMORY = 60, 1 << 30
MIB = 1 << 20
HEAD = ALERT[: ALERT.index("<info>")]
ROOT = f'<alert xmlns="{NAMESPACES["1.2"]}"'
DSIG = "http://www.w3.org/2000/09/xmldsig#"
FULL = MOST_MARKS - 1_000
"""Nearly as many tags and quotes as are read."""


def headline(text: str) -> str:
    return ALERT.replace("安澜市气象台发布暴雨橙色预警", text)


def entities(text: str) -> str:
    """`text` in a headline, after entities of which `u` is 30^20 letters long."""
    told = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 30}">' for n in range(20))
    return f'<!DOCTYPE alert [<!ENTITY a "haha">{told}]>{headline(text)}'


def circle(radius: float, points: int) -> str:
    turns = [2 * math.pi * n / points for n in range(points)]
    ring = [f"{30 + radius * math.cos(t):.5f},{110 + radius * math.sin(t):.5f}" for t in turns]
    return " ".join([*ring, ring[0]])


def nested(count: int, points: int) -> list[str]:
    return [circle(1 - n / 100, points) for n in range(count)]


LONG_FAULT = "<a>" + "&lt;" * 50 + "</a>"
NESTED = "".join(f"<polygon>{ring}</polygon>" for ring in nested(49, 8))

FILES: dict[str, tuple[str, Callable[[], str]]] = {
    "of 50 MB": ("malformed", lambda: headline("x" * 50 * MIB)),
    "longest text": ("valid", lambda: headline("x" * 9_900_000)),
    "too long a text": ("malformed", lambda: headline("x" * 11_000_000)),
    "signs by number": ("valid", lambda: headline("&#x4e00;" * 1_500_000)),
    "ampersands": ("valid", lambda: headline("&amp;" * 2_000_000)),
    "text in pieces": ("valid", lambda: headline("x<!---->" * (FULL - 1000))),
    "text in sections": ("valid", lambda: headline("<![CDATA[x]]>" * (FULL - 1000))),
    "instructions": ("valid", lambda: headline("x<?x?>" * (FULL - 1000))),
    "comments before": ("valid", lambda: "<!-- x -->" * (FULL - 1000) + ALERT),
    "endless name": ("malformed", lambda: f"<{'a' * 9_000_000}/>"),
    "abyss": ("malformed", lambda: "<alert>" * FULL),
    "deep and unknown": ("invalid", lambda: f"{ROOT}>{'<a>' * 200}{'</a>' * 200}</alert>"),
    "100,000 elements": ("valid", lambda: f"{HEAD}{'<code>x</code>' * 100_000}</alert>"),
    "tiny elements": ("invalid", lambda: f"{HEAD}{'<a/>' * (FULL - 100)}</alert>"),
    "more than can be": ("malformed", lambda: f"{HEAD}{'<a/>' * 4_000_000}</alert>"),
    "attributes": (
        "invalid",
        lambda: f"{ROOT} " + " ".join(f"a{n}=''" for n in range(FULL // 2)) + "/>",
    ),
    "a fault in each of many": (
        "invalid",
        lambda: HEAD + "<code a='' b=''>x</code>" * (FULL // 6 - 100) + "</alert>",
    ),
    "long faults": ("invalid", lambda: HEAD + LONG_FAULT * 70_000 + "</alert>"),
    "namespaces": (
        "invalid",
        lambda: (
            f"""{ROOT} {" ".join(f"xmlns:a{n}='u'" for n in range(MOST_NAMESPACES - 1))}>"""
            + "<a290:x/>" * 400_000
            + f"<Signature xmlns='{DSIG}'/></alert>"
        ),
    ),
    "areas": ("valid", lambda: ALERT.replace(AREA, "<area><areaDesc/></area>" * 150_000)),
    "polygons": ("valid", lambda: with_polygons(*["0,0 0,1 1,1 1,0 0,0"] * 100_000)),
    "just as many polygons as are judged": (
        "valid",
        lambda: with_polygons(*[f"0,0 0,1 1,1 1,0.{n} 0,0" for n in range(9_999)]),
    ),
    "a wild polygon": (
        "valid",
        lambda: with_polygons(" ".join(f"{n % 90},{n * 7 % 180}" for n in range(250_000))),
    ),
    "nested polygons": ("valid", lambda: with_polygons(*nested(49, 2_000))),
    "nested polygons in many areas": (
        "valid",
        lambda: ALERT.replace(AREA, f"<area><areaDesc/>{NESTED}</area>" * 200),
    ),
    "references": (
        "valid",
        lambda: ALERT.replace(
            "</scope>", f"</scope><references>{'a,b,c ' * 1_500_000}</references>"
        ),
    ),
    "laughter": ("valid", lambda: entities("&u;" * 1_000_000)),
    "laughter in an attribute": (
        "invalid",
        lambda: entities("").replace("<scope>", '<scope a="&u;">'),
    ),
    "a long entity often": (
        "valid",
        lambda: f'<!DOCTYPE alert [<!ENTITY a "{"x" * 5_000_000}">]>{headline("&a;" * 2_000_000)}',
    ),
    "entities": (
        "valid",
        lambda: (
            "<!DOCTYPE alert ["
            + "".join(f"<!ENTITY e{n} 'x'>" for n in range(FULL // 3 - 100))
            + f"]>{ALERT}"
        ),
    ),
    "unknown entities": (
        "valid",
        lambda: (
            "<!DOCTYPE alert SYSTEM 'x'>" + headline("".join(f"&e{n};" for n in range(900_000)))
        ),
    ),
    "an odd encoding": (
        "malformed",
        lambda: (
            f"<?xml version='1.0' encoding='punycode'?><!DOCTYPE alert>{headline('z9' * 4 * MIB)}"
        ),
    ),
    "an open declaration": ("malformed", lambda: "<!DOCTYPE alert [" + "<" * FULL),
    "open comments": ("malformed", lambda: "<!DOCTYPE alert []>" + "<!--" * FULL),
    "signed elements": (
        "valid",
        lambda: f"{HEAD}<Signature xmlns='{DSIG}'>{'<x/>' * (FULL - 100)}</Signature></alert>",
    ),
    "signatures": (
        "valid",
        lambda: HEAD + f"<Signature xmlns='{DSIG}'/>" * (FULL // 3 - 100) + "</alert>",
    ),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The lines by file, of one process under limits."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (_, made) in FILES.items():
        (folder / name).write_text(made(), encoding="utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    command = [str(Path(sys.executable).with_name("anlan")), "cap", "check", "--json", *FILES]
    quiet = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # each of its threads reserves memory
    ran = subprocess.run(
        command, cwd=folder, env=quiet, preexec_fn=limit, capture_output=True, check=False
    )
    assert ran.returncode == 1, ran.stderr[-2000:]
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["file"] for line in lines] == list(FILES)
    return {line["file"]: line for line in lines}


@pytest.mark.parametrize("name", FILES)
def test_each_gets_its_verdict_within_the_limits(
    judged: dict[str, dict[str, Any]], name: str
) -> None:
    verdict, made = FILES[name]
    line = judged[name]
    assert (line["verdict"], bool(line["reasons"])) == (verdict, verdict != "valid")
    if verdict != "malformed":
        assert ("dtd" in line["warnings"]) == made().startswith("<!DOCTYPE")


def test_what_is_told_of_each_is_short(judged: dict[str, dict[str, Any]]) -> None:
    for line in judged.values():
        assert len(json.dumps(line["reasons"])) < 10_000
        assert len(json.dumps(line["warnings"])) < 10_000


def test_a_file_beyond_the_limit_is_not_read(judged: dict[str, dict[str, Any]]) -> None:
    assert judged["of 50 MB"]["reasons"] == [f"longer than {MOST_BYTES} bytes"]
