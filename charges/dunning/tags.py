"""Tags of a text: replaced as they stand, once. What a tag stands for is never read again, and no
text of a person is a program."""

import re
from collections.abc import Mapping
from datetime import date

from charges.models import Charge
from charges.terms.amounts import Owed
from charges.terms.check import reais
from charges.terms.payment_data import payment_data_of_name
from core.errors import InvalidInput
from core.plurals import counted
from parties.models import Payer
from tenants.models import Tenant

TAG = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What was meant as one: not closed, or in single braces.
LOOSE = re.compile(r"\{\{|\}\}|\{\s*[a-z_]+\s*\}", re.I)
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


def fill(text: str, values: Mapping[str, str]) -> str:
    """A tag that is none stays as it was typed; `require_known_tags` refused it before."""
    return TAG.sub(lambda tag: values.get(tag[1].lower(), tag[0]), text)


def require_known_tags(text: str, *, field: str) -> None:
    """
    Raises:
        InvalidInput: (code `unknown_tag`) a tag is none of ours, or is not closed.
    """
    for tag in TAG.finditer(text):
        if tag[1].lower() not in TAGS:
            known = ", ".join(f"{{{{{name}}}}}" for name in TAGS)
            raise InvalidInput(
                f"«{tag[0]}» não é uma marcação. Use uma destas: {known}.",
                field=field,
                code="unknown_tag",
            )
    if LOOSE.search(TAG.sub("", text)):
        raise InvalidInput(
            "Uma marcação ficou aberta: ela começa com {{ e termina com }}.",
            field=field,
            code="unknown_tag",
        )


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
