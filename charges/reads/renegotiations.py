"""Agreements as a person sees them, and which charges of a payer may be part of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from charges.models import Charge, ChargeEvent, Renegotiation
from charges.reads.row import Row, rows_of
from charges.renegotiation.agree import AGREEABLE, reason_against_agreeing
from charges.tracking.unfollowed import told_accounts
from parties.models import Payer
from tenants.models import Membership

Tone = ChargeEvent.Tone
Status = Renegotiation.Status
TONES = {
    Status.ENDING: Tone.INFO,
    Status.DONE: Tone.OK,
    Status.STOPPED: Tone.BAD,
    Status.UNDONE: Tone.PLAIN,
}
MOST = 200


def agreeable(payer: Payer, by: Membership, now: datetime) -> list[Row]:
    """The oldest first. Runs inside the company's scope."""
    charges = Charge.objects.of(payer.tenant_id).filter(payer=payer, status__in=AGREEABLE)
    rows = rows_of(charges.order_by("due_date", "id")[:MOST], by, now)
    told = told_accounts(payer.tenant_id)
    return [row for row in rows if not reason_against_agreeing(row.charge, row.live, told)]


@dataclass(frozen=True)
class AgreementPage:
    renegotiation: Renegotiation
    olds: Sequence[Row]
    news: Sequence[Row]
    by: Membership

    @property
    def tone(self) -> str:
        return TONES[Status(self.renegotiation.status)]

    @property
    def is_moving(self) -> bool:
        return self.renegotiation.status == Status.ENDING

    @property
    def state_mark(self) -> str:
        """Changes with whatever the page shows."""
        return ".".join([self.renegotiation.status, *(row.state_mark for row in self.olds)])

    @property
    def can_undo(self) -> bool:
        return self.is_moving and self.by.can_enter


def page_of_agreement(renegotiation: Renegotiation, by: Membership, now: datetime) -> AgreementPage:
    """Runs inside the company's scope."""
    charges = Charge.objects.of(renegotiation.tenant_id)
    olds = charges.filter(id__in=[UUID(each) for each in renegotiation.olds])
    news = charges.filter(renegotiation=renegotiation)
    return AgreementPage(
        renegotiation,
        rows_of(olds.order_by("due_date", "id"), by, now),
        rows_of(news.order_by("due_date", "id"), by, now),
        by,
    )
