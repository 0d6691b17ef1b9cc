"""Who acts on bank lines: a member of the company, or the product itself."""

from dataclasses import dataclass
from uuid import UUID

from tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Product:
    """The product itself, at work for a company: what it does has no person."""

    tenant_id: UUID


Author = Membership | Product


def member_of(by: Author) -> Membership | None:
    return None if isinstance(by, Product) else by
