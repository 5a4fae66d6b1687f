"""Query options: of the address, and nested in `$expand`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from anlan.site.api.things.ask.parse import expression, ordering
from anlan.site.api.things.ask.tree import Node
from anlan.terms.errors import Malformed

MOST: Final = 1000
"""Entities of an answer, at each level."""
USUAL: Final = 100
_NESTED: Final = 5
_MOST_SKIPPED: Final = 100_000
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a collection; after: where the page before it ended · text: as it came."""

    filter: Node | None = None
    order: tuple[tuple[Node, bool], ...] = ()
    select: tuple[str, ...] = ()
    expand: tuple["Expand", ...] = ()
    top: int = USUAL
    skip: int = 0
    count: bool = False
    form: str = ""
    after: str = ""
    text: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Expand:
    """A link to follow, with options for what it leads to."""

    name: str
    options: Options = Options()


def options(pairs: Iterable[tuple[str, str]], depth: int = 0) -> Options:
    """Options by name. Raises Malformed, naming the option that is wrong."""
    text = tuple(pairs)
    found, seen = Options(text=text), set[str]()
    for name, value in text:
        if name in seen:
            raise Malformed(f"{name} is given twice.", where=name)
        seen.add(name)
        try:
            found = _with(found, (name, value), depth)
        except Malformed as error:
            raise Malformed(error.message, where=error.where or name) from error
    return found


def _with(held: Options, pair: tuple[str, str], depth: int) -> Options:
    name, text = pair
    if name == "$filter":
        return replace(held, filter=expression(text))
    if name == "$orderby":
        return replace(held, order=ordering(text))
    if name == "$select":
        return replace(held, select=tuple(_names(text)))
    if name == "$expand":
        return replace(held, expand=_expands(text, depth + 1))
    if name == "$top":
        return replace(held, top=min(_count(text), MOST))
    if name == "$skip":
        return replace(held, skip=_count(text))
    if name == "$count":
        return replace(held, count=_flag(text))
    if name == "$resultFormat" and not depth:
        return replace(held, form=_form(text))
    if name == "$skiptoken" and not depth:
        return replace(held, after=text)
    raise Malformed(f"There is no option {name[:40]} here.")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("This is a whole number, not less than 0.")
    if int(text) > _MOST_SKIPPED:
        raise Malformed(f"At most {_MOST_SKIPPED}: follow @iot.nextLink, or narrow $filter.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in _FLAGS:
        raise Malformed("This is true or false.")
    return _FLAGS[text]


def _form(text: str) -> str:
    if text != "dataArray":
        raise Malformed("Only dataArray is known.")
    return text


def _names(text: str) -> list[str]:
    names = [one.strip() for one in text.split(",")]
    if not all(names) or len(names) > 50:
        raise Malformed("Names of properties, with commas between them.")
    return names


def _expands(text: str, depth: int) -> tuple[Expand, ...]:
    """Links with their options; those of one name are one."""
    if depth > _NESTED:
        raise Malformed(f"$expand goes at most {_NESTED} levels deep.", where="$expand")
    found: dict[str, Options] = {}
    for one in _parts(text, ","):
        expand = _expand(one.strip(), depth)
        held = found.get(expand.name)
        inner = expand.options
        both = inner if held is None else replace(held, expand=held.expand + inner.expand)
        found[expand.name] = both
    if len(found) > 20:
        raise Malformed("$expand follows at most 20 links.", where="$expand")
    return tuple(Expand(name, inner) for name, inner in found.items())


def _expand(text: str, depth: int) -> Expand:
    head, bracket, tail = text.partition("(")
    if bracket and not tail.endswith(")"):
        raise Malformed(f"{text[:60]!r} does not end with its bracket.", where="$expand")
    pairs = [_pair(one) for one in _parts(tail[:-1], ";")] if tail[:-1] else []
    first, slash, rest = head.strip().partition("/")
    if not first.isidentifier():
        raise Malformed(f"{text[:60]!r} is no link.", where="$expand")
    if slash:
        return Expand(first, Options(expand=_expands(rest + text[len(head) :], depth + 1)))
    return Expand(first, options(pairs, depth))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.strip().partition("=")
    if not equals:
        raise Malformed(f"{text[:60]!r} is no option.", where="$expand")
    return name.strip(), value


def _parts(text: str, sign: str) -> Iterator[str]:
    """A text cut at a sign that lies in no bracket and no quotes."""
    depth, is_quoted, start = 0, False, 0
    for at, one in enumerate(text):
        if one == "'":
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif one in "()":
            depth += 1 if one == "(" else -1
        elif one == sign and not depth:
            yield text[start:at]
            start = at + 1
        if depth < 0:
            break
    if depth or is_quoted:
        raise Malformed("A bracket or a quote is not closed.", where="$expand")
    yield text[start:]
