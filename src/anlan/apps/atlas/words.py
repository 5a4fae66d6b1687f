"""The words by which a row of the atlas is found, and those for faults of devices."""

from typing import Any

from django.utils.translation import gettext_lazy

from anlan.desk.search import facet, words_of
from anlan.terms.places import is_region, parents_of

_TEXTS = ("name", "name_en", "key", "credit_code", "industry", "address", "object_key", "quantity",
          "sensor_key", "source")  # fmt: skip
FACETS = ("owner", "industry", "kind", "pack", "quantity")
"""Fields whose exact value goes with a search."""


def words_for(row: Any) -> str:
    """The words of a row: names, codes, address, its places, and the values of its facets."""
    texts = [str(getattr(row, name, "") or "") for name in _TEXTS]
    places = (row.region, *parents_of(row.region)) if is_region(row.region) else ()
    values = {name: getattr(row, name, "") for name in FACETS}
    return words_of(
        *texts, places=places, facets=[facet(name, text) for name, text in values.items() if text]
    )


FAULTS = {
    "frame_refused": gettext_lazy("frames that cannot be read"),
    "frame_partly_read": gettext_lazy("frames with parts that are no readings"),
    "read_failed": gettext_lazy("reads that failed"),
    "status_bad": gettext_lazy("values that their source does not vouch for"),
    "signature_wrong": gettext_lazy("calls with a wrong token or signature"),
    "unreadable": gettext_lazy("rows and values that cannot be read"),
    "unknown_sensor": gettext_lazy("values of sensors that are not registered"),
    "conflict": gettext_lazy("values that differ from those that are stored"),
    "device_says": gettext_lazy("words of devices"),
    "way_broken": gettext_lazy("begun anew: our reader failed, see the log"),
    "foreign_device": gettext_lazy("devices that are not allowed"),
    "foreign_address": gettext_lazy("addresses that are not allowed"),
    "clock_unset": gettext_lazy("clock of the device never set"),
    "clock_ahead": gettext_lazy("clock of the device ahead"),
    "clock_8h_ahead": gettext_lazy("clock of the device 8 h ahead"),
    "clock_8h_behind": gettext_lazy("clock of the device 8 h behind"),
    "garbage": gettext_lazy("cut: nothing but garbage"),
    "silent": gettext_lazy("cut: no whole frame in time"),
    "does_not_read": gettext_lazy("cut: does not read its answers"),
    "too_many_connections": gettext_lazy("turned away: all connections are taken"),
    "too_many_of_address": gettext_lazy("turned away: too many of one address"),
    "datagram_lost": gettext_lazy("datagrams lost: more than can be taken"),
    "unreachable": gettext_lazy("called, but cannot be reached"),
    "out_of_step": gettext_lazy("cut: does not keep to its protocol"),
    "reader_broken": gettext_lazy("cut: our reader failed, see the log"),
}
"""What people call the faults of devices."""


def fault_word(code: str) -> str:
    """What people call a fault of a device; its code where it has no name."""
    return str(FAULTS.get(code, code))
