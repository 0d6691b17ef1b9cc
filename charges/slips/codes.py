"""Whether what a bank gave for a slip says what was asked for. A payer trusts our page."""

from datetime import date
from urllib.parse import urlsplit

from banking.banks.contract.charge_rules import ChargeRules
from banking.banks.contract.charges import Charge as Reading
from brazil.boleto import parse_boleto
from brazil.br_code import parse_br_code
from brazil.errors import InvalidValue
from charges.models import Slip


def fault_of(slip: Slip, reading: Reading, rules: ChargeRules, today: date) -> str:
    """Why the slip is not shown to its payer, as a Portuguese sentence; empty when it may be."""
    if reading.amount != slip.amount:
        return "O banco mostra outro valor."
    if reading.due_date != slip.due_date:
        return "O banco mostra outro vencimento."
    if reading.linha_digitavel and (fault := fault_of_line(slip, reading, today)):
        return fault
    return fault_of_pix(slip, reading.pix_code, rules) if reading.pix_code else ""


def fault_of_line(slip: Slip, reading: Reading, today: date) -> str:
    try:
        boleto = parse_boleto(reading.linha_digitavel, today=today)
    except InvalidValue as error:
        return f"A linha digitável que o banco deu não vale: {error}"
    if boleto.bank_code != slip.bank_account.bank_code:
        return "A linha digitável é de outro banco."
    if boleto.amount != slip.amount or boleto.due_date != slip.due_date:
        return "A linha digitável diz outro valor ou outro vencimento."
    if reading.barcode and reading.barcode != boleto.barcode:
        return "O código de barras e a linha digitável são de boletos diferentes."
    return ""


def fault_of_pix(slip: Slip, code: str, rules: ChargeRules) -> str:
    try:
        read = parse_br_code(code)
    except InvalidValue as error:
        return f"O código Pix que o banco deu não vale: {error}"
    if read.url is None:
        return "O código Pix que o banco deu não é o de uma cobrança."
    if urlsplit(f"//{read.url}").hostname not in rules.qr_hosts:
        return "O código Pix aponta para um endereço que não é do banco."
    if read.amount is not None and read.amount != slip.amount:
        return "O código Pix diz outro valor."
    return ""
