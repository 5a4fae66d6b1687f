"""Users and their posts 任职: who somebody is, and where they may do what."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.apps.people.models.organisation import Organisation


class Users(BaseUserManager["User"]):
    """Finds users by their key."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(key=username)


class User(AbstractBaseUser):
    """A person who can sign in.

    key: the account name · must_change: the password was set by somebody else · second: the
    secret of the second factor, encrypted, or empty; second_step: the last 30 s step whose code
    was used; recovery: digests of the codes that replace it once each · failures, locked_until:
    tries in a row without success and what follows · subject: the account of the unified
    sign-in 统一身份认证, or empty.
    """

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False)
    second = models.CharField(max_length=256, blank=True)
    second_step = models.PositiveBigIntegerField(default=0)
    recovery = models.JSONField(default=list, blank=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=256, blank=True, db_index=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "key"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = Users()

    class Meta:
        ordering = ("key",)
        constraints = (
            models.UniqueConstraint(
                fields=("subject",), condition=~models.Q(subject=""), name="people_one_subject"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role somebody holds in an organisation, over a region, for a time.

    own_only: over what the organisation itself owns there, as an enterprise or a team has it ·
    until: open when empty.
    """

    class Role(models.TextChoices):
        DUTY = "duty", _("duty officer")
        CHIEF = "chief", _("duty chief")
        MANAGER = "manager", _("jurisdiction administrator")
        DEPARTMENT = "department", _("department officer")
        ENTERPRISE = "enterprise", _("enterprise safety manager")
        TEAM = "team", _("team leader")
        OFFICER = "officer", _("public officer")
        ADMINISTRATOR = "administrator", _("system administrator")

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=16, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    region = models.CharField(max_length=12, db_index=True)
    own_only = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("user", "region", "role")

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.region}"
