"""E-mail by SMTP: one mail to one mailbox, handed to the mail server of the site."""

from anlan.channels.email.mailbox import REASONS
from anlan.channels.email.sending import Email
from anlan.channels.email.settings import Security, Settings

__all__ = ["REASONS", "Email", "Security", "Settings"]
