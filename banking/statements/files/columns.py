"""Which column of a table holds what: recognised by its heading, or said by a person once.

What was recognised or said is remembered by the headings: a file whose headings differ is another.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.spreadsheet import LONGEST_HEADING, Cell, heading_of

MOST_COLUMNS = 100
# In order of preference: of «Data Lançamento» and «Data Contábil» the first is the day.
HEADINGS = {
    "date": (
        "data lancamento", "data do lancamento", "data de lancamento", "data movimento",
        "data do movimento", "data movimentacao", "data da movimentacao", "data mov", "data",
        "data da transacao", "data transacao", "data hora", "data e hora", "data/hora",
        "data da operacao", "data operacao", "date", "release date", "dt lancamento",
        "dt movimento", "dia", "data contabil", "data da compra", "data de compra",
        "data pagamento", "data do pagamento",
    ),
    "amount": (
        "valor", "valor r", "valor em r", "valor rs", "valor lancamento", "valor do lancamento",
        "valor da transacao", "valor transacao", "valor brl", "valor em reais", "valor liquido",
        "amount", "transaction net amount", "net amount", "montante", "quantia", "vlr",
        "valor movimentacao", "valor da movimentacao", "valor do movimento",
    ),
    "credit": (
        "credito", "creditos", "entrada", "entradas", "valor credito", "valor de entrada",
        "credito r", "entrada r", "valor entrada", "recebimentos", "credit", "money in",
    ),
    "debit": (
        "debito", "debitos", "saida", "saidas", "valor debito", "valor de saida", "debito r",
        "saida r", "valor saida", "pagamentos", "debit", "money out",
    ),
    "direction": (
        "d/c", "c/d", "dc", "cd", "natureza", "tipo", "tipo transacao", "tipo de transacao",
        "tipo lancamento", "tipo de lancamento", "sinal", "credito/debito", "debito/credito",
        "inf", "operacao", "entrada/saida", "deb cred", "deb/cred", "cred/deb",
        "debito ou credito", "credito ou debito", "tipo da transacao", "tipo da operacao",
        "tipo de operacao", "tipo operacao", "tipo de movimentacao", "tipo movimento",
        "movimentacao",
    ),
    "balance": (
        "saldo", "saldo r", "saldo do dia", "saldo apos", "saldo apos lancamento", "saldo final",
        "saldo parcial", "saldo atual", "saldo em conta", "balance", "partial balance", "saldos",
        "saldo depois", "saldo apos movimento", "saldo apos transacao", "saldo apos a transacao",
        "saldo diario", "running balance",
    ),
    "source_id": (
        "identificador", "id", "id transacao", "id da transacao", "identificador da transacao",
        "codigo da transacao", "codigo transacao", "fitid", "reference id", "id da operacao",
        "transaction id", "transferwise id",
    ),
    "check_number": (
        "dcto", "docto", "doc", "documento", "n documento", "no documento", "no doc", "num doc",
        "nr documento", "numero documento", "numero do documento", "n do documento", "n doc",
        "no do documento", "num documento", "cheque", "numero do cheque", "nr doc", "protocolo",
    ),
    "document": (
        "cpf/cnpj", "cnpj/cpf", "cpf cnpj", "cnpj", "cpf", "cpf ou cnpj", "documento favorecido",
        "documento do favorecido", "cpf/cnpj do favorecido", "cpf/cnpj contraparte",
        "documento contraparte",
    ),
    "name": (
        "razao social", "favorecido", "nome", "contraparte", "beneficiario", "nome do favorecido",
        "nome favorecido", "nome contraparte", "pagador", "pagador/recebedor",
        "favorecido/pagador", "nome/razao social", "identificacao", "origem/destino",
        "destino/origem", "cliente ou fornecedor", "cliente/fornecedor", "fornecedor/cliente",
        "nome do fornecedor/cliente", "nome do cliente/fornecedor",
    ),
    # As Stone prints both sides of each row: the other one is the payee of money out, the payer
    # of money in.
    "payee": ("destino", "destinatario", "nome do destinatario"),
    "payee_document": ("destino documento", "documento do destinatario"),
    "payer": ("origem", "remetente", "nome do remetente"),
    "payer_document": ("origem documento", "documento do remetente"),
    "currency": ("moeda", "currency"),
}  # fmt: skip
DAYS = frozenset(HEADINGS["date"])
# All of them are text, joined in the file's order.
TEXTS = frozenset(
    {
        "descricao", "historico", "lancamento", "lancamentos", "titulo", "title", "description",
        "memo", "detalhe", "detalhes", "estabelecimento", "transacao", "transaction type",
        "identificacao", "complemento", "movimentacao", "descricao do lancamento", "observacao",
        "observacoes", "historico complementar", "descricao da transacao", "details",
        "descricao lancamento", "descritivo", "local", "historico de movimentacao", "modalidade",
        "detalhamento", "detalhamento hist", "detalhamento historico",
    }
)  # fmt: skip
# Bills of cards (Nubank, Inter), where a purchase has no minus.
CARD_BILLS = frozenset(
    {
        ("date", "title", "amount"),
        ("date", "category", "title", "amount"),
        ("data", "lancamento", "categoria", "tipo", "valor"),
    }
)
# Nothing but such a bill has these (XP, C6).
OF_A_CARD = frozenset({"portador", "nome no cartao", "final do cartao"})
DEBITS = frozenset(
    {"d", "s", "debito", "db", "deb", "saida", "-", "dr", "debit", "despesa", "pagamento",
     "enviado", "enviada"}
)  # fmt: skip
CREDITS = frozenset(
    {"c", "e", "credito", "cr", "cred", "entrada", "+", "credit", "receita", "recebimento",
     "recebido", "recebida"}
)  # fmt: skip
# «Valor (em US$)» is no other «Valor».
FOREIGN = re.compile(r"\(\s*(?:em )?(us\$|usd|u\$s|€|eur|£|gbp)\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions count from 0. Either `amount` is there, or `credit` or `debit`."""

    headings: tuple[str, ...]  # as `headings_of` gives them; without: the first row is a movement
    date: int
    amount: int | None = None
    credit: int | None = None
    debit: int | None = None
    direction: int | None = None  # «D» or «C» beside an amount without a sign
    is_unsigned: bool = False  # no amount has a sign: only the direction tells it
    texts: tuple[int, ...] = ()
    name: int | None = None
    document: int | None = None
    payee: int | None = None
    payee_document: int | None = None
    payer: int | None = None
    payer_document: int | None = None
    currency: int | None = None
    balance: int | None = None
    source_id: int | None = None
    check_number: int | None = None
    is_sign_turned: bool = False  # money out has no minus
    decimal_mark: str = ""  # empty: as the columns show it
    is_month_first: bool | None = None  # None: as the column shows it
    swaps_days: bool = False  # of days that a spreadsheet program has read month first
    year_by: dt.date | None = None  # days without a year: the last ones up to this day

    @property
    def money(self) -> tuple[int, ...]:
        every = (self.amount, self.credit, self.debit, self.balance)
        return tuple(position for position in every if position is not None)


def headings_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Without what follows the last one: some banks end each row with a comma."""
    found = [
        folded(cell[:LONGEST_HEADING]) if isinstance(cell, str) else ""
        for cell in cells[:MOST_COLUMNS]
    ]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    return heading_of(FOREIGN.sub(" em outra moeda", text))


def recognise(cells: Sequence[Cell]) -> Columns | None:
    """The columns under these headings; None where they are no headings of a statement."""
    headings = headings_of(cells)
    if DAYS.isdisjoint(headings):
        return None
    found: dict[str, Any] = {role: position_of(names, headings) for role, names in HEADINGS.items()}
    day = found.pop("date")
    has_sides = found["credit"] is not None and found["debit"] is not None
    if day is None or (found["amount"] is None and not has_sides):
        return None
    if found["amount"] is not None:
        found["credit"] = found["debit"] = None
    used = {day, *found.values()}
    texts = tuple(at for at, heading in enumerate(headings) if heading in TEXTS)
    texts = texts or tuple(at for at, heading in enumerate(headings) if heading and at not in used)
    is_card = headings in CARD_BILLS or not OF_A_CARD.isdisjoint(headings)
    return Columns(headings, day, texts=texts, is_sign_turned=is_card, **found)


def position_of(names: Sequence[str], headings: Sequence[str]) -> int | None:
    return next((headings.index(name) for name in names if name in headings), None)


def side_of(text: str) -> str:
    """`C`, `D`, or nothing."""
    folded = re.sub(r"[^a-z+-]", "", heading_of(text) or text.strip())
    if folded in DEBITS:
        return "D"
    return "C" if folded in CREDITS else ""
