"""What a person has to look at before a bill is entered or approved, though nothing forbids it."""

from dataclasses import dataclass

from brazil.banks import find_bank
from core.money import format_brl
from payments.bills.parsing import PixCharge, reread_pix_code
from payments.models import Payable
from payments.states import PayableStatus

TITLE_DIFFERS = "Dados do boleto divergem"


@dataclass(frozen=True, slots=True)
class Caution:
    """In Portuguese: a few words for a list, and a sentence."""

    code: str  # stable, for programs
    title: str
    text: str


def warnings_of(payable: Payable) -> list[Caution]:
    """Of a bill loaded by `with_details`."""
    warnings = []
    account = payable.payee_account
    if account is not None and find_bank(account.bank_code) is None:
        warnings.append(unknown_bank(account.bank_code))
    other = payable.repeats
    if other is not None and other.status != PayableStatus.CANCELLED:
        warnings.append(repeated_code(other))
    if payable.pix_code:
        warnings += of_pix_code(reread_pix_code(payable.pix_code))
    return warnings


def cautions_of(payable: Payable) -> list[Caution]:
    """`warnings_of` the bill, and what the registered title of a boleto says against it.

    One that has any is approved by a click of its own.
    """
    titles = [Caution("title_differs", TITLE_DIFFERS, text) for text in payable.title_warnings]
    return titles + warnings_of(payable)


def of_pix_code(charge: PixCharge) -> list[Caution]:
    if not charge.asks_recurrence:
        return []
    return [
        Caution(
            "pix_automatico",
            "Pede Pix Automático",
            "Este código também pede uma autorização de Pix Automático, para cobranças que se "
            "repetem. O Kamino faz só este pagamento: a autorização é dada no aplicativo do banco.",
        )
    ]


def unknown_bank(compe: str) -> Caution:
    return Caution(
        "unknown_bank", f"Banco {compe} desconhecido", f"Não conhecemos o banco {compe}: confira."
    )


def repeated_code(other: Payable) -> Caution:
    return Caution(
        "repeated_code",
        "Código Pix repetido",
        f"Este código Pix já está em outra conta: {other.payee}, "
        f"R$\u00a0{format_brl(other.amount)}, "
        f"vence em {other.due_date:%d/%m/%Y}, {other.get_status_display().lower()}.",
    )
