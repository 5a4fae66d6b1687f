"""Names made of what came: `{2}` a level of the topic, `{2()}` the key in its brackets, `{key}` a
name in the message, and so on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anlan.connectors.mapping.cells import plain_text
from anlan.connectors.mapping.trails import Spot, Trail, trail
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown

_PLACE = re.compile(r"\{([^{}]*)\}")
_LEVEL = re.compile(r"([1-9][0-9]?)(\(\))?")
_BRACKETS = re.compile(r"[^()]*\((?:'((?:[^']|'')*)'|([^'()]+))\)")
_LONGEST = 128


class Bracketed(int):
    """A level of which the key in brackets is meant: `weir` of `Datastreams('weir')`."""


@dataclass(frozen=True, slots=True)
class Template:
    """text: as it was written · parts: texts that stand, levels as numbers, names, and trails."""

    text: str
    parts: tuple[str | int | tuple[str] | Trail, ...]

    @property
    def levels(self) -> list[int]:
        """The levels that it takes."""
        return [one for one in self.parts if isinstance(one, int)]

    @property
    def is_steady(self) -> bool:
        """Whether nothing but the device and the quantity changes it."""
        names = (("device",), ("quantity",))
        return all(isinstance(one, str) or one in names for one in self.parts)

    def has(self, name: str) -> bool:
        """Whether it takes a name."""
        return (name,) in self.parts

    def fill(self, levels: Sequence[str], names: Mapping[str, str], spot: Spot) -> str:
        """The text; Malformed where something that it takes is missing or is no short text."""
        return "".join([_filled(one, levels, names, spot) for one in self.parts])


def template(text: str, names: Sequence[str], *, has_trails: bool = False) -> Template:
    """The template in a text. names: those that it may take · has_trails: also places in a row.

    Malformed says what is wrong in it.
    """
    pieces = _PLACE.split(text)
    if any(re.search(r"[{}]", one) for one in pieces[::2]):
        raise Malformed("a brace stands alone")
    parts: list[str | int | tuple[str] | Trail] = []
    for n, one in enumerate(pieces):
        if n % 2 == 0:
            parts += [one] if one else []
        elif level := _LEVEL.fullmatch(one):
            parts.append(Bracketed(level[1]) if level[2] else int(level[1]))
        elif one in names:
            parts.append((one,))
        elif has_trails:
            parts.append(trail(one))
        else:
            known = ", ".join(f"{{{name}}}" for name in names)
            raise Malformed(f"{{{one}}} is neither {known} nor a level of the topic, {{1}} …")
    return Template(text, tuple(parts))


def _key_in(level: str) -> str:
    """What stands in the brackets of a level, a quote in it doubled."""
    match = _BRACKETS.fullmatch(level)
    if match is None:
        raise Malformed(f"no key stands in brackets: {shown(level)}")
    return match[2] or (match[1] or "").replace("''", "'")


def _filled(
    part: str | int | tuple[str] | Trail, levels: Sequence[str], names: Mapping[str, str],
    spot: Spot,
) -> str:  # fmt: skip
    if isinstance(part, str):
        return part
    if isinstance(part, int):
        if part > len(levels):
            raise Malformed(f"there is no level {part} in {'/'.join(levels)[:200]}")
        found = levels[part - 1]
        if isinstance(part, Bracketed):
            found = _key_in(found)
    elif isinstance(part, tuple):
        found = names[part[0]]
    else:
        cell = part.find(spot)
        found = plain_text(cell)
        if not found:
            raise Malformed(f"no name stands where one is wanted: {shown(cell)}")
    if len(found) > _LONGEST:
        raise Malformed(f"a name is longer than {_LONGEST}: {shown(found)}")
    return found
