"""What stands where: regions, enterprises, facilities, observed objects, targets, sensors."""

from anlan.apps.atlas.models.dated import Dated
from anlan.apps.atlas.models.enterprise import Enterprise
from anlan.apps.atlas.models.facility import Facility
from anlan.apps.atlas.models.feature import BaseFeature, PopulationCell
from anlan.apps.atlas.models.limit_change import LimitChange, LimitFile, Proposal, TurnedAway
from anlan.apps.atlas.models.lowering import Lowering
from anlan.apps.atlas.models.observed import Document, ObservedObject
from anlan.apps.atlas.models.region import Region
from anlan.apps.atlas.models.sensor import Limit, ProjectionCursor, Sensor
from anlan.apps.atlas.models.target import Target

__all__ = [
    "BaseFeature",
    "Dated",
    "Document",
    "Enterprise",
    "Facility",
    "Limit",
    "LimitChange",
    "LimitFile",
    "Lowering",
    "ObservedObject",
    "PopulationCell",
    "ProjectionCursor",
    "Proposal",
    "Region",
    "Sensor",
    "Target",
    "TurnedAway",
]
