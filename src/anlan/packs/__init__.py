"""Packs: hazard domains as data. Reads packs/, checks every reference, hands out typed rules."""

from anlan.packs.model import (
    Attribute,
    Bearing,
    Calling,
    Chart,
    Event,
    Guidance,
    Lower,
    ObjectType,
    Override,
    Pack,
    Pushing,
    QuantitySpec,
    RuleTest,
    Signing,
    Source,
    Words,
)
from anlan.packs.shelf import Shelf, load_pack, load_packs, own_shelf
from anlan.packs.source.document import PackError, Problem

__all__ = [
    "Attribute",
    "Bearing",
    "Calling",
    "Chart",
    "Event",
    "Guidance",
    "Lower",
    "ObjectType",
    "Override",
    "Pack",
    "PackError",
    "Problem",
    "Pushing",
    "QuantitySpec",
    "RuleTest",
    "Shelf",
    "Signing",
    "Source",
    "Words",
    "load_pack",
    "load_packs",
    "own_shelf",
]
