"""Whatever the forms of road transport's bodies may hold, for the laws of JT/T 808 and 809."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from anlan.connectors.road.fields import Code, Moment, Number, Raw, Signed, Text
from anlan.connectors.road.items import ITEMS
from anlan.connectors.road.position import Location, Position
from anlan.connectors.road.shapes import Edition, Group, Many, Maybe, Sized

STAMPS = st.integers(946_684_800, 4_102_444_799).map(
    lambda at: f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
)
WORD, LONG = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
POSITIONS = st.fixed_dictionaries(
    {
        "alarm": LONG, "status": LONG, "lat": LONG.map(lambda n: n / 1e6),
        "lon": LONG.map(lambda n: n / 1e6), "altitude_m": WORD,
        "speed_kmh": WORD.map(lambda n: n / 10), "direction": WORD, "time": STAMPS,
    }
)  # fmt: skip


def values(kind: Any, version: int) -> st.SearchStrategy[Any]:
    """Whatever a kind of field may hold."""
    return OF[type(kind)](kind, version)


def numbers(kind: Number, _: int) -> st.SearchStrategy[Any]:
    whole = st.integers(0, 256**kind.size - 1)
    return whole if kind.per == 1 else whole.map(lambda n: n / kind.per)


def codes(kind: Code, _: int) -> st.SearchStrategy[str]:
    return st.integers(0, 256**kind.size - 1).map(lambda n: f"0x{n:0{2 * kind.size}X}")


def raws(kind: Raw, _: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=kind.size or 0, max_size=kind.size or 20).map(bytes.hex)


@st.composite
def groups(draw: st.DrawFn, group: Group, version: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind, when in group.fields:
        if when is None or when(version, found):
            found[name] = draw(values(kind, version))
    return found


@st.composite
def items(draw: st.DrawFn, version: int) -> dict[str, Any]:
    number = draw(st.sampled_from([*sorted(ITEMS), 0xE7]))
    if number not in ITEMS:
        return {"id": f"0x{number:02X}", "raw": draw(st.binary(max_size=9)).hex()}
    return {"id": f"0x{number:02X}", **draw(groups(ITEMS[number], version))}


OF: dict[type, Callable[[Any, int], st.SearchStrategy[Any]]] = {
    Number: numbers, Code: codes, Raw: raws, Group: groups,
    Signed: lambda _, __: st.integers(-0x7FFF, 0x7FFF),
    Moment: lambda _, __: STAMPS,
    Text: lambda kind, _: st.text("粤A车 7é}~", max_size=(kind.size or 20) // 2),
    Edition: lambda kind, version: values(kind.of(version), version),
    Sized: lambda kind, version: values(kind.kind, version),
    Many: lambda kind, version: st.lists(values(kind.kind, version), max_size=3),
    Maybe: lambda kind, version: st.none() | values(kind.kind, version),
    Position: lambda _, __: POSITIONS,
    Location: lambda _, version: st.builds(
        lambda where, beside: {**where, "items": beside},
        POSITIONS, st.lists(items(version), max_size=3),
    ),
}  # fmt: skip


def holds(said: Any, wanted: Any) -> bool:
    """Whether everything wanted is said; a reader may say more."""
    if isinstance(wanted, Mapping):
        return all(name in said and holds(said[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return len(said) == len(wanted) and all(map(holds, said, wanted))
    return bool(said == wanted)
