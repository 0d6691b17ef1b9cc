"""Read the text of a cell as what its column says. Knows no table.

Each reader returns the value and, where it took the text for something that is not quite what is
written there, a remark. Raises InvalidInput or InvalidValue, with the sentence for the cell.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from brazil import cnpj, cpf
from brazil.cep import format_cep, parse_cep
from brazil.digits import is_digits, plain
from brazil.document import format_document, is_valid_document, parse_document
from brazil.errors import InvalidValue
from brazil.phone import parse_phone
from charges.models import Charge
from charges.terms.instalments import MOST
from core.amounts import read_amount
from core.errors import InvalidInput
from core.spreadsheet import plain as folded
from parties.payers import read_emails

T = TypeVar("T")
BRANCH = slice(8, 12)  # of a CNPJ
Read = tuple[T, str]
SCIENTIFIC = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
STREET_AND_NUMBER = re.compile(
    r"(?P<street>.*[^\W\d_].*?),?\s*(?:,|\bn[ºo°.]*)\s*(?P<number>\d[\d.]*[A-Za-z]?|s/?n)",
    re.IGNORECASE,
)
FORMS = {
    **dict.fromkeys(("boleto com pix", "boleto e pix", "boleto + pix", "boleto/pix", "bolepix",
                     "boleto hibrido", "boleto pix"), Charge.Form.BOLETO_PIX),
    **dict.fromkeys(("boleto", "boleto bancario"), Charge.Form.BOLETO),
    "pix": Charge.Form.PIX,
}  # fmt: skip
# What a spreadsheet keeps of 2 % in a cell that is formatted as a percentage is 0,02.
LEAST_PERCENT = Decimal("0.1")


def read_document(text: str) -> Read[str]:
    """A number has lost the zeros before it: they are put back where the check digits hold."""
    if SCIENTIFIC.fullmatch(text.replace(" ", "")):
        raise InvalidInput("A planilha guardou só uma parte do número: escreva-o como texto.")
    bare = re.sub(r"[./\s-]", "", plain(text))
    is_short = is_digits(bare) and len(bare) < cnpj.LENGTH and not is_valid_document(bare)
    if is_short and (found := filled_up(bare)):
        return found, f"Lido como {format_document(found)}: faltavam zeros no começo."
    return parse_document(text), ""


def filled_up(figures: str) -> str:
    """With the zeros that it lost; empty where the check digits do not hold.

    Of a short number those of a CPF and of a CNPJ are the same. A company of so small a number has
    a branch of few: else it is a person.

    Raises:
        InvalidInput: it may be either.
    """
    person, company = figures.zfill(cpf.LENGTH), figures.zfill(cnpj.LENGTH)
    found = [each for each in (person, company) if each != figures and is_valid_document(each)]
    if len(found) < 2:
        return "".join(found)
    if company[BRANCH].startswith("000"):
        raise InvalidInput(
            f"Pode ser {format_document(person)} ou {format_document(company)}: escreva com os "
            "zeros do começo."
        )
    return person


def read_cep(text: str) -> Read[str]:
    bare = text.replace(" ", "")
    if is_digits(bare) and len(bare) == 7:
        cep = parse_cep(f"0{bare}")
        return cep, f"Lido como {format_cep(cep)}: faltava o zero no começo."
    return parse_cep(bare), ""


def read_day(text: str) -> Read[date]:
    typed = plain(text).strip()
    if match := ISO_DAY.fullmatch(typed):
        return day_of(match[1], match[2], match[3]), ""
    match = DAY.fullmatch(typed)
    if match is None:
        raise InvalidInput("Escreva o dia como 31/12/2026.")
    if len(match[3]) == 2:
        day = day_of(f"20{match[3]}", match[2], match[1])
        return day, f"Lido como {day:%d/%m/%Y}."
    return day_of(match[3], match[2], match[1]), ""


def day_of(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        pass
    with suppress(ValueError):
        date(int(year), int(day), int(month))
        raise InvalidInput("O mês e o dia estão trocados: escreva como 31/12/2026.")
    raise InvalidInput("Esta data não existe. Escreva como 31/12/2026.")


def read_money(text: str) -> Read[Decimal]:
    return read_amount(text), ""


def read_discount(text: str) -> Read[Decimal]:
    if re.fullmatch(r"(R\$)?\s*[0.,]*0", text.strip()):
        return Decimal("0.00"), ""
    return read_amount(text), ""


def read_percent(text: str) -> Read[Decimal]:
    typed = plain(text).replace("%", "").replace(" ", "").replace(",", ".")
    try:
        percent = Decimal(typed)
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidInput("Escreva a porcentagem como 2 ou 0,33.")
    if 0 < percent < LEAST_PERCENT and "%" not in text:
        meant = f"{(percent * 100).normalize():f}".replace(".", ",")
        raise InvalidInput(
            f"{text} em uma célula de porcentagem é {meant} %: escreva {meant}, ou {text} % se é "
            "isso mesmo."
        )
    if percent.scaleb(2) % 1:
        raise InvalidInput("A porcentagem tem até duas casas decimais.")
    return percent, ""


def read_count(text: str) -> Read[int]:
    typed = re.sub(r"(?i)x$|,0+$", "", text.strip()).strip()
    if not is_digits(typed) or len(typed) > 3 or not 1 <= int(typed) <= MOST:
        raise InvalidInput(f"Use um número de 1 a {MOST}.")
    return int(typed), ""


def read_form(text: str) -> Read[Charge.Form]:
    form = FORMS.get(folded(text))
    if form is None:
        raise InvalidInput("Use Boleto com Pix, Boleto ou Pix.")
    return form, ""


def read_emails_of(text: str) -> Read[list[str]]:
    return read_emails(re.split(r"[\s,;]+", text)), ""


def read_phone(text: str) -> Read[str]:
    return parse_phone(text), ""


def split_street(text: str) -> tuple[str, str] | None:
    """Of «Avenida Paulista, 1000»: both."""
    match = STREET_AND_NUMBER.fullmatch(text.strip())
    return (match["street"].strip(" ,"), match["number"].upper()) if match else None


class Cells:
    """The cells of one row, and what is said of each."""

    def __init__(self, cells: dict[str, str], unread: dict[str, str], marks: dict[str, str]):
        self.texts = {key: text for key, text in cells.items() if text.strip()}
        self.faults = dict(unread)
        self.marks = {key: text for key, text in marks.items() if key in self.texts}

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def read(self, key: str, reader: Callable[[str], Read[T]], otherwise: T) -> T:
        """`otherwise` where the cell is empty, or is not what it should be."""
        text = self.text(key)
        if not text or key in self.faults:
            return otherwise
        try:
            value, mark = reader(text)
        except (InvalidInput, InvalidValue) as error:
            self.wrong(key, str(error))
            return otherwise
        if mark:
            self.marks.setdefault(key, mark)
        return value

    def wrong(self, key: str, sentence: str) -> None:
        """The first thing that is wrong with a cell is told."""
        self.faults.setdefault(key, sentence)
