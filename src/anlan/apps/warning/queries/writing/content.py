"""What a message will say, as plain values: for its digest, its edits, and to go on from."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from anlan.apps.warning.models import CONTENT, Warning

_TIMES = ("onset", "effective", "expires")


def content_of(warning: Warning) -> dict[str, Any]:
    """Field to value, as JSON holds it: times in UTC, the shape as GeoJSON."""
    return {name: plain_value(getattr(warning, name)) for name in CONTENT}


def put_content(warning: Warning, content: Mapping[str, Any]) -> None:
    """Puts such values back into a warning; fields that are not named stay."""
    for name, value in content.items():
        if name in _TIMES and isinstance(value, str):
            setattr(warning, name, datetime.fromisoformat(value))
        elif name == "shape" and isinstance(value, str):
            warning.shape = shapely.from_geojson(value) if value else None
        else:
            setattr(warning, name, value)


def plain_value(value: Any) -> Any:
    """A value of a field as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, BaseGeometry):
        return shapely.to_geojson(value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def digest_of(warning: Warning, order: int) -> str:
    """What a signature is for: SHA-256 over everything that the message will say, in hex."""
    said = {
        "key": warning.key, "order": order, "kind": str(warning.kind), "status": warning.status,
        "owner": warning.owner, "content": content_of(warning),
    }  # fmt: skip
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def order_of(warning: Warning) -> int:
    """The order of the message that is in the making, or would be next."""
    return warning.messages.count() + 1
