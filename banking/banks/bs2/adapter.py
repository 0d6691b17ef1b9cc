"""One company's account at BS2."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx

from banking.banks.bs2 import find_order, webhooks
from banking.banks.bs2.client import BANKING, Bs2Client, where_allowed
from banking.banks.bs2.info import INFO
from banking.banks.bs2.wire import (
    charge_requests,
    charges,
    payments,
    receipts,
    refusals,
    statement,
)
from banking.banks.bs2.wire.fields import id_of
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.auth import TokenSource
from banking.banks.contract.charges import Cancellation, Charge, ChargeRequest
from banking.banks.contract.errors import BankOutcomeUnknown, BankRejected, BankUnavailable
from banking.banks.contract.payments import (
    BoletoPayment,
    Finding,
    OpenOrder,
    Payment,
    Receipt,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.contract.statement import (
    AccountIdentity,
    EachOnce,
    Movement,
    StatementPage,
    Unread,
    sum_of,
)
from banking.banks.http.json import Json
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from brazil.banks import bank_name
from brazil.errors import InvalidValue
from brazil.payment_line import parse_payment_line

STATEMENT_PAGE = 100  # the most that is known to work
MAX_PAGES = 10_000  # a million movements: more is a bank that never ends
# How far back a movement is looked for that tells the account's number.
IDENTITY_DAYS = timedelta(days=90)

COLLECTION = "/pj/forintegration/cobranca"
PIX = "/pix/direto/forintegration/v1"


class Bs2Adapter(BankAdapter):
    info = INFO

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        super().__init__(http, tokens)
        self._client = Bs2Client(http, tokens)

    # --- The account --------------------------------------------------------------------

    def fetch_identity(self) -> AccountIdentity:
        """What the person typed, held against the newest movement: BS2 has no account endpoint,
        and says branch and number only inside the `protocolo`; the holder's name, nowhere.

        Raises:
            BankRejected: the statement is of another account.
        """
        told = self._tokens.secrets()
        branch, number = told["branch"], told["account"]
        today = sao_paulo_day(datetime.now(UTC))
        for window in reversed(statement.windows(today - IDENTITY_DAYS, today)):
            page = self._statement_page(*window, 0).content
            for movement in page.movements:
                shown = statement.account_in_protocol(movement)
                if shown is not None and not shown.is_account(branch, number):
                    raise BankRejected(
                        f"O extrato que o BS2 mostrou é da agência {shown.branch}, conta "
                        f"{shown.number}, e não da agência {branch}, conta {number}. "
                        "Confira os números e conecte a conta de novo."
                    )
            if page.movements:
                break
        return AccountIdentity(
            bank_code=INFO.compe,
            branch=branch,
            number=number,
            holder_name="",
            holder_document=told["document"],
        )

    def fetch_balance(self) -> Decimal:
        now = datetime.now(SAO_PAULO).replace(microsecond=0, tzinfo=None)
        return self._client.read(
            f"{BANKING}/contascorrentes/saldo",
            "balance",
            statement.balance_from_wire,
            {"dataReferencia": now.isoformat()},
        )

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """As the contract says, by windows of some days, the oldest first: how many days one
        request may span is not documented. Of all but the last window the closing is its own.
        """
        opening: Decimal | None = None
        for window in statement.windows(since, until):
            for page in self._statement_of(*window):
                opening = page.opening if opening is None else opening
                yield replace(page, opening=opening)

    def _statement_of(self, since: date, until: date) -> Iterator[StatementPage]:
        """A movement that comes again, because the pages shifted under new ones, is dropped. A
        page is asked for when the one before is consumed; what BS2 gave no `protocolo` comes last,
        for only the whole says how many of it there are.

        The page that reaches `total` ends it when nothing is missing; else an empty one does.
        """
        once, nameless = EachOnce(), statement.Nameless()
        for number in range(MAX_PAGES):
            page = self._statement_page(since, until, number)
            content = page.content
            new = once.new_of(replace(content, movements=page.named))
            is_news = nameless.add(page) or new.length > 0
            if new.length or number == 0:
                yield new
            left = content.closing - content.opening - once.total
            others = nameless.numbered(left, has_repeats=once.has_repeats)
            is_last = (number + 1) * STATEMENT_PAGE >= page.total
            is_whole = once.count + len(others) >= page.total or sum_of(others) == left
            if not content.length or (is_last and (is_whole or not is_news)):
                if others:
                    yield replace(content, movements=others, unread=())
                return
            if not is_news:
                break
        raise BankUnavailable("O banco BS2 repetiu páginas do extrato. Ele será lido de novo.")

    def read_movement(self, raw: str, number: int) -> Movement | Unread:
        return statement.read_again(raw, number)

    def _statement_page(self, since: date, until: date, number: int) -> statement.Page:
        return self._client.read(
            f"{BANKING}/contascorrentes/extrato",
            "statement",
            statement.page_from_wire,
            statement.range_to_wire(since, until) | {"inicio": number, "limite": STATEMENT_PAGE},
        )

    # --- Money out ----------------------------------------------------------------------

    def send_ted(self, payment: TedPayment) -> Receipt:
        """A second call is a second transfer, whatever its `key`: BS2 takes none."""
        body = payments.transfer_to_wire(
            payment,
            bank_name=bank_name(payment.bank_code),
            holder_document=self._tokens.secrets().get("document", ""),
            on=sao_paulo_day(datetime.now(UTC)),
        )
        path = f"{BANKING}/transferencias/simplificado"
        return self._client.write(path, "send_ted", body, payments.receipt_from_wire)

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        """A second call is a second payment, whatever its `key`: BS2 takes none."""
        today = sao_paulo_day(datetime.now(UTC))
        body = payments.title_to_wire(payment, due_date=_due_date(payment, today), on=today)
        return self._client.write(
            f"{BANKING}/pagamentos", "pay_boleto", body, payments.receipt_from_wire
        )

    def look_up_title(self, linha_digitavel: str) -> Title:
        line = payments.identification(linha_digitavel)
        return self._client.read(
            f"{BANKING}/pagamentos/{line}",
            "look_up_title",
            lambda answer: payments.title_from_wire(answer, line),
        )

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        """As the contract says, by one request each."""
        return find_order.statuses(self._client, orders)

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        """As the contract says, but never ABSENT."""
        return find_order.find(self, payment, sent_at=sent_at, now=now, twins=twins)

    def fetch_receipts(self, since: date, until: date, kind: int) -> receipts.Proofs:
        """The receipts (comprovantes) of the days since..until; `kind` is one of wire's."""
        days = {"dataInicial": f"{since}T00:00:00", "dataFinal": f"{until}T23:59:59"}
        return self._client.read(
            f"{BANKING}/comprovantes",
            "receipts",
            receipts.proofs_from_wire,
            {**days, "tipoFiltro": kind},
        )

    def receipt_pdf(self, proof: receipts.Proof) -> bytes:
        return self._client.read_bytes(
            f"{BANKING}/comprovantes/{proof.reference}/imprimivel",
            "receipt_pdf",
            charges.pdf_from_wire,
            {} if proof.type is None else {"TipoComprovante": proof.type},
        )

    # --- Charges ------------------------------------------------------------------------

    def issue_charge(self, request: ChargeRequest) -> Charge:
        """A second call may be a second boleto: BS2 has no keys."""
        body = charge_requests.charge_to_wire(request)
        path = f"{COLLECTION}/v2/boletos/simplificado"
        try:
            return self._client.write(path, "issue_charge", body, charges.issued_from_wire)
        except BankRejected as error:
            if not refusals.is_repeated(error):
                raise
            raise BankOutcomeUnknown(
                "O banco BS2 diz que já tem um boleto com este número: ele pode ter sido emitido "
                "antes. Confira no BS2 Empresas.",
                code=error.code,
                reason=error.reason,
            ) from error

    def fetch_charge(self, reference: str) -> Charge:
        return self._client.read(_boleto(reference), "fetch_charge", charges.charge_from_wire)

    def cancel_charge(self, reference: str, *, key: UUID, reason: str = "") -> Cancellation:
        """The write-off (baixa), which is not done at once; up to 90 days after the due date."""
        return self._client.write(
            f"{_boleto(reference)}/solicitacoes/cancelamentos",
            "cancel_charge",
            {"justificativa": reason} if reason else {},
            lambda answer: charges.requested_from_wire(answer, reference),
        )

    def charge_cancellation(self, cancellation: Cancellation) -> Cancellation:
        reference = cancellation.charge_reference
        return self._client.read(
            f"{_boleto(reference)}/solicitacoes/cancelamentos/{id_of(cancellation.reference)}",
            "charge_cancellation",
            lambda answer: charges.cancellation_from_wire(answer, reference),
        )

    def charge_pdf(self, charge: Charge) -> bytes:
        path = f"{_boleto(charge.reference)}/imprimivel"
        return self._client.read_bytes(path, "charge_pdf", charges.pdf_from_wire)

    # --- Webhooks -----------------------------------------------------------------------

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        """Movements, orders that ended and Pix, each where the application may. The address for
        boletos goes to the bank's sales contact, who activates it.

        The first ones have no list to look at: asked again they are made again, and the same
        notice comes twice.
        """
        for event in webhooks.ACCOUNT_EVENTS:
            with where_allowed():
                self._register(webhooks.account_event_to_wire(event, url, secret))
        with where_allowed():
            self._register_pix(url, secret)

    def _register(self, body: Json) -> None:
        for context in webhooks.CONTEXTS:
            with suppress(BankRejected):
                self._client.set("POST", f"{BANKING}/{context}/webhook", "create_webhook", body)
                return

    def _register_pix(self, url: str, secret: bytes) -> None:
        path = f"{PIX}/webhook/bs2"
        if url not in self._client.read(path, "list_webhooks", webhooks.pix_addresses_from_wire):
            self._client.set("PUT", path, "set_webhook", webhooks.pix_to_wire(url, secret))


def _boleto(reference: str) -> str:
    return f"{COLLECTION}/v1/boletos/{id_of(reference)}"


def _due_date(payment: BoletoPayment, today: date) -> date | None:
    """The one in the line. One that we cannot read is the bank's to refuse."""
    try:
        return getattr(parse_payment_line(payment.linha_digitavel, today=today), "due_date", None)
    except InvalidValue:
        return None
