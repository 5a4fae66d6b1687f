"""Finds packs and loads them, with a city's overlay when there is one."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from anlan.engine.rules import RuleSet
from anlan.packs.about import About, read_guidance, read_sheets
from anlan.packs.model import Override, Pack
from anlan.packs.promotions import ReadPromotion, read_promotions
from anlan.packs.quantities import read_quantities
from anlan.packs.rules import ReadRule, read_rules
from anlan.packs.source.document import NAME, Document, Folder, PackError, Problems, open_document
from anlan.packs.source.overlay import lay
from anlan.packs.trials import Subjects, check_complete, read_tests
from anlan.packs.warning import read_incoming, read_warning
from anlan.terms.errors import Malformed

FILES = (
    "pack.toml",
    "icons.toml",
    "quantities.toml",
    "rules.toml",
    "promotions.toml",
    "guidance.toml",
    "warning.toml",
    "incoming.toml",
    "tests.toml",
)
_OPTIONAL = ("icons.toml", "promotions.toml", "warning.toml", "incoming.toml")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of packs; label: how its files are named in messages."""

    folder: Folder
    label: str

    @property
    def names(self) -> list[str]:
        """The packs here: folders that hold a pack.toml."""
        found = [entry for entry in self.folder.iterdir() if entry.is_dir()]
        return sorted(e.name for e in found if e.joinpath("pack.toml").is_file())


def own_shelf() -> Shelf:
    """The packs that come with the program: in an installed wheel, else in the source tree."""
    installed: Any = resources.files("anlan.packs").joinpath("data")
    if installed.is_dir():
        return Shelf(installed, "packs")
    return Shelf(Path(__file__).resolve().parents[3] / "packs", "packs")


def load_packs(overlay: Path | None = None, *, shelf: Shelf | None = None) -> dict[str, Pack]:
    """Every pack by name; raises PackError with all mistakes of the first pack that has any."""
    here = shelf or own_shelf()
    check_overlay(overlay, here)
    return {name: load_pack(name, overlay, shelf=shelf) for name in here.names}


def load_pack(name: str, overlay: Path | None = None, *, shelf: Shelf | None = None) -> Pack:
    """The pack called `name`, with the overlay folder's same-named pack laid over it.

    Raises PackError, which names file, line and reason; Malformed for an unknown name.
    """
    is_ours = shelf is None
    shelf = shelf or own_shelf()
    if name not in shelf.names:
        raise Malformed(f"no pack {name!r}; there are {', '.join(shelf.names)}")
    folder = shelf.folder.joinpath(name)
    is_overlaid = overlay is not None and (overlay / name).is_dir()
    if is_ours and not is_overlaid and isinstance(folder, Path):
        with suppress(OSError):  # a file that went while it was looked at; what is missing is told
            return _as_it_is(folder, shelf.label, _stamps(folder))
    return _Loader(name, shelf, overlay).load()


@lru_cache(maxsize=64)
def _as_it_is(folder: Path, label: str, stamps: tuple[tuple[str, int, int], ...]) -> Pack:
    """A pack of ours, read once as long as its files stay as they are: to read all takes 0.2 s."""
    return _Loader(folder.name, Shelf(folder.parent, label), None).load()


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What differs once a file was changed: of each its path, time of change (ns) and bytes. Files
    with a dot before their name are an editor's, and no part of a pack."""
    paths = [path for path in sorted(folder.rglob("*")) if not path.name.startswith(".")]
    stats = [(str(path), path.stat()) for path in paths]
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def check_overlay(overlay: Path | None, shelf: Shelf) -> None:
    """Raises Malformed when the overlay folder is missing or holds a pack that is unknown."""
    if overlay is None:
        return
    if not overlay.is_dir():
        raise Malformed(f"no such folder of overlays: {overlay}")
    names = sorted(entry.name for entry in overlay.iterdir() if entry.is_dir())
    unknown = [name for name in names if NAME.fullmatch(name) and name not in shelf.names]
    if unknown:
        raise Malformed(f"no pack {unknown[0]!r} to overlay", where=f"{overlay}/{unknown[0]}")


class _Loader:
    """Reads the files of one pack; mistakes of all files are told together."""

    def __init__(self, name: str, shelf: Shelf, overlay: Path | None) -> None:
        self.name = name
        self.folder: Folder = shelf.folder.joinpath(name)
        self.label = f"{shelf.label}/{name}"
        self.problems = Problems()
        self.over: Path | None = None
        if overlay is not None and (overlay / name).is_dir():
            self.over = overlay / name
        self.overrides: list[Override] = []

    def load(self) -> Pack:
        self.check_files(self.folder, self.label, optional=_OPTIONAL)
        if self.over is not None:
            self.check_files(self.over, str(self.over), optional=FILES)
            if (self.over / "tables").exists():
                self.problems.add(f"{self.over}/tables:1", "an overlay may not change tables")
        documents = {file: self.open(file) for file in FILES}
        self.problems.raise_if_any()  # what cannot be read would only echo in what follows
        pack = self.read(documents)
        self.problems.raise_if_any()
        return pack

    def check_files(self, folder: Folder, label: str, *, optional: tuple[str, ...]) -> None:
        """Missing files and files that nobody reads are mistakes."""
        here = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
        for file in FILES:
            if file not in here and file not in optional:
                self.problems.add(f"{label}/{file}:1", "the file is missing")
        for file in sorted(here - set(FILES) - {"tables", "README.md", "README.zh-CN.md"}):
            self.problems.add(f"{label}/{file}:1", "no such file in a pack")

    def open(self, file: str) -> Document:
        base = open_document(self.folder, file, label=self.label, problems=self.problems)
        if self.over is None:
            return base
        over = open_document(self.over, file, label=str(self.over), problems=self.problems)
        laid = lay(base, over, file=file)
        self.overrides += laid.overrides
        return laid.document

    def read(self, documents: dict[str, Document]) -> Pack:
        quantities = read_quantities(documents["quantities.toml"])
        about = About(documents, self.name, quantities)
        rules = self.versioned(read_rules(documents["rules.toml"], self.name, quantities))
        keys = {read.rule.key for read in rules}
        promotions = read_promotions(documents["promotions.toml"], self.name, keys)
        heard = keys | {read.promotion.key for read in promotions}
        said = read_warning(documents["warning.toml"], self.name, heard)
        rule_set = RuleSet(
            pack=self.name,
            gates={name: spec.gate for name, spec in quantities.items()},
            rules=tuple(read.rule for read in rules if read.is_enabled),
            promotions=tuple(read.promotion for read in promotions),
        )
        pack = Pack(
            name=self.name,
            version=about.version,
            title=about.title,
            about=about.about,
            icon=about.icon,
            icons=about.icons,
            object_types=about.object_types,
            quantities=quantities,
            rule_set=rule_set,
            notes={read.rule.key: read.note for read in rules if read.is_enabled}
            | {read.promotion.key: read.note for read in promotions},
            rule_tests=(),
            guidance=read_guidance(documents["guidance.toml"], self.name, heard),
            charts=about.charts,
            sheets=read_sheets(self.folder, label=self.label, problems=self.problems),
            events=said.events,
            signing=said.signing,
            calling=said.calling,
            pushing=said.pushing,
            bearings=read_incoming(documents["incoming.toml"], quantities),
            overrides=tuple(self.overrides),
        )
        self.check_sheets(pack, documents["pack.toml"])
        return self.with_tests(pack, documents["tests.toml"], rules=rules, promotions=promotions)

    def versioned(self, rules: list[ReadRule]) -> list[ReadRule]:
        """Overlaid rules get a version of their own, so that evidence tells them apart."""
        label = f"+{self.over.parent.name or 'overlay'}" if self.over is not None else ""
        return [
            replace(read, rule=replace(read.rule, version=read.rule.version + label))
            if read.is_overlaid
            else read
            for read in rules
        ]

    def check_sheets(self, pack: Pack, document: Document) -> None:
        """Attributes that name a table must name one of the pack's."""
        for name, kind in pack.object_types.items():
            for attribute in kind.attributes:
                if attribute.table and attribute.table not in pack.sheets:
                    path = ("object", name, "attribute", attribute.name, "table")
                    self.problems.add(document.where(path), f"no table {attribute.table!r}")

    def with_tests(
        self,
        pack: Pack,
        document: Document,
        *,
        rules: list[ReadRule],
        promotions: list[ReadPromotion],
    ) -> Pack:
        """The pack with its rule tests; overlaid rules are tested by the overlay's own."""
        named = {read.rule.key: read.rule.quantity for read in rules}
        named |= {read.promotion.key: "" for read in promotions}
        tests = read_tests(document, Subjects(self.name, named, pack.quantities))
        overlaid = {read.rule.key for read in rules if read.is_overlaid}
        home = f"{self.label}/"
        kept = tuple(t for t in tests if t.rule not in overlaid or not t.where.startswith(home))
        places = {read.rule.key: read.where for read in rules if not read.is_overlaid}
        places |= {read.promotion.key: read.where for read in promotions}
        if not self.overrides:
            check_complete(kept, places, self.problems.add)
        return replace(pack, rule_tests=kept)


__all__ = ["PackError", "Shelf", "load_pack", "load_packs", "own_shelf"]
