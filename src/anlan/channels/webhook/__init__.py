"""Webhook: one signed JSON POST to one web address."""

from anlan.channels.web.target import REASONS
from anlan.channels.webhook.sending import Webhook
from anlan.channels.webhook.settings import Settings

__all__ = ["REASONS", "Settings", "Webhook"]
