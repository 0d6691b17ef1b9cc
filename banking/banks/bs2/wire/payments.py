"""Pure functions between BS2's JSON and the contract, for money out.

Amounts are JSON numbers in reais. devs.bs2.com/docs/transfer-ca, /docs/payments-ca,
/docs/receiptsproof-payment-ca.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from banking.banks.bs2.wire.fields import (
    CENT,
    UnreadableAnswer,
    amount_of,
    digits_of,
    first_of,
    id_of,
    object_of,
    optional_day,
    text_of,
)
from banking.banks.bs2.wire.order_states import state_of
from banking.banks.contract.errors import BankOutcomeUnknown, BankRejected
from banking.banks.contract.payments import (
    AccountType,
    BoletoPayment,
    OrderState,
    Receipt,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.http.errors import one_line
from banking.banks.http.json import Json
from brazil.document import read_loose_document
from core.money import MAX_AMOUNT
from core.text import read_line

_NAME_LENGTH: Final = 60  # the bank refuses a longer one
# `tipoConta`: the only value that is seen is 1, for a checking account.
_ACCOUNT_TYPES: Final[Mapping[AccountType, int]] = {
    AccountType.CHECKING: 1,
    AccountType.SAVINGS: 2,
    AccountType.PAYMENT: 3,
}


def transfer_to_wire(
    payment: TedPayment, *, bank_name: str, holder_document: str, on: date
) -> dict[str, Json]:
    """The body of POST …/transferencias/simplificado: a TED, or a TEF within BS2.

    BS2 takes neither a reference of ours nor a description. `holder_document` is the one of the
    account that pays.

    Raises:
        BankRejected: BS2 would not take it. Nothing was sent.
    """
    _refuse_unless(_is_digits(payment.bank_code, 3, 3), "O código do banco tem três dígitos.")
    _refuse_unless(_is_digits(payment.branch, 1, 5), "A agência tem até cinco dígitos.")
    _refuse_unless(
        _is_digits(payment.account, 2, 20), "A conta tem até 20 dígitos, com o dígito verificador."
    )
    name = name_to_wire(payment.holder_name)
    _refuse_unless(bool(name), "Falta o nome do favorecido.")
    document = payment.holder_document
    _refuse_unless(len(document) in (11, 14), "Falta o CPF ou o CNPJ do favorecido.")
    return {
        "favorecido": {
            "nome": name,
            "documento": document,
            "contaDestino": {
                "agencia": payment.branch,
                "numero": payment.account,
                "banco": {"codigo": int(payment.bank_code), "nome": bank_name},
                "tipoConta": _ACCOUNT_TYPES[payment.account_type],
            },
        },
        "mesmaTitularidade": document == holder_document,
        "valor": _reais(payment.amount),
        "efetuarEm": _midnight(on),
    }


def name_to_wire(name: str) -> str:
    """As much of a payee's name as BS2 takes."""
    return read_line(name)[:_NAME_LENGTH].rstrip()


def title_to_wire(payment: BoletoPayment, *, due_date: date | None, on: date) -> dict[str, Json]:
    """The body of POST …/pagamentos.

    Raises:
        BankRejected: BS2 would not take it. Nothing was sent.
    """
    body: dict[str, Json] = {
        "codigoIdentificacao": identification(payment.linha_digitavel),
        "valor": _reais(payment.amount),
        "efetuarEm": _midnight(on),
    }
    if due_date is not None:
        body["vencimentoEm"] = _midnight(due_date)
    return body


def identification(line: str) -> str:
    """What a title is known by. Raises BankRejected."""
    is_one = len(line) in (44, 47, 48) and _is_digits(line, 44, 48)
    _refuse_unless(is_one, "O código de barras tem 44 dígitos e a linha digitável, 47 ou 48.")
    return line


def _is_digits(value: str, shortest: int, longest: int) -> bool:
    return shortest <= len(value) <= longest and value.isascii() and value.isdigit()


def _midnight(day: date) -> str:
    return f"{day}T00:00:00"


def _reais(amount: Decimal) -> Decimal:
    _refuse_unless(
        amount.is_finite() and 0 < amount <= MAX_AMOUNT,
        "O valor precisa ser maior que zero e de até R$ 999.999.999,99.",
    )
    _refuse_unless(amount == amount.quantize(CENT), "O valor tem fração de centavo.")
    return amount.quantize(CENT)


def _refuse_unless(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise BankRejected(sentence)


def receipt_from_wire(answer: Json) -> Receipt:
    """The answer to an order, whose refusal comes inside a 200.

    `aprovado` says that it was taken, not that it was paid; whether somebody has to sign it first
    only its status tells.

    Raises:
        BankRejected: `aprovado` is false.
        BankOutcomeUnknown: it cannot be read, and the bank did say yes.
    """
    try:
        answer = object_of(answer, "solicitacao")
        is_taken = answer.get("aprovado")
        if is_taken is False:
            raise _refusal(answer.get("mensagem"))
        if is_taken is not True:
            raise UnreadableAnswer("aprovado")
        return Receipt(_request_id(answer), OrderState.SCHEDULED)
    except UnreadableAnswer as error:
        raise BankOutcomeUnknown(
            "O banco BS2 aceitou o pedido, mas a confirmação veio ilegível. "
            "Ele será conferido antes de qualquer repetição."
        ) from error


def _request_id(answer: dict[str, Json]) -> str:
    # The name on the captured page is garbled; the siblings say `solicitacaoId`.
    return id_of(answer.get("solicitacaoId") or answer.get("id"), "solicitacaoId")


def _refusal(message: Json) -> BankRejected:
    reason = one_line(message, 300)
    if not reason:
        return BankRejected("O banco BS2 recusou o pedido e não disse o motivo.")
    return BankRejected(f"O banco BS2 recusou o pedido: {reason}", reason=reason)


def whereabouts_from_wire(answer: Json) -> Whereabouts | None:
    """The status of a transfer or payment; None when its words say nothing certain."""
    answer = object_of(answer, "solicitacao")
    state = state_of(text_of(answer.get("situacao"), "situacao"))
    if state is None:
        return None
    return Whereabouts(state, one_line(answer.get("observacao"), 300))


# --- A title in the clearing house ------------------------------------------------------


def title_from_wire(answer: Json, line: str) -> Title:
    """Due date and issuer are documented; amount and beneficiary are there under names that are
    not, so those of the sibling answers are tried."""
    answer = object_of(answer, "titulo")
    bank = answer.get("banco")
    code = bank.get("codigo") if isinstance(bank, dict) else bank
    beneficiary = first_of(answer, "beneficiario", "cedente", "favorecido")
    party = beneficiary if isinstance(beneficiary, dict) else {}
    name = first_of(party, "nome", "razaoSocial") or first_of(answer, "nomeBeneficiario")
    document = first_of(party, "documento", "cnpj", "cpfCnpj") or first_of(
        answer, "documentoBeneficiario", "cnpjBeneficiario"
    )
    bank_code = digits_of(code, "banco.codigo")
    return Title(
        linha_digitavel=line,
        due_date=optional_day(answer.get("dataVencimento"), "dataVencimento"),
        bank_code=bank_code.zfill(3)[-3:] if bank_code else "",
        beneficiary_name=text_of(name, "beneficiario"),
        beneficiary_document=read_loose_document(document),
        amount=_title_amount(first_of(answer, "valorTotal", "valorAtualizado", "valor")),
    )


def _title_amount(value: Json) -> Decimal | None:
    """What cannot be read under a name that is not documented is no amount, nor is the zero of a
    title that leaves it open: the rest of the title is good."""
    try:
        return amount_of(value)
    except UnreadableAnswer:
        return None
