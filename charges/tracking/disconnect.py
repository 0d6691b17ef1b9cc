"""What the end of an account's connection means for its charges."""

from banking.connections.disconnect import Consequence
from banking.models import BankAccount
from charges.models import Slip
from charges.states import LIVE_SLIPS, SlipStatus
from charges.timeline import Tone, note
from charges.transitions import lock_slip, move_slip
from core.plurals import counted
from tenants.models import User

UNFOLLOWED = "No banco, sem acompanhamento"


def hand_back(account: BankAccount, *, by: User) -> Consequence:
    """What never left is a draft again; what is at the bank lives on there, and says so.

    Named in `settings.ON_DISCONNECT`; runs inside the company's scope.
    """
    live = Slip.objects.of(account.tenant_id).filter(bank_account=account, status__in=LIVE_SLIPS)
    withdrawn = stayed = 0
    for slip in live.order_by("charge_id"):
        held = lock_slip(slip)
        if held.status == SlipStatus.QUEUED:
            move_slip(held, SlipStatus.WITHDRAWN)
            note(held.charge, "Não foi emitida", "O vínculo foi desfeito.", tone=Tone.WARN, by=by)
            withdrawn += 1
        elif held.status in LIVE_SLIPS:
            text = (
                f"{by.display_name} desfez o vínculo com {account.bank_said.the}. O boleto "
                "continua valendo no banco; quando o vínculo for refeito, o Kamino volta a "
                "acompanhar."
            )
            note(held.charge, UNFOLLOWED, text, tone=Tone.WARN)
            stayed += 1
    counts = {"Cobranças retiradas da fila": withdrawn, "Cobranças que ficam no banco": stayed}
    return Consequence(
        {name: str(count) for name, count in counts.items() if count},
        sentence=(
            f"{counted(stayed, 'cobrança continua', 'cobranças continuam')} em aberto no banco, "
            "sem acompanhamento."
            if stayed
            else ""
        ),
    )
