"""In whose name the product goes on with what a person has begun."""

from uuid import UUID

from tenants.models import Membership


def acting_member(tenant_id: UUID, user_id: int | None) -> Membership | None:
    """As they are by now, with their user and company; None once they are locked out or work there
    no more. Inside the company's scope."""
    members = Membership.objects.of(tenant_id).select_related("user", "tenant")
    found: Membership | None = members.filter(user=user_id, user__is_active=True).first()
    return found
