"""Who may sign in, with what, and how much they may use."""

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

CANDIDATE, REVIEWER, ADMIN = ROLES = ("candidate", "reviewer", "admin")
"""The groups that every site has; any further group is a team of candidates and reviewers."""

TICKET_LIFETIME = timedelta(seconds=60)


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that hold 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Plan(models.Model):
    """What an account may use."""

    STANDARD = "standard"

    name = models.CharField(_("name"), max_length=60, unique=True)
    minutes_per_month = models.PositiveIntegerField(_("minutes per month"), default=600)
    longest_interview_minutes = models.PositiveSmallIntegerField(
        _("longest interview in minutes"), default=60
    )
    concurrent_interviews = models.PositiveSmallIntegerField(_("concurrent interviews"), default=3)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.create_user(email, password, **fields, is_staff=True, is_superuser=True)
        user.join(ADMIN)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by email."""

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, blank=True, default=""
    )
    plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("plan"),
        help_text=_("Empty: the standard plan."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the admin site"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(
                condition=models.Q(language__in=["", *dict(settings.LANGUAGES)]),
                name="user_language_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def join(self, role: str) -> None:
        """Add the user to a group, one of ``ROLES`` or a team's."""
        self.groups.add(Group.objects.get_or_create(name=role)[0])
        for right in ("is_admin", "is_reviewer"):
            self.__dict__.pop(right, None)

    def has_role(self, role: str) -> bool:
        """Whether the user is in the group of that name."""
        return self.groups.filter(name=role).exists()

    @cached_property
    def is_admin(self) -> bool:
        return self.is_superuser or self.has_role(ADMIN)

    @cached_property
    def is_reviewer(self) -> bool:
        """Whether the user judges interviews of others."""
        return self.is_admin or self.has_role(REVIEWER)

    @property
    def current_plan(self) -> Plan:
        return self.plan or Plan.objects.get_or_create(name=Plan.STANDARD)[0]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> "ApiTokenQuerySet":
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            user__is_active=True,
        )

    def issue(
        self, user: User, name: str = "", expires_at: "datetime | None" = None
    ) -> "tuple[ApiToken, str]":
        """Make a token; its plain text is returned here and never again."""
        plain = secrets.token_urlsafe(32)
        token = self.create(
            user=user, name=name, prefix=plain[:8], digest=digest(plain), expires_at=expires_at
        )
        return token, plain

    def authenticate(self, plain: str) -> "ApiToken | None":
        token = self.valid().select_related("user").filter(digest=digest(plain)).first()
        if token:
            token.touch()
        return token


class ApiToken(models.Model):
    """A key for programs: ``Authorization: Bearer <token>``. Only its hash is kept."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    prefix = models.CharField(_("begins with"), max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}".strip()

    def touch(self) -> None:
        """Note the use, at most once a minute: reading the API should not be a write each time."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > timedelta(minutes=1):
            self.last_used_at = now
            self.save(update_fields=["last_used_at"])

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])


class Ticket(models.Model):
    """Opens the WebSocket of one interview, once, for clients without cookie and header."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="tickets", verbose_name=_("user")
    )
    interview = models.UUIDField(_("interview"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")

    def __str__(self) -> str:
        return f"{self.user} → {self.interview}"

    @classmethod
    def issue(cls, user: User, interview: UUID) -> "tuple[str, datetime]":
        """A new ticket's plain text and expiry; the user's expired ones are swept away."""
        now = timezone.now()
        cls.objects.filter(user=user, expires_at__lt=now).delete()
        plain = secrets.token_urlsafe(32)
        ticket = cls.objects.create(
            digest=digest(plain), user=user, interview=interview, expires_at=now + TICKET_LIFETIME
        )
        return plain, ticket.expires_at

    @classmethod
    def redeem(cls, plain: str, interview: UUID) -> User | None:
        """The ticket's user, or None if it is unknown, used, expired or for another interview."""
        now = timezone.now()
        tickets = cls.objects.filter(digest=digest(plain), interview=interview)
        # One conditional UPDATE: of two clients with the same ticket, one changes the row.
        if not tickets.filter(used_at=None, expires_at__gt=now).update(used_at=now):
            return None
        ticket = tickets.select_related("user").filter(user__is_active=True).first()
        return ticket.user if ticket else None


class Consent(models.Model):
    """What a person agreed to, in which version of the text, for which interview."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="consents", verbose_name=_("user")
    )
    kind = models.SlugField(_("kind"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    interview = models.UUIDField(_("interview"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]
        indexes = [models.Index(fields=["user", "kind", "interview"], name="consent_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
