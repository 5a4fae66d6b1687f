"""What far ends that listen are told of: what stands where and what is wrong there, in plain words.

The gateway hands it to protocols that tell; each says it in its own way.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing, an alarm or somebody under way.

    key: stable and unique · kind: object, alarm or member · name, text: for people · lon, lat:
    degrees WGS 84 · at: of what is told, ms UTC · level: 1 (blue) to 4 (red), 0 for none · status:
    Actual, Exercise or Test.
    """

    key: str
    kind: str
    name: str
    lon: float
    lat: float
    at: int
    text: str = ""
    level: int = 0
    status: str = "Actual"


@dataclass(frozen=True, slots=True)
class News:
    """All that one far end may see now; what is no longer in it is over."""

    items: tuple[Item, ...] = field(default=())
