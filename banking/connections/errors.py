"""Why a consent came to nothing, for the person who gave it: what happened and what to do."""

from dataclasses import dataclass

from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.contract.info import BankInfo
from banking.connections.consent import ConsentNotUsable
from core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    title: str
    text: str
    advice: str
    status: int = 400
    can_retry: bool = True


def refused_at_bank(bank: BankInfo, error: str) -> Problem:
    """`error` is the bank's own (RFC 6749, section 4.1.2.1)."""
    if error == "access_denied":
        return Problem(
            "A autorização foi recusada",
            f"No banco {bank.name}, a autorização foi recusada ou deixada pela metade. "
            "Nada foi conectado.",
            "Se foi sem querer, tente de novo e escolha «Permitir» no banco.",
            status=200,
        )
    return Problem(
        "O banco não concluiu a autorização",
        f"O banco {bank.name} devolveu você sem concluir. Nada foi conectado.",
        "Tente de novo. Se acontecer outra vez, espere alguns minutos.",
    )


def explain(bank: BankInfo, error: DomainError | BankError) -> Problem:
    match error:
        case ConsentNotUsable():
            return Problem(
                "Este retorno do banco não vale mais",
                f"{error} Nada foi conectado.",
                "Comece de novo por aqui, com a sua pessoa e nesta empresa.",
            )
        case DomainError():
            return Problem(
                "O plano não inclui esta integração",
                f"{error} Nada foi conectado.",
                "Fale com um administrador sobre a mudança de plano.",
                can_retry=False,
            )
        case BankUnavailable() | BankOutcomeUnknown():
            return Problem(
                f"O banco {bank.name} não respondeu",
                "Você autorizou, mas a confirmação do banco não chegou. Nada foi conectado.",
                "Espere alguns minutos e tente de novo: será preciso autorizar outra vez.",
            )
        case ConsentLost() | BankRejected():
            return Problem(
                "A autorização perdeu a validade",
                f"O código que o banco {bank.name} deu vale por poucos segundos e uma vez só. "
                "Nada foi conectado.",
                "Tente de novo e volte do banco sem demora, sem atualizar a página.",
            )
        case BankAccessDenied() | BankError():
            return Problem(
                "O banco não aceitou o Kamino", f"{error} Nada foi conectado.", "Tente mais tarde."
            )
