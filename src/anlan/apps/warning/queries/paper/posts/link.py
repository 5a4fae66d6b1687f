"""Where anybody may read a warning whole, for as long as this site stands."""

from django.conf import settings

from anlan.apps.warning.models import Warning


def public_page(warning: Warning, language: str) -> str:
    """The public's page of a warning's course, zh or en; empty where the site has no address, and
    for what is not meant: of that the public reads nothing."""
    address = settings.PLACE.options.address
    if not address or warning.status != Warning.Status.ACTUAL:
        return ""
    return f"{address}/public/{language}/warning/{warning.key}.html"
