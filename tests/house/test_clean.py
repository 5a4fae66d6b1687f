"""Nothing in the tree speaks of one machine, one registry, or of work left undone.

The patterns are put together from halves, so that this file does not find itself.
"""

import re

from tests.house.tree import files, lines, text, under

REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry" + ".npmjs",
    "deb" + ".debian.org",
    "security" + ".debian.org",
    "archive" + ".ubuntu.com",
    "conda" + ".anaconda",
]
MACHINE = re.compile(r"(?<![\w.])/(work|home/\w+|Users/\w+)" + "/")
UNDONE = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX)\b")
SILENCED = re.compile(r"# (no" + r"qa|type: ig" + r"nore)\b(?P<rest>.*)")
CODES = re.compile(r"^(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*|\[[\w, -]+\])")


def is_named_and_reasoned(rest: str) -> bool:
    """Whether what follows a silencing comment names its rules, then says why in a word or more."""
    codes = CODES.match(rest)
    return codes is not None and bool(re.search(r"\w{4,}", rest[codes.end() :]))


def test_no_registry_is_named() -> None:
    found = [at for at, line in lines(files()) if any(host in line for host in REGISTRIES)]
    assert not found


def test_locks_hold_no_address() -> None:
    for path in under("requirements", ".lock"):
        assert not re.search(r"://|^-|index", text(path), re.MULTILINE)


def test_no_path_of_one_machine() -> None:
    assert not [at for at, line in lines(files()) if MACHINE.search(line)]


def test_nothing_is_left_undone() -> None:
    assert not [at for at, line in lines(files()) if UNDONE.search(line)]


def test_what_is_silenced_says_why() -> None:
    python = [p for p in files() if p.suffix == ".py"]
    silenced = [(at, SILENCED.search(line)) for at, line in lines(python)]
    assert not [at for at, found in silenced if found and not is_named_and_reasoned(found["rest"])]


def test_packs_are_data() -> None:
    assert not under("packs", ".py")
