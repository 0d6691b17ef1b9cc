"""Why a consent failed, for the person who gave it: what happened and what to do."""

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
    code: str  # stable; the rest is words
    title: str
    text: str
    advice: str
    status: int = 400
    can_retry: bool = True


def refused_at_bank(bank: BankInfo, error: str) -> Problem:
    """`error` is the bank's own (RFC 6749, section 4.1.2.1)."""
    if error == "access_denied":
        return Problem(
            "refused",
            "A autorização foi recusada",
            f"No banco {bank.name}, a autorização foi recusada ou não foi concluída. "
            "Nada foi conectado.",
            "Se foi por engano, tente de novo e escolha «Permitir» no banco.",
            status=200,
        )
    return Problem(
        "not_concluded",
        "O banco não concluiu a autorização",
        f"O banco {bank.name} não concluiu a autorização. Nada foi conectado.",
        "Tente de novo. Se acontecer outra vez, espere alguns minutos.",
    )


def explain(bank: BankInfo, error: DomainError | BankError) -> Problem:
    match error:
        case ConsentNotUsable():
            return Problem(
                "not_usable",
                "Este retorno do banco não é mais válido",
                f"{error} Nada foi conectado.",
                "Comece de novo por aqui, com o seu usuário e nesta empresa.",
            )
        case DomainError():
            return Problem(
                "not_in_plan",
                "O plano não inclui esta integração",
                f"{error} Nada foi conectado.",
                "Fale com um administrador sobre a mudança de plano.",
                can_retry=False,
            )
        case BankUnavailable() | BankOutcomeUnknown():
            return Problem(
                "no_answer",
                f"O banco {bank.name} não respondeu",
                "Você autorizou, mas a confirmação do banco não chegou. Nada foi conectado.",
                "Espere alguns minutos e tente de novo: será preciso autorizar outra vez.",
            )
        case ConsentLost() | BankRejected():
            return Problem(
                "expired",
                "A autorização expirou",
                f"O código do banco {bank.name} vale por poucos segundos e uma única vez. "
                "Nada foi conectado.",
                "Tente de novo e volte do banco logo em seguida, sem atualizar a página.",
            )
        case BankAccessDenied() | BankError():
            return Problem(
                "not_accepted",
                "O banco não aceitou a conexão",
                f"{error} Nada foi conectado.",
                "Tente mais tarde.",
            )
