"""The fields of a text of MANSCDP: its tree, what its codes mean, and what is counted in it."""

from collections.abc import Mapping
from typing import Any

from anlan.connectors.gb28181.manscdp.ptz import read_ptz, worded
from anlan.connectors.gb28181.manscdp.tables import (
    COMMANDS,
    PRIORITIES,
    PTZ_TYPES,
    alarm_words,
    kind_of,
)
from anlan.connectors.gb28181.manscdp.xml import Document, listed, text_at

_LISTS = ("DeviceList", "RecordList", "AlarmList", "PresetList", "CruiseTrackList")
_ALARM = ("AlarmPriority", "AlarmMethod", "AlarmTime", "AlarmType")


def command_of(document: Document) -> str:
    """Its CmdType; of an alarm also where it is not said, as some platforms leave it out."""
    said = text_at(document.tree, "CmdType")
    is_alarm = document.root == "Notify" and "AlarmMethod" in document.tree
    return said or ("Alarm" if is_alarm else "")


def fields_of(document: Document) -> dict[str, Any]:
    """What it says. Malformed where a command to turn a camera is wrong."""
    tree = document.tree
    told: dict[str, Any] = {"root": document.root, "charset": document.charset}
    told |= {name: text_at(tree, name) for name in ("CmdType", "SN", "DeviceID")}
    command = command_of(document)
    if document.root == "Notify" and command == "Alarm":
        told |= dict.fromkeys(_ALARM) | {"AlarmType": alarm_type(tree)}
    told |= {name: value for name, value in tree.items() if told.get(name) is None}
    rows = items(tree)
    if rows is not None:
        told["items"] = len(rows)
    if command == "Keepalive":
        told["faulty"] = faulty(tree)
    if ptz := text_at(tree, "PTZCmd"):
        told["ptz"] = worded(read_ptz(ptz))
    if words := _words(command, tree, rows or []):
        told["words"] = words
    return told


def alarm_type(tree: Mapping[str, Any]) -> str | None:
    """Of a notice beside the rest, or in Info, where 2016 has it."""
    info = tree.get("Info")
    inside = text_at(info, "AlarmType") if isinstance(info, dict) else None
    return text_at(tree, "AlarmType") or inside


def items(tree: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of its list; None where it has no list."""
    for name in _LISTS:
        if name in tree:
            inside = tree[name]
            rows = listed(inside.get("Item")) if isinstance(inside, dict) else []
            return [one for one in rows if isinstance(one, dict)]
    return None


def faulty(tree: Mapping[str, Any]) -> list[str]:
    """The devices that a sign of life calls faulty."""
    found: list[str] = []
    for info in listed(tree.get("Info")):
        ids = listed(info.get("DeviceID")) if isinstance(info, dict) else []
        found += [one for one in ids if isinstance(one, str)]
    return found


def _words(command: str, tree: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if command in COMMANDS:
        told["CmdType"] = COMMANDS[command]
    if kind := kind_of(text_at(tree, "DeviceID") or ""):
        told["DeviceID"] = kind
    if command == "Alarm":
        told |= alarm_words(text_at(tree, "AlarmMethod"), alarm_type(tree))
        if priority := PRIORITIES.get(text_at(tree, "AlarmPriority") or ""):
            told["AlarmPriority"] = priority
    kinds = {key: kind for one in rows if (kind := kind_of(key := text_at(one, "DeviceID") or ""))}
    if kinds and command == "Catalog":
        told["items"] = kinds
        ptz = {text_at(one, "PTZType") or "" for one in rows}
        told |= (
            {"PTZType": {n: PTZ_TYPES[n] for n in sorted(ptz & PTZ_TYPES.keys())}}
            if (ptz & PTZ_TYPES.keys())
            else {}
        )
    return told
