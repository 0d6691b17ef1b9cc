"""The tags of a mail (charges/terms/tags.py), and what each stands for."""

from collections.abc import Mapping
from datetime import date

from charges.models import Charge
from charges.terms.amounts import Owed
from charges.terms.check import reais
from charges.terms.payment_data import payment_data_of_name
from core.plurals import counted
from parties.models import Payer
from tenants.models import Tenant

# Each with what the page says of it.
TAGS: Mapping[str, str] = {
    "pagador": "o nome do pagador",
    "empresa": "o nome da sua empresa",
    "descricao": "a descrição da cobrança",
    "documento": "o número do documento, ou a descrição",
    "vencimento": "o dia do vencimento",
    "valor": "o valor da cobrança",
    "valor_hoje": "quanto ela custa no dia do envio, com multa, juros e desconto",
    "dias": "quantos dias faltam, ou passaram: «3 dias»",
    "link": "o endereço da página da cobrança",
}


def values_of(charge: Charge, tenant: Tenant, owed: Owed, today: date, link: str) -> dict[str, str]:
    """What each tag stands for. `owed` is of `today`."""
    return {
        "pagador": name_of(charge.payer),
        "empresa": tenant.name,
        "descricao": charge.description,
        "documento": charge.document_number or charge.description,
        "vencimento": f"{charge.due_date:%d/%m/%Y}",
        "valor": reais(charge.amount),
        "valor_hoje": reais(owed.total),
        "dias": counted(abs((today - charge.due_date).days), "dia", "dias"),
        "link": link,
    }


def name_of(payer: Payer) -> str:
    """As a mail greets them. A name that tells how to pay is none: whoever keeps the register does
    not write in the company's mails."""
    names = [name for name in (payer.trade_name, payer.name) if name]
    return next((name for name in names if not payment_data_of_name(name)), "cliente")
