"""What a row of a table tells beside its day, its amount and its text."""

from collections.abc import Sequence
from decimal import Decimal

from banking.statements.files.cells import as_text, at
from banking.statements.files.codes import REAIS, currency_code
from banking.statements.files.columns import Columns, side_of
from banking.statements.files.contract import LONGEST_TEXT, NotRead
from banking.statements.files.particulars import canonical
from core.spreadsheet import Cell, plain

Cells = Sequence[Cell]
NOBODY = "desconhecido"  # as Stone prints it


def text_at(cells: Cells, position: int | None) -> str:
    return "" if position is None else as_text(at(cells, position))


def printed(cells: Cells) -> str:
    return " · ".join(text for text in map(as_text, cells) if text)[:LONGEST_TEXT]


def joined_texts(cells: Cells, columns: Columns) -> str:
    """Without a part that another one holds: some banks print the kind twice."""
    if len(columns.texts) == 1:
        return as_text(at(cells, columns.texts[0]))
    parts = list(dict.fromkeys(as_text(at(cells, position)) for position in columns.texts))
    whole = "\n".join(parts)
    return " ".join(part for part in parts if part and whole.count(part) == 1)[:LONGEST_TEXT]


def further_text(cells: Cells, columns: Columns) -> str:
    """Of a row that holds nothing but text: Bradesco and Sicoob write the other side so."""
    day = at(cells, columns.date)
    if not columns.headings or (day.strip() if isinstance(day, str) else day):
        return ""
    told = {position for position, cell in enumerate(cells) if as_text(cell)}
    return joined_texts(cells, columns) if told and told.issubset(columns.texts) else ""


def told_side(cells: Cells, columns: Columns, amount: Decimal) -> tuple[str, str]:
    """Name and document of the other side, as columns of their own tell them."""
    name, document = text_at(cells, columns.name), text_at(cells, columns.document)
    if columns.payee is not None or columns.payer is not None:
        is_out = amount < 0
        name = name or known(cells, columns.payee if is_out else columns.payer)
        document = document or known(
            cells, columns.payee_document if is_out else columns.payer_document
        )
    return name, canonical(document) if document else ""


def known(cells: Cells, position: int | None) -> str:
    text = text_at(cells, position)
    return "" if plain(text) == NOBODY else text


def number_at(cells: Cells, position: int | None) -> str:
    """Nothing where a bank prints the kind into the column of numbers: «PIX_DEB»."""
    text = text_at(cells, position)
    return text if text.isdigit() or any(sign.isdigit() for sign in text) else ""


def check_side(cells: Cells, columns: Columns) -> None:
    """Raises:
    NotRead: it does not say whether the amount came in or went out.
    """
    if not side_of(text_at(cells, columns.direction)):
        raise NotRead("A linha não diz se o valor entrou ou saiu.")


def check_currency(cells: Cells, columns: Columns) -> None:
    """Raises:
    NotRead: the amount is not in reais.
    """
    currency = currency_code(text_at(cells, columns.currency))
    if currency not in ("", REAIS):
        raise NotRead(f"O valor está em {currency}, e não em reais.")
