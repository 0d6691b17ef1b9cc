"""What a person has to look at before a bill is entered or approved, though nothing forbids it."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from brazil.banks import find_bank
from core.money import format_brl
from core.plurals import counted
from payments.bills.parsing import PixCharge, reread_pix_code
from payments.bills.possible_duplicates import Similar, similar_to
from payments.models import Payable
from payments.states import PayableStatus


@dataclass(frozen=True, slots=True)
class Caution:
    """In Portuguese: a few words for a list, and a sentence."""

    code: str  # stable, for programs
    title: str
    text: str
    url: str = ""  # the other bill that it is about


def warnings_of(payable: Payable) -> list[Caution]:
    """Of a bill loaded by `with_details`, and by `with_cautions` for other bills beside it."""
    warnings = []
    account = payable.payee_account
    if account is not None and find_bank(account.bank_code) is None:
        warnings.append(unknown_bank(account.bank_code))
    other = payable.repeats
    if other is not None and other.status != PayableStatus.CANCELLED:
        warnings.append(repeated_code(other))
    warnings += [possible_duplicate(other) for other in similar_to(payable)]
    if alike := getattr(payable, "alike", None):
        warnings.append(together(alike["bills"], Decimal(alike["total"]), alike["days"]))
    if payable.pix_code:
        warnings += of_pix_code(reread_pix_code(payable.pix_code))
    return warnings


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


def together(bills: int, total: Decimal, days: int) -> Caution:
    """Each is below an approver's limit, and all of them are not."""
    return Caution(
        "same_receiver",
        f"{counted(bills, 'conta', 'contas')} para o mesmo favorecido",
        f"{bills} contas · R$\u00a0{format_brl(total)} para o mesmo favorecido ou a mesma conta em "
        f"{counted(days, 'dia', 'dias')}: o que vale para as alçadas é a soma.",
    )


def over_limit(why: str) -> Caution:
    return Caution(
        "over_limit", "Acima do limite de envio", f"{why} Um administrador define os limites."
    )


def possible_duplicate(other: Similar) -> Caution:
    return Caution(
        "possible_duplicate",
        "Possível duplicidade",
        f"Pode ser a mesma dívida: {other}.{other.said}",
        reverse("payments:detail", args=[other.id]),
    )


def title_unread() -> Caution:
    return Caution(
        "title_unread",
        "Boleto não lido",
        "O banco ainda não informou para quem este boleto está registrado. "
        "Nada é enviado antes da leitura.",
    )
