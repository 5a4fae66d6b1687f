"""Jurisdiction in a query: the one translation of a scope into SQL."""

from django.db.models import Q

from anlan.terms.places import COUNTRY, Scope


def within(scope: Scope, region: str = "region", owner: str = "owner") -> Q:
    """A condition that holds for what lies within a scope; for nothing where it is empty.

    region, owner: the columns; a model without owners passes owner="".
    """
    condition = Q(pk__in=[])
    for grant in scope.grants:
        one = Q() if grant.region == COUNTRY else Q(**{f"{region}__range": grant.span})
        if grant.owner:
            if not owner:
                continue
            one &= Q(**{owner: grant.owner})
        if not one:
            return Q()
        condition |= one
    return condition
