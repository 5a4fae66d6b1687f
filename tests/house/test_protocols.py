"""Every protocol that a folder hands out can be named, under the name of its folder."""

from anlan.live.gateway.protocols import MODULES, speech_of
from tests.house.tree import text, under


def test_every_protocol_is_listed_under_its_folder() -> None:
    homes = [path.parent for path in under("src/anlan/connectors", "/__init__.py")]
    found = {home.name for home in homes if "PROTOCOL" in text(home / "__init__.py")}
    assert found == set(MODULES) & found
    assert [speech_of(name).name for name in sorted(found)] == sorted(found)
