"""What telephones and their exchange do, and what they do wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All of them may change while the exchange runs; numbers are named by how they begin.

    busy, declining, unknown: say so · silent: ring and never answer · hanging: pick up, and from
    then on neither speak nor answer · down: the exchange says nothing at all · slow_s: how long it
    rings · press: keys that are pressed after somebody picked up, press_after_s later, each
    `press_s` long · twice: the keys once more · doubled: every packet of a key twice · endless:
    the end of a key is lost · by_info: keys by SIP INFO · stays_s: hangs up after so long.
    """

    busy: tuple[str, ...] = ()
    declining: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    hanging: tuple[str, ...] = ()
    down: bool = False
    slow_s: float = 0.0
    press: str = ""
    press_after_s: float = 0.5
    press_s: float = 0.1
    twice: bool = False
    doubled: bool = False
    endless: bool = False
    by_info: bool = False
    stays_s: float = 120.0


def begins(number: str, heads: tuple[str, ...]) -> bool:
    """Whether a number is one of those."""
    return bool(heads) and number.startswith(heads)
