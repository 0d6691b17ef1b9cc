"""Who a payment is for, and what it comes to: what is asked, checked."""

from dataclasses import dataclass
from typing import Any

from simulator.core import br_code
from simulator.core.br_code import BadBrCode
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row
from simulator.kamino import charges_life, pix_keys, titles
from simulator.kamino.answers import Problem, cents_of, invalid, refuse
from simulator.kamino.bank import BANK_CODE, SLUG, Kamino
from simulator.kamino.parties import is_document, made_up_document


@dataclass(frozen=True, slots=True)
class Order:
    """Money is centavos. Where it goes: out, to an account here, to a title, or to a charge."""

    name: str
    document: str
    amount: int
    to_account: int | None = None
    barcode: str | None = None
    txid: str | None = None


def read(bank: Kamino, payer: Account, body: dict[str, Any]) -> Order:
    """
    Raises:
        Problem: there is something in it that cannot be.
    """
    kind = body["type"]
    others = {"ted", "boleto", "pix"} - {kind}
    if kind not in body or others & set(body):
        raise invalid(kind, f"Um pagamento {kind} traz o campo {kind} e nenhum dos outros.")
    try:
        if kind == "boleto":
            order = _to_title(bank, payer, body)
        elif kind == "ted":
            order = _to_account(bank, body["ted"], _amount(body))
        else:
            order = _by_pix(bank, body["pix"], _amount(body))
    except Problem as problem:
        if problem.status == 404:  # what is asked about is missing; here it is what was asked
            raise refuse(problem.code, problem.detail) from None
        raise
    if order.to_account == payer.id:
        raise refuse("own_account", "O favorecido é a própria conta que pagaria.")
    return order


def _amount(body: dict[str, Any]) -> int:
    if "amount" not in body:
        raise invalid("amount", "Falta o valor.")
    amount = cents_of(body["amount"])
    if amount == 0:
        raise refuse("invalid_amount", "O valor precisa ser maior que zero.")
    return amount


def _to_title(bank: Kamino, payer: Account, body: dict[str, Any]) -> Order:
    expected = cents_of(body["amount"]) if "amount" in body else None
    title = titles.find(bank, body["boleto"]["line"], expected)
    if title.is_paid:
        raise refuse("title_already_paid", "Este boleto já foi pago.")
    if title.is_cancelled:
        raise refuse("title_cancelled", "Este boleto foi cancelado por quem o emitiu.")
    if title.is_issued_here and title.document == payer.cnpj and _is_own(bank, title, payer):
        raise refuse("own_title", "Este boleto foi emitido pela própria conta que o pagaria.")
    return Order(title.creditor, title.document, title.amount_due, barcode=title.line.barcode)


def _is_own(bank: Kamino, title: titles.Title, payer: Account) -> bool:
    charge = charges_life.charge_by(bank, "barcode", title.line.barcode)
    return charge is not None and charge["account_id"] == payer.id


def _to_account(bank: Kamino, to: dict[str, Any], amount: int) -> Order:
    name, document = to["holder"]["name"], to["holder"]["document"]
    _check_document(document)
    if to["bank_compe"] == "000":
        raise refuse("unknown_bank", "Não há banco com este código.")
    held = None
    if to["bank_compe"] == BANK_CODE:
        held = _account_at(bank, to["branch"], to["account"])
        if held is None or held.cnpj != document:
            raise refuse("payee_mismatch", "A conta do favorecido não existe ou é de outra pessoa.")
    return Order(name, document, amount, held.id if held else None)


def _by_pix(bank: Kamino, pix: dict[str, Any], amount: int) -> Order:
    ways = {"key", "account", "br_code"} & set(pix)
    if len(ways) != 1:
        raise invalid("pix", "Informe um só entre key, account e br_code.")
    expected = pix.get("payee_document")
    if expected is not None:
        _check_document(expected)
    match ways.pop():
        case "account":
            order = _to_account(bank, pix["account"], amount)
        case "br_code":
            order = _to_code(bank, pix["br_code"], amount, expected)
        case _:
            order = _to_key(bank, pix["key"]["value"], pix["key"]["type"], amount, expected)
    if expected is not None and order.document != expected:
        raise refuse(
            "payee_mismatch", "A chave Pix é de outra pessoa, e não do favorecido informado."
        )
    return order


def _to_key(bank: Kamino, key: str, type_: str, amount: int, expected: str | None) -> Order:
    if pix_keys.type_of(key) != type_:
        raise refuse("invalid_key", "A chave Pix não é do tipo informado.")
    row = pix_keys.resolve(bank, key, type_, expected)
    return Order(row["name"], row["document"], amount, row["account_id"])


def _to_code(bank: Kamino, text: str, amount: int, expected: str | None) -> Order:
    try:
        code = br_code.read(text)
    except BadBrCode as error:
        raise refuse("invalid_br_code", str(error)) from None
    if code.key:
        _check_amount(code.amount_cents, amount)
        return _to_key(bank, code.key, pix_keys.type_of(code.key), amount, expected)
    charge = charges_life.charge_by(bank, "txid", code.url.rpartition("/")[2])
    if charge is None:  # of another bank, whose address would tell the amount
        return Order(code.name, expected or made_up_document(code.url), amount)
    return _to_charge(bank, charge, amount)


def _to_charge(bank: Kamino, charge: Row, amount: int) -> Order:
    if charge["state"] != charges_life.OPEN:
        raise refuse("invalid_br_code", "A cobrança deste código já foi paga ou cancelada.")
    _check_amount(charges_life.amount_due(bank, charge), amount)
    held = account_by_id(bank.store, charge["account_id"])
    return Order(held.name, held.cnpj, amount, held.id, txid=charge["txid"])


def _check_amount(fixed: int | None, amount: int) -> None:
    if fixed is not None and fixed != amount:
        raise refuse("amount_mismatch", "O valor do código Pix não é o valor do pagamento.")


def _check_document(document: str) -> None:
    if not is_document(document):
        raise refuse("invalid_document", "Os dígitos verificadores do CPF ou CNPJ não conferem.")


def _account_at(bank: Kamino, branch: str, number: str) -> Account | None:
    row = bank.store.row(
        "SELECT id FROM account WHERE bank = ? AND branch = ? AND number || digit = ?",
        *(SLUG, branch.zfill(4), number),
    )
    return account_by_id(bank.store, row["id"]) if row else None
