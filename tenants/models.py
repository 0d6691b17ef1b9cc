"""Companies, people, and who does what where."""

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models

from core.ids import uuid7
from core.text import read_line

# What a key may be set to, and what it gives back: the types of Django's own ForeignKey.
_Set = TypeVar("_Set")
_Get = TypeVar("_Get")


class Plan(models.TextChoices):
    COMPASS = "compass", "Compass"
    NORTH = "north", "North"
    TRACK = "track", "Track"


class Role(models.TextChoices):
    ADMIN = "admin", "Administrador"
    FINANCE = "financeiro", "Financeiro"
    APPROVER = "aprovador", "Aprovador"
    READER = "leitura", "Leitura"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """`first_name` and `last_name` lose what nobody sees; a person without is their e-mail."""
        for name in {"first_name", "last_name"} & fields.keys():
            fields[name] = read_line(str(fields[name]))
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person who signs in by e-mail. The same person may work for many companies."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.email


class Tenant(models.Model):
    """A company that uses the product (empresa)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("nome fantasia", max_length=120)
    legal_name = models.CharField("razão social", max_length=160)
    # Not unique: a key that spans companies would tell one about another.
    cnpj = models.CharField("CNPJ", max_length=14)
    plan = models.CharField("plano", max_length=8, choices=Plan, default=Plan.COMPASS)
    created_at = models.DateTimeField(auto_now_add=True)
    # The database was restored then, and no admin has said yet that payments may leave again.
    sending_locked_at = models.DateTimeField(null=True)
    # Charges and bills carry their fiscal document, IBS, CBS and split (accounts/tax_reform.py).
    uses_tax_reform = models.BooleanField(
        "documento fiscal e reforma tributária", default=False, db_default=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="tenant_plan", condition=models.Q(plan__in=Plan.values)),
        ]

    def __str__(self) -> str:
        return self.name


class TenantQuerySet(models.QuerySet[Any]):
    """Queries of a company's table start with `of`."""

    def of(self, tenant: "Tenant | UUID") -> Self:
        """The rows of one company. Row-level security says the same beneath."""
        return self.filter(tenant_id=getattr(tenant, "id", tenant))


class TenantOwned(models.Model):
    """Base of every table whose rows belong to a company.

    Each also needs `SecureTenantTable` in a migration: row-level security, and foreign keys
    that carry the company (see tenants/rls.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey[_Set, _Get]):
    """A key to another table of the same company.

    Its constraint carries the company and is made by `SecureTenantTable`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)


class Membership(TenantOwned):
    """A person works for a company in a role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField("papel", max_length=12, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="membership_once"),
            models.CheckConstraint(
                name="membership_role", condition=models.Q(role__in=Role.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_enter(self) -> bool:
        """Enters bills and works on the statement."""
        return self.role in {Role.ADMIN, Role.FINANCE}

    @property
    def can_approve(self) -> bool:
        return self.role in {Role.ADMIN, Role.APPROVER}


class Notice(TenantOwned):
    """Something a person has to know in time: by e-mail and in the product, once each."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    # What it is about, by a name of the app that tells, and which telling of it this is.
    subject = models.CharField(max_length=80)
    step = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    action = models.CharField(max_length=60)
    url = models.CharField(max_length=300)  # a path of ours
    until = models.DateTimeField()  # it is no news after that
    made_at = models.DateTimeField(auto_now_add=True)
    emailed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "subject", "step"], name="notice_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(emailed_at=None, closed_at=None),
                name="notice_to_email",
            ),
            models.Index(
                fields=["subject"], condition=models.Q(closed_at=None), name="notice_open"
            ),
            models.Index(fields=["until"], name="notice_old"),
        ]

    def __str__(self) -> str:
        return self.title
