"""Packs: hazard domains as data. Reads packs/, checks every reference, hands out typed rules."""

from anlan.packs.model import (
    Attribute,
    Chart,
    Guidance,
    ObjectType,
    Override,
    Pack,
    QuantitySpec,
    RuleTest,
    Source,
    Words,
)
from anlan.packs.shelf import Shelf, load_pack, load_packs, own_shelf
from anlan.packs.source.document import PackError, Problem

__all__ = [
    "Attribute",
    "Chart",
    "Guidance",
    "ObjectType",
    "Override",
    "Pack",
    "PackError",
    "Problem",
    "QuantitySpec",
    "RuleTest",
    "Shelf",
    "Source",
    "Words",
    "load_pack",
    "load_packs",
    "own_shelf",
]
