"""Reads for the public: what was sent to it, places, shelters; the same for everybody."""

from anlan.apps.portal.queries.places import (
    Place,
    Shelter,
    borders,
    place_in,
    places_named,
    shelters_near,
    thing_at,
)
from anlan.apps.portal.queries.sent import (
    PUBLIC,
    Course,
    Reader,
    Sent,
    body_of,
    cursor,
    in_force,
)

__all__ = [
    "PUBLIC",
    "Course",
    "Place",
    "Reader",
    "Sent",
    "Shelter",
    "body_of",
    "borders",
    "cursor",
    "in_force",
    "place_in",
    "places_named",
    "shelters_near",
    "thing_at",
]
