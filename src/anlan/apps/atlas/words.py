"""The words by which a row of the atlas is found."""

from typing import Any

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
