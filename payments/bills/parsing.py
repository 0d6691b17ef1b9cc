"""Read what a person or a program gives for a bill into what a bill is made of.

Every fault is an `InvalidInput` that names the field, for pages and the API alike.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Protocol

from banking.banks.contract.payments import AccountType, PixKey, PixKeyType
from brazil.arrecadacao import Arrecadacao
from brazil.banking_days import DebtKind, payment_date_for
from brazil.banks import BANKS, Bank, bank_name
from brazil.br_code import BRCode
from brazil.digits import is_digits, plain
from brazil.document import parse_document
from brazil.errors import InvalidValue
from brazil.payment_line import parse_payment_line
from brazil.pix import PixKeyKind, parse_br_code, parse_pix_key
from core.amounts import check_amount
from core.errors import InvalidInput
from core.money import format_brl
from core.text import read_line
from parties.models import PIX_ACCOUNT_LENGTH, TED_ACCOUNT_LENGTH, PayeeAccount
from payments.models import Payable

COMPE_LENGTH, ISPB_LENGTH = 3, 8
# «341», «341 · Itaú» as the list shows it, «341 - Itaú» as others write it.
BANK_CODE = re.compile(r"(?P<code>[0-9]+)(?:\s*[·-].*)?")
BRANCH_LENGTH = 4
# What certainly is a check digit is left out: «1234-5», «1234-X», «1234X».
BRANCH = re.compile(r"(?P<branch>[0-9]{1,4})(?:-?[Xx]|-[0-9])?")
LETTERS_FOR_ZERO = ("X", "P")  # as banks print a check digit of 10
# City halls and government bodies: a tax due on a day without banks is paid before it.
TAX_SEGMENTS = ("1", "5")
LONGEST_CODE = 512  # characters of a BR Code (EMVCo)


@dataclass(frozen=True, slots=True)
class Slip:
    """A boleto or a collection document, as its line tells it."""

    WORDS: ClassVar[tuple[str, str, str]] = ("A linha digitável", "a linha", "esta linha digitável")

    linha_digitavel: str  # 47 or 48 digits
    issuer: str  # for people: «Itaú», «Energia elétrica e gás»
    amount: Decimal | None  # None: the line does not state one
    due_date: date | None
    kind: DebtKind
    is_shortened: bool  # it came without its zeros: the amount has to be typed, and to agree

    @property
    def is_binding(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class PixCharge:
    """What a Pix code («copia e cola») asks for, as it tells it itself."""

    WORDS: ClassVar[tuple[str, str, str]] = ("O código Pix", "o código", "este código Pix")

    payload: str
    key: str  # of a static code, whom it pays; empty of a dynamic one
    receiver: str  # as the code names it, which only the bank can check
    city: str
    amount: Decimal | None  # None: the code does not state one; of a dynamic one, a hint
    txid: str
    is_dynamic: bool  # its address, which only a bank opens, has the last word
    is_single_use: bool  # paid once: it says so itself
    asks_recurrence: bool  # it also asks for an authorisation of Pix Automático
    charge: str  # what it charges: two codes with the same one ask for the same
    is_shortened: ClassVar[bool] = False

    @property
    def is_binding(self) -> bool:
        return not self.is_dynamic


class Paper(Protocol):
    """What says an amount by itself. WORDS: as subject, as object, and «esta linha»."""

    WORDS: ClassVar[tuple[str, str, str]]

    @property
    def amount(self) -> Decimal | None: ...

    @property
    def is_binding(self) -> bool: ...  # another amount is refused

    @property
    def is_shortened(self) -> bool: ...


def read_document(text: str) -> str:
    """A CPF or CNPJ, canonical."""
    try:
        return parse_document(text)
    except InvalidValue as error:
        raise InvalidInput(str(error), field="payee_document") from None


def read_bank(text: str) -> str:
    """The COMPE code of a bank given by its code, its name, or the ISPB of one that we know.

    Our list is old the day after it was made: a code that it lacks is taken, and
    `payments.bills.warnings` says so. No bank of ours takes an ISPB in place of the code.
    """
    wanted = plain(text).strip()
    code = BANK_CODE.fullmatch(wanted)
    if code and len(code["code"]) <= COMPE_LENGTH and int(code["code"]):
        return code["code"].zfill(COMPE_LENGTH)
    if code and len(code["code"]) == ISPB_LENGTH:
        return _bank_by_ispb(code["code"])
    bank = next((b for b in BANKS if _folded(b.name) == _folded(wanted)), None)
    if bank is None:
        raise InvalidInput(
            "Não encontramos este banco. Escolha um da lista ou digite o código de três dígitos.",
            field="bank_code",
            code="unknown_bank",
        )
    return bank.compe


def _bank_by_ispb(ispb: str) -> str:
    bank = next((b for b in BANKS if b.ispb == ispb), None)
    if bank is None:
        raise InvalidInput(
            "Nenhum banco conectado paga só com o ISPB: digite o código de três dígitos.",
            field="bank_code",
            code="unknown_ispb",
        )
    return bank.compe


def bank_label(bank: Bank) -> str:
    return f"{bank.compe} · {bank.name}"


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def read_branch(text: str) -> str:
    """Four digits, without the check digit that some banks print after a hyphen.

    A fifth digit without a hyphen may be the check digit, or the first one the zero of a form
    with five places: the person says which.
    """
    typed = _bare(text, ".").replace("/", "-")
    branch = BRANCH.fullmatch(typed)
    if branch is None and not is_digits(typed):
        raise InvalidInput(
            "Digite a agência só com números, sem o dígito: 0123.",
            field="branch",
            code="not_digits",
        )
    if branch is None:
        message = "A agência tem até 4 números, sem o dígito."
        if len(typed) == BRANCH_LENGTH + 1:
            message += f" Se o último, {typed[-1]}, é o dígito, digite {typed[:-1]}."
        raise InvalidInput(message, field="branch", code="too_long")
    if not int(branch["branch"]):
        raise InvalidInput("Esta agência não existe.", field="branch", code="zero")
    return branch["branch"].zfill(BRANCH_LENGTH)


def _bare(text: str, punctuation: str) -> str:
    """Plain, without blanks and that punctuation."""
    return plain(text).translate(dict.fromkeys(map(ord, " " + punctuation)))


def read_account_number(text: str, *, longest: int = TED_ACCOUNT_LENGTH) -> str:
    """Digits with the check digit last: «45678-9» is 456789."""
    number = _bare(text, ".-/")
    letter = number[-1:].upper()
    if letter in LETTERS_FOR_ZERO and is_digits(number[:-1]):
        raise InvalidInput(
            f"Se o dígito da conta é {letter}, digite 0 no lugar dele: 45678-0.",
            field="account",
            code="letter",
        )
    if not is_digits(number):
        raise InvalidInput(
            "Digite a conta só com números e o dígito: 45678-9.", field="account", code="not_digits"
        )
    if len(number) > longest:
        raise InvalidInput(
            f"A conta tem até {longest} números com o dígito.",
            field="account",
            code="too_long",
        )
    if len(number) < 2 or not int(number):
        raise InvalidInput(
            "Digite a conta inteira, com o dígito: 45678-9.", field="account", code="incomplete"
        )
    return number


def read_pix_account_number(text: str) -> str:
    """As `read_account_number`, of an account that a Pix goes to."""
    return read_account_number(text, longest=PIX_ACCOUNT_LENGTH)


def read_account_type(text: str) -> AccountType:
    if text not in PayeeAccount.Type.values:
        raise InvalidInput("Escolha o tipo da conta.", field="account_type")
    return AccountType(text)


def read_slip(text: str, *, today: date) -> Slip:
    """Read a linha digitável or a bar code. `today` is the São Paulo day it is typed on."""
    try:
        paper = parse_payment_line(text, today=today)
    except InvalidValue as error:
        raise InvalidInput(str(error), field="linha_digitavel") from None
    if isinstance(paper, Arrecadacao):
        kind = DebtKind.TAX if paper.segment in TAX_SEGMENTS else DebtKind.ORDINARY
        return Slip(paper.linha_digitavel, paper.segment_name, paper.amount, None, kind, False)
    return Slip(
        paper.linha_digitavel,
        bank_name(paper.bank_code),
        paper.amount,
        paper.due_date,
        DebtKind.ORDINARY,
        paper.is_shortened,
    )


def read_pix_key(text: str, kind: str) -> PixKey:
    """A key of the kind that the person says it is, canonical: 11 digits may be two kinds."""
    if kind not in Payable.KeyType.values:
        raise InvalidInput("Escolha o tipo da chave.", field="pix_key_type")
    try:
        return PixKey(PixKeyType(kind), parse_pix_key(text, PixKeyKind(kind)))
    except InvalidValue as error:
        raise InvalidInput(str(error), field="pix_key") from None


def read_pix_code(text: str) -> PixCharge:
    """Read a «copia e cola». Its address is not opened: the bank does that when it pays."""
    try:
        code = parse_br_code(text)
    except InvalidValue as error:
        raise InvalidInput(str(error), field="pix_code") from None
    if code.why_not_paid:
        raise InvalidInput(code.why_not_paid, field="pix_code", code="not_a_bill")
    if len(code.payload) > LONGEST_CODE:
        raise InvalidInput(
            f"Um código Pix tem no máximo {LONGEST_CODE} caracteres.", field="pix_code"
        )
    return _pix_charge(code)


def reread_pix_code(stored: str) -> PixCharge:
    """What the code of a bill says. What is refused today may have been entered before."""
    return _pix_charge(parse_br_code(stored))


def _pix_charge(code: BRCode) -> PixCharge:
    return PixCharge(
        payload=code.payload,
        key=code.key or "",
        receiver=read_line(code.name),
        city=read_line(code.city),
        amount=code.amount,
        txid=code.txid or "",
        is_dynamic=code.url is not None,
        is_single_use=code.is_single_use,
        asks_recurrence=code.recurrence is not None,
        charge=_charge(code),
    )


def _charge(code: BRCode) -> str:
    if code.url:
        return _address(code.url)
    if code.txid:
        return f"{code.key}|{code.txid}"
    # Without an identifier only the whole code tells one charge from another.
    return hashlib.sha256(code.payload.encode()).hexdigest()


def _address(url: str) -> str:
    """The same for the same charge: of an address only the host may be written in two ways."""
    host, slash, path = url.partition("/")
    return host.lower() + slash + path


def agreed_amount(paper: Paper, typed: Decimal | None) -> Decimal:
    """The paper's own amount, which may be repeated; or the typed one where it has none.

    A dynamic code has the amount at its address, with interest or discount: what it says itself
    is a hint, and the typed amount prevails.
    """
    subject, thing, this = paper.WORDS
    if paper.is_binding and paper.amount is not None and typed not in {None, paper.amount}:
        raise InvalidInput(
            f"{subject} traz o valor R$ {format_brl(paper.amount)}. Corrija o valor ou {thing}.",
            field="amount",
            code="differs",
        )
    amount = typed if paper.is_shortened else typed or paper.amount
    if amount is None:
        why = f"{this} veio sem os zeros" if paper.amount else f"{this} não traz o valor"
        raise InvalidInput(f"Digite o valor: {why}.", field="amount", code="missing")
    return check_amount(amount)


def agreed_due_date(slip: Slip, typed: date | None) -> date:
    """As `agreed_amount`, for the due date."""
    if slip.due_date is not None and typed not in {None, slip.due_date}:
        raise InvalidInput(
            f"A linha digitável traz o vencimento {slip.due_date:%d/%m/%Y}. "
            "Corrija o vencimento ou a linha.",
            field="due_date",
            code="differs",
        )
    due_date = slip.due_date or typed
    if due_date is None:
        raise InvalidInput(
            "Digite o vencimento: esta linha digitável não traz o vencimento.",
            field="due_date",
            code="missing",
        )
    return due_date


def read_payment_date(due_date: date, kind: DebtKind) -> date:
    """The day on which a bill is paid in time."""
    try:
        return payment_date_for(due_date, kind=kind)
    except InvalidValue as error:
        raise InvalidInput(str(error), field="due_date") from None


def read_pix_date(due_date: date) -> date:
    """The day on which a Pix pays a bill: its due date, whatever day that is."""
    read_payment_date(due_date, DebtKind.ORDINARY)  # the calendar reaches it
    return due_date
