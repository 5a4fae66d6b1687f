"""Risks that were pushed to somebody, who was told, and all that was done about them."""

from anlan.apps.warning.models.risk.push import RiskPush
from anlan.apps.warning.models.risk.risk import Risk
from anlan.apps.warning.models.risk.trail import RiskPicture, RiskStep

__all__ = ["Risk", "RiskPicture", "RiskPush", "RiskStep"]
