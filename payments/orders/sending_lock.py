"""After a database was restored nothing is sent until an admin of the company says that it may.

What was sent since the backup was made is not in it: a bill that is paid may stand there as
approved. Whoever is about to send looks here; the queue itself is closed in
`transitions.claim_queued`, whatever filled it.
"""

from datetime import datetime
from uuid import UUID

from audit.acts import Act
from audit.services import record
from brazil.banking_days import SAO_PAULO
from core.clock import database_now
from core.errors import InvalidState, Locked, NotAllowed
from payments.models import PaymentOrder
from payments.orders.transitions import take_from_queue
from payments.states import OrderStatus
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope

LOCKED = (
    "Os envios estão bloqueados depois de uma restauração do banco de dados: um administrador "
    "precisa conferir o que já foi pago e liberar."
)


def is_sending_locked(tenant_id: UUID) -> bool:
    """Runs inside the company's scope."""
    return Tenant.objects.filter(id=tenant_id, sending_locked_at__isnull=False).exists()


def refuse_while_locked(tenant_id: UUID) -> None:
    """Runs inside the company's scope.

    Raises:
        Locked: the database was restored, and nobody has released sending since.
    """
    if is_sending_locked(tenant_id):
        raise Locked(LOCKED, code="sending_locked")


def lock_sending(tenant: Tenant) -> int:
    """Nothing leaves the company any more. Locking again is a lock of its own.

    What waits in the queue is approved again, so that people see it and may cancel it. Returns
    how many orders that were. Opens the company's scope.
    """
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(sending_locked_at=database_now())
        queued = PaymentOrder.objects.of(tenant).filter(status=OrderStatus.QUEUED)
        why = "O banco de dados foi restaurado antes do envio. Continua aprovada."
        given_back = take_from_queue(tenant.id, {order.id: why for order in queued.only("id")})
        record(
            Act.SENDING_LOCKED,
            on=tenant,
            by=None,
            after={"Envios": "bloqueados", "Pagamentos devolvidos da fila": str(given_back)},
        )
    return given_back


def release_sending(tenant: Tenant, *, locked_at: datetime, by: Membership) -> bool:
    """Payments may leave again. `locked_at` names the lock that the person was shown.

    False when it is released already: by another tab, or by somebody else. Runs inside the
    company's scope.

    Raises:
        NotAllowed: `by` is no admin.
        InvalidState: the database was restored once more since the person looked.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador da empresa libera os envios.", code="wrong_role")
    mine = Tenant.objects.filter(id=tenant.id)
    if not mine.filter(sending_locked_at=locked_at).update(sending_locked_at=None):
        if is_sending_locked(tenant.id):
            raise InvalidState(
                "O banco de dados foi restaurado de novo desde que esta página foi aberta: "
                "confira outra vez antes de liberar.",
                code="locked_again",
            )
        return False
    record(
        Act.SENDING_RELEASED,
        on=tenant,
        by=by.user,
        before={"Envios": f"bloqueados em {locked_at.astimezone(SAO_PAULO):%d/%m/%Y %H:%M:%S}"},
        after={"Envios": "liberados"},
    )
    return True
