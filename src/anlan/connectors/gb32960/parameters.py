"""Parameters of a terminal, and what it is told to do: annex B, which is informative."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.gb32960.body import Body
from anlan.connectors.gb32960.tables import CONTROL, READ, SET
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown


class Parameter(NamedTuple):
    """size: bytes of a number · is_text: five signs · domain: a text after its own length."""

    id: int
    size: int = 0
    is_text: bool = False
    domain: bool = False


PARAMETERS = {
    "storage_period_ms": Parameter(1, 2),
    "report_period_s": Parameter(2, 2),
    "alarm_period_ms": Parameter(3, 2),
    "platform": Parameter(4, domain=True),
    "platform_port": Parameter(6, 2),
    "hardware": Parameter(7, 5, is_text=True),
    "firmware": Parameter(8, 5, is_text=True),
    "beat_period_s": Parameter(9, 1),
    "terminal_timeout_s": Parameter(10, 2),
    "platform_timeout_s": Parameter(11, 2),
    "login_pause_min": Parameter(12, 1),
    "public_platform": Parameter(13, domain=True),
    "public_port": Parameter(15, 2),
    "sampling": Parameter(16, 1),
}
_NAMES = {parameter.id: name for name, parameter in PARAMETERS.items()}
_CONTROLS = {
    "power_off": 2,
    "restart": 3,
    "factory_reset": 4,
    "disconnect": 5,
    "sampling_on": 7,
}
NAMES = ("read_parameters", "set_parameters", *_CONTROLS)


def command_for(name: str, words: Mapping[str, Any], time: bytes) -> tuple[int, bytes]:
    """The command and data of a question. Words of `read_parameters`: names, a list, all without;
    of `set_parameters` each parameter and its value.

    Raises Malformed for what there is not, or a value that does not fit.
    """
    if name == "read_parameters":
        return READ, time + _asked(words.get("names", list(PARAMETERS)))
    if name == "set_parameters":
        values = {word: value for word, value in words.items() if word != "device"}
        return SET, time + bytes([count_of(values)]) + write_parameters(values)
    if name in _CONTROLS:
        return CONTROL, time + bytes([_CONTROLS[name]])
    raise Malformed(f"there is no question {name!r} (there are {', '.join(NAMES)})")


def _asked(names: Any) -> bytes:
    if not isinstance(names, list) or not names:
        raise Malformed(f"names must be a list of parameters: {shown(names)}")
    ids: list[int] = []
    for name in names:
        parameter = _known(name)
        ids += [parameter.id, parameter.id + 1] if parameter.domain else [parameter.id]
    return bytes([len(ids), *ids])


def _known(name: Any) -> Parameter:
    if not isinstance(name, str) or name not in PARAMETERS:
        raise Malformed(f"there is no parameter {shown(name)} (there are {', '.join(PARAMETERS)})")
    return PARAMETERS[name]


def count_of(values: Mapping[str, Any]) -> int:
    """How many parameters the standard counts: a domain is two."""
    if not values:
        raise Malformed("no parameter is named")
    return sum(2 if _known(name).domain else 1 for name in values)


def write_parameters(values: Mapping[str, Any]) -> bytes:
    return b"".join(_written(name, value) for name, value in values.items())


def _written(name: str, value: Any) -> bytes:
    parameter, head = _known(name), bytes([_known(name).id])
    if parameter.domain or parameter.is_text:
        text = str(value) if isinstance(value, str | int) else ""  # digits alone come as a number
        raw = text.encode("ascii", "replace")
        if not 0 < len(raw) <= (parameter.size or 255):
            raise Malformed(f"{name} is no text that fits: {shown(value)}")
        if parameter.is_text:
            return head + raw.ljust(parameter.size, b"\0")
        return head + bytes([len(raw), parameter.id + 1]) + raw
    if not isinstance(value, int) or not 0 <= value < 256**parameter.size:
        raise Malformed(f"{name} is no whole number that fits: {shown(value)}")
    return head + value.to_bytes(parameter.size, "big")


def read_parameters(body: Body) -> dict[str, Any]:
    """What a terminal tells, or is told; from one that is not known on all raw."""
    told: dict[str, Any] = {"count": body.byte()}
    parameters: dict[str, Any] = {}
    while body:
        number = body.byte()
        name = _NAMES.get(number)
        if name is None:
            return told | {"parameters": parameters, "raw": f"{number:02x}{body.rest().hex()}"}
        parameters[name] = _value(PARAMETERS[name], body)
    return told | {"parameters": parameters}


def _value(parameter: Parameter, body: Body) -> Any:
    if parameter.domain:
        size = body.byte()
        body.take(1)  # the number of the domain itself
        return body.take(size).decode("ascii", "replace")
    raw = body.take(parameter.size)
    if parameter.is_text:
        return raw.strip(b"\0 ").decode("ascii", "replace")
    return int.from_bytes(raw, "big")


def read_ids(body: Body) -> dict[str, Any]:
    """Which parameters are asked for, by number."""
    count = body.byte()
    return {"count": count, "ids": list(body.take(count))}


def read_control(body: Body) -> dict[str, Any]:
    return {"control": body.byte()}
