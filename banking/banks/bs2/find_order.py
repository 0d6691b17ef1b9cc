"""What became of an order: after a lost answer, whether what BS2 shows is the one that we sent.

BS2 keeps no reference of ours and takes no key, so an order is known by its value and its payee.
One that waits for a signature in BS2 Empresas is in no list: that nothing shows proves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from banking.banks.bs2.client import BANKING, Bs2Client, is_about_token
from banking.banks.bs2.wire.fields import UnreadableAnswer, id_of, plain
from banking.banks.bs2.wire.payments import name_to_wire, whereabouts_from_wire
from banking.banks.bs2.wire.receipts import (
    PAYMENT_SCHEDULING,
    PAYMENTS,
    TRANSFER_SCHEDULING,
    TRANSFERS,
    Proof,
    Proofs,
)
from banking.banks.contract.errors import BankAccessDenied, BankRejected, BankUnavailable
from banking.banks.contract.payments import (
    BoletoPayment,
    Finding,
    OpenOrder,
    OrderState,
    Payment,
    PixPayment,
    Rail,
    Receipt,
    Search,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.contract.statement import Movement, StatementPage
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from brazil.errors import InvalidValue
from brazil.payment_line import parse_payment_line
from core.money import format_brl

# The bank's clock may be behind ours by as much.
CLOCK_SLACK = timedelta(minutes=2)
# Types of a receipt, not those of the search.
_SCHEDULING = frozenset({TRANSFER_SCHEDULING + 1, PAYMENT_SCHEDULING + 1})

Order = TedPayment | BoletoPayment
# The schedulings too: a TED after hours goes on the next banking day.
_TRANSFERS = (TRANSFERS, TRANSFER_SCHEDULING)
_PAYMENTS = (PAYMENTS, PAYMENT_SCHEDULING)
_STATUS_PATHS = {Rail.TED: "transferencias", Rail.BOLETO: "pagamentos"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What BS2 showed of the days since the order was sent."""

    movements: Sequence[Movement]
    proofs: Sequence[Proof] | None  # None: it did not show its receipts
    title: Title | None = None
    title_refusal: str = ""  # its words for not giving the title
    unread: int = 0  # movements and receipts that cannot be read: the order may be one of them


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that looks like the order."""

    at: datetime
    receipt: Receipt


class Reads(Protocol):
    """What of the adapter is used here: it only reads."""

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]: ...

    def fetch_receipts(self, since: date, until: date, kind: int) -> Proofs: ...

    def look_up_title(self, linha_digitavel: str) -> Title: ...


def find(bank: Reads, payment: Payment, *, sent_at: datetime, now: datetime, twins: int) -> Finding:
    """Look in the statement, the receipts and the clearing house; never makes sure of absence."""
    if isinstance(payment, PixPayment):
        return Finding(Search.CANNOT_TELL, seen="O Kamino não envia Pix pelo BS2.")
    since, until = sao_paulo_day(sent_at), sao_paulo_day(now)
    try:
        shown = shown_by(bank, payment, since, until)
    except BankRejected as error:  # it refused the question, not the order
        return Finding(Search.CANNOT_TELL, seen=f"O extrato não pôde ser lido. {error}")
    return conclude(payment, shown, sent_at=sent_at, now=now, twins=twins)


def statuses(client: Bs2Client, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
    """One whose status is in words that we do not know, or that BS2 does not find, is left out; so
    is one that fails while others do not."""
    states: dict[str, Whereabouts] = {}
    failure: BankUnavailable | None = None
    for order in orders:
        try:
            there = _status(client, order)
        except BankRejected:  # it refused the question, not the order
            continue
        except BankUnavailable as error:
            failure = error
            continue
        if there is not None:
            states[order.reference] = there
    if failure is not None and not states:
        raise failure
    return states


def _status(client: Bs2Client, order: OpenOrder) -> Whereabouts | None:
    if order.rail not in _STATUS_PATHS:
        return None
    path = f"{BANKING}/{_STATUS_PATHS[order.rail]}/solicitacoes/{id_of(order.reference)}"
    return client.read(path, "order_status", whereabouts_from_wire)


# --- What BS2 shows --------------------------------------------------------------------


def shown_by(bank: Reads, order: Order, since: date, until: date) -> Shown:
    """
    Raises:
        BankError: the statement could not be read; without it nothing can be said.
    """
    pages = list(bank.fetch_statement(since, until))
    lines = [line for page in pages for line in page.movements]
    kinds = _TRANSFERS if isinstance(order, TedPayment) else _PAYMENTS
    receipts = _proofs(bank, since, until, kinds)
    unread = sum(len(page.unread) for page in pages) + sum(
        proofs.unread for proofs in receipts or ()
    )
    proofs = None if receipts is None else [proof for each in receipts for proof in each.read]
    shown = Shown(lines, proofs, unread=unread)
    return _with_title(bank, shown, order) if isinstance(order, BoletoPayment) else shown


def _proofs(bank: Reads, since: date, until: date, kinds: tuple[int, ...]) -> list[Proofs] | None:
    """None where it does not show them: neither path nor shape of the answer is documented, and
    the application may be without the scope `comprovante`."""
    try:
        return [bank.fetch_receipts(since, until, kind) for kind in kinds]
    except (BankRejected, UnreadableAnswer):
        return None
    except BankAccessDenied as error:
        if is_about_token(error):
            raise
        return None


def _with_title(bank: Reads, shown: Shown, payment: BoletoPayment) -> Shown:
    try:
        return replace(shown, title=bank.look_up_title(payment.linha_digitavel))
    except BankRejected as error:
        return replace(shown, title_refusal=error.reason or str(error))
    except UnreadableAnswer:
        return shown


# --- Whether it is the order -----------------------------------------------------------


def conclude(
    order: Order, shown: Shown, *, sent_at: datetime, now: datetime, twins: int
) -> Finding:
    """FOUND when there is one more of it than our other orders account for, and one of those left
    over is not older than ours. Never ABSENT."""
    debits = [
        Trace(
            line.occurred_at,
            Receipt(line.bank_id, OrderState.PAID, order.amount, day=line.booked_on),
        )
        for line in shown.movements
        if _is_debit_of(order, line, shown.title)
    ]
    receipts = [
        Trace(proof.made_at, _receipt_of(proof, order))
        for proof in shown.proofs or ()
        if proof.made_at is not None and _is_proof_of(order, proof)
    ]
    # The statement and the receipts show the same orders: what both have is not two.
    for traces in (debits, receipts):
        left = sorted(traces, key=lambda trace: trace.at)[twins:]
        for trace in left:
            if trace.at >= sent_at - CLOCK_SLACK:
                return Finding(Search.FOUND, trace.receipt, seen=_found(trace))
    return Finding(
        Search.CANNOT_TELL,
        seen=_seen(order, shown, sent_at, now, len(debits), len(receipts), twins),
    )


def _is_debit_of(order: Order, line: Movement, title: Title | None) -> bool:
    if line.amount != -order.amount:
        return False
    if isinstance(order, TedPayment):
        if line.counterparty_document:
            return line.counterparty_document == order.holder_document
        whom = plain(line.counterparty_name)
        return bool(whom) and whom in {
            plain(order.holder_name),
            plain(name_to_wire(order.holder_name)),
        }
    if any(code in line.raw for code in codes_of(order)):
        return True
    beneficiary = title.beneficiary_document if title else ""
    return bool(beneficiary) and beneficiary == line.counterparty_document


def _is_proof_of(order: Order, proof: Proof) -> bool:
    if order.amount not in proof.amounts:
        return False
    if isinstance(order, TedPayment):
        return order.holder_document in proof.numbers
    return not proof.numbers.isdisjoint(codes_of(order))


def codes_of(order: BoletoPayment) -> list[str]:
    """The line and its bar code: either may stand in a receipt."""
    try:
        today = sao_paulo_day(datetime.now(SAO_PAULO))
        title = parse_payment_line(order.linha_digitavel, today=today)
    except InvalidValue:
        return [order.linha_digitavel]
    return [order.linha_digitavel, title.barcode]


def _receipt_of(proof: Proof, order: Order) -> Receipt:
    reference = proof.protocol or proof.reference
    if proof.type in _SCHEDULING:
        return Receipt(reference, OrderState.SCHEDULED, order.amount)
    day = sao_paulo_day(proof.made_at) if proof.made_at else None
    return Receipt(reference, OrderState.PAID, order.amount, day=day)


# --- In words ---------------------------------------------------------------------------


def _found(trace: Trace) -> str:
    return f"O BS2 mostra um lançamento igual, de {_time(trace.at)}."


def _seen(
    order: Order,
    shown: Shown,
    sent_at: datetime,
    now: datetime,
    debits: int,
    receipts: int,
    twins: int,
) -> str:
    amount = f"R$ {format_brl(order.amount)}"
    what = (
        f"{amount} para {order.holder_name}"
        if isinstance(order, TedPayment)
        else f"{amount} deste título"
    )
    parts = [
        f"No extrato do BS2 desde {_day(sent_at)}, lido em {_time(now)}: "
        f"{_count(debits, 'débito', 'débitos')} de {what}."
    ]
    if shown.proofs is None:
        parts.append("O banco não mostrou os comprovantes.")
    else:
        parts.append(f"Nos comprovantes: {_count(receipts, 'igual', 'iguais')}.")
    if shown.unread:
        told = _count(shown.unread, "item do banco não foi lido", "itens do banco não foram lidos")
        parts.append(f"{told}: pode ser este pagamento.")
    if twins:
        parts.append(f"Outras ordens iguais que já conhecemos: {twins}.")
    if shown.title_refusal:
        parts.append(f"Na consulta do título o banco respondeu: {shown.title_refusal}")
    elif shown.title is not None and shown.title.is_paid is None:
        parts.append("O título ainda aparece na consulta do banco.")
    parts.append(
        "Uma ordem que espera assinatura no BS2 Empresas não aparece nestas consultas: "
        "confira lá, em Aprovações, antes de decidir."
    )
    return " ".join(parts)


def _count(number: int, one: str, many: str) -> str:
    return f"nenhum {one}" if number == 0 else f"{number} {one if number == 1 else many}"


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(SAO_PAULO):%d/%m/%Y}"


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(SAO_PAULO):%d/%m/%Y %H:%M}"
