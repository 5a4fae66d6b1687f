"""Reads vector tiles, for the tests: written from the specification, beside the writer."""

import struct
from typing import Any, NamedTuple


class Feature(NamedTuple):
    """A decoded feature: its kind (1 point, 2 line, 3 polygon), paths and properties."""

    kind: int
    paths: list[list[tuple[int, int]]]
    properties: dict[str, Any]


def decode(tile: bytes) -> dict[str, list[Feature]]:
    """The features of a tile by layer."""
    return {layer[0]: layer[1] for field, body in _fields(tile) if field == 3
            for layer in [_layer(body)]}  # fmt: skip


def _layer(body: Any) -> tuple[str, list[Feature]]:
    name, keys, values, features, version = "", [], [], [], 0
    for field, part in _fields(body):
        if field == 1:
            name = bytes(part).decode()
        elif field == 2:
            features.append(part)
        elif field == 3:
            keys.append(bytes(part).decode())
        elif field == 4:
            values.append(_value(part))
        elif field == 15:
            version = part
    assert version == 2
    return name, [_feature(one, keys, values) for one in features]


def _feature(body: Any, keys: list[str], values: list[Any]) -> Feature:
    found = dict(_fields(body))
    tags = _numbers(found.get(2, b""))
    known = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(found[3], _paths(_numbers(found[4])), known)


def _value(body: Any) -> Any:
    field, value = next(iter(_fields(body)))
    if field == 1:
        return bytes(value).decode()
    if field == 3:
        return struct.unpack("<d", value)[0]
    return bool(value) if field == 7 else (value >> 1) ^ -(value & 1)


def _paths(numbers: list[int]) -> list[list[tuple[int, int]]]:
    paths: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            paths[-1].append(paths[-1][0])
            continue
        for _ in range(count):
            x += (numbers[at] >> 1) ^ -(numbers[at] & 1)
            y += (numbers[at + 1] >> 1) ^ -(numbers[at + 1] & 1)
            at += 2
            if command == 1:
                paths.append([])
            paths[-1].append((x, y))
    return paths


def _numbers(body: Any) -> list[int]:
    found, at = [], 0
    while at < len(body):
        value, at = _varint(body, at)
        found.append(value)
    return found


def _fields(body: Any) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        if tag & 7 == 0:
            value, at = _varint(body, at)
            found.append((tag >> 3, value))
            continue
        size, at = (8, at) if tag & 7 == 1 else _varint(body, at)
        found.append((tag >> 3, body[at : at + size]))
        at += size
    return found


def _varint(body: Any, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (body[at] & 0x7F) << shift
        shift += 7
        at += 1
        if body[at - 1] < 0x80:
            return value, at
