"""By which rail an account pays a bill, and what becomes of a Pix that its bank does not send.

The account has a policy: the Pix stays, or goes as a TED to the account that the approval of the
bill fixed (docs/decisions/0013).
"""

from datetime import date

from banking.banks import registry
from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.banking_days import DebtKind, payment_date_for
from payments.models import Payable
from payments.rails.destinations import ted_of
from payments.rails.rails import rails_of, sends_pix
from payments.states import PayableStatus

# Why a Pix is held, and what a person does then.
OUTSIDE = "Pix fora da plataforma"


NO_TED_DETAILS = "Sem dados de TED"


FILE_TED_DETAILS = "não há agência e conta confirmadas do favorecido; confirme em «Favorecidos»"


NEW_APPROVAL = "Requer nova aprovação"


OTHERWISE = (
    "pague por uma conta que faça Pix, ou no aplicativo do banco e use «Registrar como paga fora»"
)


def rail_for(payable: Payable, account: BankAccount) -> Rail | None:
    """The rail by which the account pays the bill; None: by none, and `why_no_rail` says why.

    A Pix that the bank cannot send goes as a TED where the account's policy says so and the
    bill's approval fixed an account to receive it.
    """
    bank = registry.info(account.provider)
    rail = Rail(payable.method)
    if rail in rails_of(bank):
        return rail
    if lacks_ted_details(payable, account) or not is_turned_into_ted(payable, account):
        return None
    return Rail.TED


def is_turned_into_ted(payable: Payable, account: BankAccount) -> bool:
    bank = registry.info(account.provider)
    by_policy = account.pix_policy == BankAccount.PixPolicy.TED
    return payable.is_pix and by_policy and not sends_pix(bank) and Rail.TED in rails_of(bank)


def lacks_ted_details(payable: Payable, account: BankAccount) -> bool:
    """Whether it would go as a TED, had its approval fixed a branch and an account."""
    return is_turned_into_ted(payable, account) and ted_of(payable) is None


def needs_new_approval(payable: Payable, account: BankAccount) -> bool:
    """Whether it would go as a TED to an account on file that its approval did not show."""
    is_approved = payable.status == PayableStatus.APPROVED
    filed = is_approved and payable.ted_account_on_file is not None
    return filed and lacks_ted_details(payable, account)


def day_by(rail: Rail | None, payable: Payable) -> date:
    """The day on which the bill is paid by that rail.

    A Pix may be for any day; as a TED it waits for the next one on which banks settle.
    """
    day = payable.payment_date
    return payment_date_for(day, kind=DebtKind.ORDINARY) if rail is Rail.TED else day


def why_no_rail(payable: Payable, account: BankAccount) -> str:
    """A Portuguese sentence."""
    bank = registry.info(account.provider)
    if needs_new_approval(payable, account):
        to = payable.ted_account_on_file
        return f"{NEW_APPROVAL}: a TED iria para {to}, que não consta na aprovação."
    if lacks_ted_details(payable, account):
        return f"{NO_TED_DETAILS}: {FILE_TED_DETAILS}."
    if payable.is_pix:
        return f"{OUTSIDE}: {bank.said.the} não faz Pix por esta integração; {OTHERWISE}."
    return f"{bank.said.begins} não faz {payable.get_method_display()} por esta integração."
