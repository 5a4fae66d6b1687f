"""Who there is: organisations, users and their posts, duty, notices, and the audit chain."""

from anlan.apps.people.models.audit import AuditHead, AuditLine
from anlan.apps.people.models.duty import Duty, Responsibility
from anlan.apps.people.models.key import ApiKey
from anlan.apps.people.models.notice import Notice
from anlan.apps.people.models.organisation import Organisation
from anlan.apps.people.models.reply import Reply
from anlan.apps.people.models.session import Session
from anlan.apps.people.models.user import Post, User
from anlan.apps.people.models.word import Word

__all__ = [
    "ApiKey",
    "AuditHead",
    "AuditLine",
    "Duty",
    "Notice",
    "Organisation",
    "Post",
    "Reply",
    "Responsibility",
    "Session",
    "User",
    "Word",
]
