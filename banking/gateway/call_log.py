"""The last calls to a bank by each connection, for a person who looks for what is wrong.

They are collected while a connection is in use and stored when it is left, in one transaction: a
call itself waits for nothing. What a process that died had collected is lost.
"""

import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import connection as database
from django.utils import timezone

from banking.banks.contract.errors import BankError
from banking.banks.http.call import Call
from banking.gateway import bank_clock, circuit_breaker
from banking.models import BankCall, Connection
from core.ids import uuid7
from tenants.models import Tenant
from tenants.scope import tenant_scope

KEPT = 50

# The rows that are stored are newer than all that were, and do not show to the statement itself.
STORE = """
WITH old AS (
    DELETE FROM banking_bankcall WHERE tenant_id = %(tenant)s AND id IN (
        SELECT id FROM banking_bankcall
        WHERE tenant_id = %(tenant)s AND connection_id = %(connection)s
        ORDER BY made_at DESC, id DESC OFFSET %(kept)s
    )
)
INSERT INTO banking_bankcall (
    tenant_id, connection_id, id, made_at, operation, result, milliseconds, is_failure_of_bank)
SELECT %(tenant)s, %(connection)s, r.* FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    id uuid, made_at timestamptz, operation text, result text, milliseconds int,
    is_failure_of_bank boolean)
"""

log = structlog.get_logger(__name__)


class CallLog:
    """The watcher of one client. Called in whichever thread made the call."""

    def __init__(self) -> None:
        self._calls: deque[tuple[datetime, Call]] = deque(maxlen=KEPT)

    def __call__(self, call: Call) -> None:
        self._calls.append((timezone.now(), call))
        circuit_breaker.note_call(call)
        bank_clock.note_date(call)

    def take(self) -> list[tuple[datetime, Call]]:
        """What was collected since the last time, the oldest first."""
        taken = []
        while self._calls:
            try:
                taken.append(self._calls.popleft())
            except IndexError:  # another thread was faster
                break
        return taken

    def keep(self, connection: Connection) -> None:
        if calls := self.take():
            store(connection.tenant_id, connection.id, calls)


@contextmanager
def keep_calls(tenant_id: UUID, connection_id: UUID, bank: str, operation: str) -> Iterator[None]:
    """Keep one request whose client has no watcher: that for a token."""
    started, result = time.perf_counter(), "200"
    try:
        yield
    except BankError as error:
        result = type(error).__name__
        raise
    finally:
        spent = (time.perf_counter() - started) * 1000
        call = Call(bank, operation, result, spent, is_failure_of_bank=result in AWAY)
        store(tenant_id, connection_id, [(timezone.now(), call)])


def store(tenant_id: UUID, connection_id: UUID, calls: Sequence[tuple[datetime, Call]]) -> None:
    """Add them and drop what is older than the last KEPT. Never stops the work itself:
    a list of calls that could not be kept is noted in the log."""
    rows = [
        {
            "id": str(uuid7()),
            "made_at": at.isoformat(),
            "operation": call.operation[:80],
            "result": call.result[:80],
            "milliseconds": round(call.milliseconds),
            "is_failure_of_bank": call.is_failure_of_bank,
        }
        for at, call in calls[-KEPT:]
    ]
    values: dict[str, UUID | str | int] = {
        "tenant": tenant_id, "connection": connection_id, "rows": json.dumps(rows),
        "kept": KEPT - len(rows),
    }  # fmt: skip
    try:
        with tenant_scope(tenant_id), database.cursor() as cursor:
            cursor.execute(STORE, values)
    except DatabaseError as error:
        log.warning("bank_calls_not_kept", error=type(error).__name__)


def last_calls(tenant: Tenant | UUID, connection: Connection | None) -> list[BankCall]:
    """The newest first. Runs inside the company's scope."""
    if connection is None:
        return []
    calls = BankCall.objects.of(tenant).filter(connection=connection)
    return list(calls.order_by("-made_at", "-id")[:KEPT])


# --- In words -----------------------------------------------------------------------------

AWAY = ("BankUnavailable", "BankOutcomeUnknown")

OPERATIONS = {
    "account": "Dados da conta",
    "balance": "Saldo",
    "cancel_charge": "Cancelamento de cobrança",
    "cancel_charge_notifications": "Cancelamento de avisos da cobrança",
    "cancel_order": "Cancelamento de pagamento",
    "charge": "Consulta de cobrança",
    "charge_cancellation": "Consulta de baixa de boleto",
    "charge_notifications": "Avisos da cobrança",
    "charge_pdf": "PDF do boleto",
    "charges": "Lista de cobranças",
    "create_endpoint": "Cadastro de avisos",
    "delete_endpoint": "Fim de avisos",
    "fetch_charge": "Consulta de cobrança",
    "find_order": "Busca de pagamento",
    "issue_carne": "Emissão de carnê",
    "issue_charge": "Emissão de cobrança",
    "list_banks": "Lista de bancos",
    "list_charges": "Lista de cobranças",
    "list_endpoints": "Lista de avisos",
    "list_payments": "Lista de pagamentos",
    "list_transfers": "Lista de transferências",
    "list_webhooks": "Lista de avisos",
    "look_up_key": "Consulta de chave Pix",
    "look_up_title": "Consulta de boleto",
    "open_account": "Abertura de conta",
    "order_status": "Consulta de pagamento",
    "pay_boleto": "Pagamento de boleto",
    "pay_tax": "Pagamento de tributo",
    "payment": "Consulta de pagamento",
    "payments": "Lista de pagamentos",
    "receipts": "Comprovantes",
    "register_webhooks": "Cadastro de avisos",
    "send_pix": "Envio de Pix",
    "send_ted": "Envio de TED",
    "statement": "Extrato",
    "statement_header": "Saldos do extrato",
    "token": "Renovação do acesso",
}

RESULTS = {
    "400": "recusou os dados",
    "401": "não aceitou o acesso",
    "403": "não aceitou o acesso",
    "404": "não encontrou",
    "408": "pediu uma nova tentativa",
    "429": "pediu para esperar",
    "ConnectError": "não pôde ser acessado",
    "ConnectTimeout": "não pôde ser acessado",
    "PoolTimeout": "não pôde ser acessado",
    "ReadTimeout": "não respondeu a tempo",
    "WriteTimeout": "não recebeu o pedido a tempo",
    "unreadable": "enviou uma resposta inválida",
    "BankUnavailable": "não respondeu",
    "BankOutcomeUnknown": "não respondeu",
    "ConsentLost": "não reconhece mais a autorização",
    "BankAccessDenied": "não aceitou o acesso",
    "BankRejected": "recusou os dados",
}


def operation_words(operation: str) -> str:
    return OPERATIONS.get(operation, "Outra chamada")


def result_words(result: str) -> str:
    """What the bank did, as a Portuguese phrase, with the HTTP status where there is one."""
    if not result.isdecimal():
        return RESULTS.get(result, "a conexão caiu")
    if result.startswith("2"):
        return "respondeu"
    told = RESULTS.get(result, "falhou" if result.startswith("5") else "recusou")
    return f"{told} ({result})"
