"""Which parts of which standards hold; the tests go through their abstract tests."""

from typing import Final

_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CLASSES: Final = [
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}2/1.0/conf/crs",
    f"{_FEATURES}3/1.0/conf/queryables",
    f"{_FEATURES}3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}3/1.0/conf/filter",
    f"{_FEATURES}3/1.0/conf/features-filter",
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
        )
    ),
]
