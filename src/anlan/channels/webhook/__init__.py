"""Webhook: one signed JSON POST to one web address."""

from anlan.channels.webhook.sending import Webhook
from anlan.channels.webhook.settings import Settings
from anlan.channels.webhook.target import REASONS

__all__ = ["REASONS", "Settings", "Webhook"]
