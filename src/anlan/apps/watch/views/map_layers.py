"""The tree of layers beside the map: what they are called, and how many the asker has."""

import json
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import icon_path, pack_title, packs
from anlan.apps.atlas.pages.facilities import FACILITIES
from anlan.apps.atlas.pages.targets import TARGETS
from anlan.apps.atlas.queries.tiles import layer_counts
from anlan.desk.asker import Asker

_SHOWN = ("object", "target/school", "target/hospital", "facility/team", "facility/shelter")
"""What is switched on when the map opens."""


class Leaf(NamedTuple):
    """A layer: its name on the wire, its title, how many, and whether it is on at first."""

    name: str
    title: str
    many: int
    is_on: bool

    @property
    def pack(self) -> str:
        """The hazard whose objects it shows; empty for things of no hazard."""
        group, _slash, kind = self.name.partition("/")
        return kind if group == "object" else ""

    @property
    def drawings(self) -> str:
        """What the map draws beside objects of the hazard, as JSON: SVG paths by their kinds."""
        found = packs().get(self.pack)
        kinds = found.object_types if found else {}
        paths = {kind: icon_path(self.pack, kind) for kind in kinds}
        return json.dumps({kind: path for kind, path in paths.items() if path})


class Branch(NamedTuple):
    """A group of layers."""

    group: str
    title: str
    leaves: list[Leaf]

    @property
    def many(self) -> int:
        """How many things the group has."""
        return sum(leaf.many for leaf in self.leaves)


def tree(asker: Asker) -> list[Branch]:
    """The groups of the asker's things that are not empty."""
    counts = layer_counts(asker.scope, asker.now)
    titles = {
        "object": _("Observed objects"), "enterprise": _("Enterprises"),
        "target": _("Protected targets"), "facility": _("Facilities"), "sensor": _("Sensors"),
    }  # fmt: skip
    found = []
    for group, title in titles.items():
        names = [name for name in counts if name.partition("/")[0] == group]
        leaves = [_leaf(name, title, counts[name]) for name in names]
        if leaves:
            found.append(Branch(group, title, sorted(leaves, key=lambda one: -one.many)))
    return found


def _leaf(name: str, group_title: str, count: int) -> Leaf:
    group, _slash, kind = name.partition("/")
    title = kind_title(group, kind) if kind else group_title
    return Leaf(name, title, count, group in _SHOWN or name in _SHOWN)


def kind_title(group: str, kind: str) -> str:
    """What a kind of things is called."""
    if group == "object":
        return pack_title(kind)
    sheet: Any = {"target": TARGETS, "facility": FACILITIES}.get(group)
    if sheet is None:
        return kind
    choices = next(one.choices for one in sheet.fields if one.name == "kind")
    return str(dict(choices()).get(kind, kind))
