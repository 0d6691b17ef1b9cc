"""Bills that only one member can approve: asked before that member is removed."""

from core.plurals import counted
from payments.models import Payable
from payments.states import PayableStatus
from people.members import Waiting
from tenants.models import Membership, Role


def waits_for(membership: Membership) -> Waiting | None:
    """Those that would be left without an approver. Named in `settings.WAITS_FOR_MEMBER`; runs
    inside the company's scope."""
    if not membership.can_approve:
        return None
    members = Membership.objects.of(membership.tenant_id).exclude(id=membership.id)
    others = list(
        members.filter(role__in=[Role.ADMIN, Role.APPROVER], user__is_active=True).values_list(
            "user_id", flat=True
        )[:2]
    )
    pending = Payable.objects.of(membership.tenant_id).filter(status=PayableStatus.PENDING)
    bills = pending.exclude(created_by=membership.user_id)
    # Who entered a bill does not approve it, and two others never both did.
    if len(others) == 1:
        bills = bills.filter(created_by=others[0])
    count = 0 if len(others) == 2 else bills.count()
    if not count:
        return None
    what = counted(count, "conta aguarda", "contas aguardam")
    return Waiting(count, f"{what} uma aprovação que só esta pessoa pode dar.")
