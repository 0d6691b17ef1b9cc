"""A bill as the audit keeps it: what it pays and where the money may go, in words, in full."""

from brazil.boleto import format_linha_digitavel
from brazil.document import format_document
from core.money import format_brl
from payments.models import Payable
from payments.rails.destinations import ted_of, written


def particulars(payable: Payable) -> dict[str, str]:
    """Needs the bill's payee and accounts, and asks for those that are not loaded."""
    values = {
        "Favorecido": f"{one_line(payable.payee.name)} · {format_document(payable.payee.document)}",
        "Valor": reais(payable),
        "Vencimento": f"{payable.due_date:%d/%m/%Y}",
        "Pagamento": f"{payable.payment_date:%d/%m/%Y}",
        "Destino": destination(payable),
    }
    ted = ted_of(payable) if payable.is_pix else None
    if ted is not None and payable.payee_account is None:
        values["Se for por TED"] = written(ted)
    if payable.bank_account is not None:
        values["Conta de débito"] = str(payable.bank_account)
    return values


def destination(payable: Payable) -> str:
    """Whole: what was approved can be held against what left."""
    if payable.linha_digitavel:
        return f"boleto {format_linha_digitavel(payable.linha_digitavel)}"
    if payable.pix_key:
        return f"Pix para a chave {payable.pix_key}"
    if payable.pix_code:
        return f"Pix copia e cola {payable.pix_code}"
    assert payable.payee_account is not None  # payable_method_details
    return f"{payable.get_method_display()} para {written(payable.payee_account)}"


def destinations(payable: Payable) -> str:
    """With the TED that a Pix may become. Needs the bill `with_destinations`."""
    where = destination(payable)
    if payable.is_pix and payable.payee_account is None and (ted := ted_of(payable)):
        where += f", se for por TED {written(ted)}"
    return where


def named(payable: Payable) -> str:
    """On one line, whatever the name holds."""
    return f"{one_line(str(payable.payee))} · {reais(payable)}"


def reais(payable: Payable) -> str:
    return f"R$\u00a0{format_brl(payable.amount)}"


def one_line(text: str) -> str:
    return " ".join(text.split())
