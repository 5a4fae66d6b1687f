"""Keeping an area under a name."""

from typing import Any

from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import SavedArea
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed, Refused


def keep_area(asker: Asker, *, region: str, name: str, shape: Any) -> SavedArea:
    """Keeps it for a jurisdiction; what was called so there is replaced. Refused elsewhere."""
    called = " ".join(name.replace("\0", "").split())[:64]
    if not called or shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Malformed(_("Draw an area and give it a name."))
    if not asker.may(WRITE, region):
        raise Refused(_("This is not in your jurisdiction."))
    with deed(asker, WRITE, f"area:{called}", region=region):
        row, _made = SavedArea.objects.update_or_create(
            region=region, name=called,
            defaults={"shape": shape, "writer": asker.key, "kept_at": asker.now},
        )  # fmt: skip
    return row
