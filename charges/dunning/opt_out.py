"""No more mails to an address: by a link that does this and opens nothing else (RFC 8058).

The token names the address under our key. Who has it may stop mails to that address, and sees the
company's name; a copy of the database makes none.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from charges.dunning.addresses import address_of
from charges.models import PayerAddress
from core.clock import database_now
from tenants.models import Tenant
from tenants.scope import tenant_scope

SALT = "charges.dunning.opt_out"


@dataclass(frozen=True, slots=True)
class Recipient:
    tenant_id: UUID
    company: str
    email: str
    is_opted_out: bool

    @property
    def masked(self) -> str:
        """«m…@cliente.example»: who has the link by chance learns no address."""
        name, _, domain = self.email.partition("@")
        return f"{name[:1]}…@{domain}"


def opt_out_address(tenant_id: UUID, email: str) -> str:
    """The whole link. Runs inside the company's scope."""
    row = address_of(tenant_id, email)
    token = Signer(sep=".", salt=SALT).sign(f"{tenant_id.hex}{row.id.hex}")
    return f"{settings.PUBLIC_URL}{reverse('charges:opt_out', args=[token])}"


def find_recipient(token: str) -> Recipient | None:
    """None: it is no token of ours, or the address is gone. Outside of scopes."""
    ids = ids_of(token)
    if ids is None:
        return None
    tenant_id, address_id = ids
    with tenant_scope(tenant_id):
        row = PayerAddress.objects.of(tenant_id).filter(id=address_id).first()
        tenant = Tenant.objects.filter(id=tenant_id).first()
    if row is None or tenant is None:
        return None
    return Recipient(tenant_id, tenant.name, row.email, row.opted_out_at is not None)


def opt_out(token: str) -> Recipient | None:
    """From now on nothing leaves to the address; as often as it is asked. Outside of scopes."""
    ids = ids_of(token)
    if ids is not None:
        tenant_id, address_id = ids
        with tenant_scope(tenant_id):
            rows = PayerAddress.objects.of(tenant_id).filter(id=address_id, opted_out_at=None)
            rows.update(opted_out_at=database_now())
    return find_recipient(token)


def ids_of(token: str) -> tuple[UUID, UUID] | None:
    try:
        value = Signer(sep=".", salt=SALT).unsign(token)
        return UUID(hex=value[:32]), UUID(hex=value[32:])
    except (BadSignature, ValueError):
        return None
