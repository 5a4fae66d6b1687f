"""What may be written, and by whom."""

import secrets
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from anlan.desk.asker import Asker
from anlan.desk.sheet.declare import MORE, Sheet, Values, more_name
from anlan.terms.places import COUNTRY
from anlan.terms.sensors import is_key


def cannot_use() -> str:
    """What is said of a key, whatever the reason: it must not tell what others have."""
    return _("This key cannot be used.")


def new_key(prefix: str) -> str:
    """A key for a row that was given none."""
    return f"{prefix}-{secrets.token_hex(5)}"


def key_prefix(asker: Asker, act: str, region: str, owner: str = "") -> str:
    """What a new key must begin with, so that it meets no key of another jurisdiction."""
    grants = [g for g in asker.scope_for(act).grants if g.covers(region, owner)]
    widest = min((0 if g.region == COUNTRY else len(g.region) for g in grants), default=12)
    return region[: max(widest, min(6, len(region)))]


def taken(sheet: Sheet, keys: Collection[str]) -> set[str]:
    """Which of the keys stand already, whoever they belong to."""
    found: set[str] = set()
    listed = list(keys)
    for start in range(0, len(listed), 500):
        part = listed[start : start + 500]
        rows = sheet.model.objects.filter(key__in=part)
        if sheet.dated:
            rows = rows.filter(until=None)
        found.update(rows.values_list("key", flat=True))
    return found


def key_is_wrong(asker: Asker, sheet: Sheet, values: Values, standing: set[str]) -> bool:
    """Whether a new row's key may not be used; every reason looks the same."""
    key, region = str(values.get("key") or ""), str(values.get("region") or "")
    if sheet.is_plain_key:
        return key in standing
    prefix = key_prefix(asker, sheet.change, region, str(values.get("owner") or ""))
    return not is_key(key) or not key.startswith(prefix) or key in standing or "/" in key


def folded(sheet: Sheet, values: Values) -> Values:
    """Values as the row's columns: further fields in their mapping, kinds taken apart."""
    own = {name: value for name, value in values.items() if not name.startswith(MORE)}
    if sheet.more is not None:
        held = dict(own.get(sheet.more_in) or {})
        for field in sheet.more(values):
            value = values.get(field.name)
            held.pop(more_name(field), None)
            if value not in (None, ""):
                held[more_name(field)] = str(value) if hasattr(value, "isoformat") else value
        own[sheet.more_in] = held
    return sheet.settle(own) if sheet.settle else own


def reasons(asker: Asker, sheet: Sheet, values: Values, *, check: Any = None) -> dict[str, str]:
    """What is wrong with values that are right each by itself, by field."""
    wrong = dict(check(values)) if check else {}
    region, owner = str(values.get("region") or ""), str(values.get("owner") or "")
    if not wrong and not asker.may(sheet.change, region, owner):
        return {"region": _("This is not in your jurisdiction.")}
    return wrong
