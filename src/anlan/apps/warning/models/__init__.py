"""Warnings, who asks and signs, what was sent, and all that was done about them."""

from anlan.apps.warning.models.message import Message
from anlan.apps.warning.models.signature import Signature
from anlan.apps.warning.models.trail import Edit, Step
from anlan.apps.warning.models.warning import CONTENT, TEXTS, Warning

__all__ = ["CONTENT", "TEXTS", "Edit", "Message", "Signature", "Step", "Warning"]
