"""BS2's adapter, request by request, against a bank that answers as it is told."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings

from banking.banks.bs2 import Bs2
from banking.banks.bs2.adapter import Bs2Adapter
from banking.banks.bs2.wire import statement
from banking.banks.contract.charges import Cancellation, CancellationState
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.payments import (
    OpenOrder,
    OrderState,
    PixKey,
    PixKeyType,
    PixPayment,
    Rail,
    Receipt,
    Search,
    Whereabouts,
)
from banking.banks.http.call import Call
from banking.banks.http.client import BankClient
from banking.banks.http.json import read_json, write_json
from tests.banking.banks import bs2_answers as answers
from tests.banking.banks.bs2_answers import read
from tests.banking.banks.conftest import LOST, Answer, Received, TinyBank, make_boleto, make_ted

NOON = datetime(2026, 3, 3, 15, tzinfo=UTC)  # Tuesday, 12:00 in São Paulo
TOLD = {"branch": "0001", "account": "123456-7", "document": "44555666000181"}
ALONE = "/pj/apibanking/forintegration/v1"
DAY = date(2026, 3, 2)


class FixedTokens:
    """Hands out `token-0`, then `token-1` when that one is refused, and so on."""

    def __init__(self) -> None:
        self.renewals = 0

    def access_token(self) -> str:
        return f"token-{self.renewals}"

    def renew(self, rejected: str) -> str:
        assert rejected == self.access_token()
        self.renewals += 1
        return self.access_token()

    def secrets(self) -> Mapping[str, str]:
        return TOLD


@pytest.fixture
def tokens() -> FixedTokens:
    return FixedTokens()


@pytest.fixture
def client(tiny_bank: TinyBank, settings: Settings) -> Iterator[BankClient]:
    settings.BS2_BASE_URL = tiny_bank.base_url
    settings.BS2_USER_AGENT = "KAMINO-7741"
    with time_machine.travel(NOON), Bs2().open_client() as http:
        yield http


@pytest.fixture
def bank(client: BankClient, tokens: FixedTokens) -> Bs2Adapter:
    return Bs2().adapter(client, tokens)


def ok(example: str) -> Answer:
    return Answer(body=example.encode())


def written(value: Any) -> Answer:
    return Answer(body=write_json(value).encode())


def only(tiny_bank: TinyBank) -> Received:
    (request,) = tiny_bank.received
    return request


# --- Every request ----------------------------------------------------------------------


def test_each_request_carries_the_token_and_the_code_that_bs2_gave_us(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(ok(answers.BALANCE), ok(answers.TRANSFER_TAKEN))

    bank.fetch_balance()
    bank.send_ted(make_ted())

    for request in tiny_bank.received:
        assert request.headers["authorization"] == "Bearer token-0"
        assert request.headers["user-agent"] == "KAMINO-7741"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_a_token_refused_in_plain_text_is_renewed_whatever_the_status(
    bank: Bs2Adapter, tiny_bank: TinyBank, tokens: FixedTokens, status: int
) -> None:
    tiny_bank.will_answer(Answer(status, b"Invalid token"), ok(answers.TRANSFER_TAKEN))

    bank.send_ted(make_ted())

    assert tokens.renewals == 1
    assert tiny_bank.received[1].headers["authorization"] == "Bearer token-1"


def test_a_403_without_a_body_is_no_refused_token(
    bank: Bs2Adapter, tiny_bank: TinyBank, tokens: FixedTokens
) -> None:
    tiny_bank.will_answer(Answer(403, b""))

    with pytest.raises(BankAccessDenied, match="esta permissão"):
        bank.fetch_balance()
    assert tokens.renewals == 0


def test_a_refusal_keeps_the_banks_portuguese_reason(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    body = '[{"descricao":"Boleto com valor inferior a R$ 5,00","tag":"ValorBoleto"}]'
    tiny_bank.will_answer(Answer(400, body.encode()))

    with pytest.raises(BankRejected) as caught:
        bank.pay_boleto(make_boleto())
    assert caught.value.code == "ValorBoleto"
    assert str(caught.value) == (
        "O banco BS2 recusou o pedido: Boleto com valor inferior a R$ 5,00"
    )


def test_whoever_watches_is_told_of_a_send_too(
    bank: Bs2Adapter, tiny_bank: TinyBank, client: BankClient
) -> None:
    seen: list[Call] = []
    client.watcher = seen.append
    tiny_bank.will_answer(ok(answers.TRANSFER_TAKEN))

    bank.send_ted(make_ted())

    assert [(call.operation, call.result) for call in seen] == [("send_ted", "200")]


# --- The account ------------------------------------------------------------------------


def test_the_balance_is_asked_for_as_of_now(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(ok(answers.BALANCE))

    assert bank.fetch_balance() == Decimal("48210.55")
    assert only(tiny_bank).path.startswith(
        f"{ALONE}/contascorrentes/saldo?dataReferencia=2026-03-03T12%3A00%3A"
    )


def test_the_account_is_the_one_that_was_typed_when_the_statement_agrees(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(ok(answers.STATEMENT))

    identity = bank.fetch_identity()

    assert (identity.bank_code, identity.branch, identity.number) == ("218", "0001", "123456-7")
    assert (identity.holder_document, identity.holder_name) == ("44555666000181", "")


def test_an_account_without_movements_is_taken_at_its_word(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    empty = {**read(answers.STATEMENT), "movimentacoes": [], "total": 0}
    tiny_bank.will_answer(written(empty))

    assert bank.fetch_identity().number == "123456-7"


def test_the_statement_of_another_account_is_not_connected_as_this_one(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(ok(answers.STATEMENT.replace("0001234567", "0007654321")))

    with pytest.raises(BankRejected) as caught:
        bank.fetch_identity()
    assert "7654321" in str(caught.value)


# --- The statement ----------------------------------------------------------------------


class Ledger:
    """Movements, newest first, given out in pages of a hundred as the tests tell."""

    def __init__(self, count: int) -> None:
        self.items = [self.item(number) for number in reversed(range(count))]

    def item(self, number: int) -> dict[str, Any]:
        return {
            **read(answers.STATEMENT)["movimentacoes"][1],
            "protocolo": f"2180001000123456720260302{number:06d}",
            "valor": Decimal("1.00"),
        }

    def page(self, number: int, **changes: Any) -> Answer:
        items = self.items[number * 100 : number * 100 + 100]
        total = len(self.items)
        balance = {**read(answers.STATEMENT)["saldo"], "inicial": 0, "final": -total}
        page = {"saldo": balance, "movimentacoes": items, "total": total, "inicio": number}
        return written({**page, **changes})


def lines(bank: Bs2Adapter) -> list[str]:
    return [line.bank_id for page in bank.fetch_statement(DAY, DAY) for line in page.movements]


def test_the_pages_are_counted_from_zero_and_end_with_the_total(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    ledger = Ledger(250)
    tiny_bank.will_answer(*(ledger.page(number) for number in range(3)))

    assert len(set(lines(bank))) == 250
    assert [request.path.partition("?")[2] for request in tiny_bank.received] == [
        "movimentoInicial=2026-03-02T00%3A00%3A00&movimentoFinal=2026-03-02T23%3A59%3A59"
        f"&inicio={number}&limite=100"
        for number in range(3)
    ]


def test_an_empty_statement_is_one_page_without_movements(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Ledger(0).page(0))

    (page,) = bank.fetch_statement(DAY, DAY)
    assert list(page.movements) == []


def test_what_comes_again_because_new_lines_shifted_the_pages_is_dropped(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    ledger = Ledger(150)
    first = ledger.page(0)
    ledger.items.insert(0, ledger.item(150))  # arrived while the first page was read
    tiny_bank.will_answer(first, ledger.page(1))

    read_lines = lines(bank)

    assert len(read_lines) == len(set(read_lines)) == 150


def test_a_bank_that_takes_inicio_for_an_offset_is_read_to_its_end(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    ledger = Ledger(103)
    slid = [ledger.page(0, movimentacoes=ledger.items[at : at + 100]) for at in range(5)]
    tiny_bank.will_answer(*slid)

    assert len(set(lines(bank))) == 103


def test_a_bank_that_gives_the_same_page_for_ever_is_not_believed(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Ledger(250).page(0))

    with pytest.raises(BankUnavailable):
        lines(bank)


def test_a_page_that_fails_is_an_error_and_not_the_end(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Ledger(250).page(0), Answer(503))

    with pytest.raises(BankUnavailable):
        lines(bank)


# --- Movements without a key --------------------------------------------------------------


def fee(**changes: Any) -> dict[str, Any]:
    """One of many that are alike."""
    return {
        **read(answers.STATEMENT)["movimentacoes"][1],
        "protocolo": None,
        "valor": Decimal("9.90"),
        **changes,
    }


class Fees:
    """Movements with a key, then fees that are alike without one, given out in pages."""

    def __init__(self, named: int, fees: int, per_page: int) -> None:
        self.items = [*Ledger(named).items, *[fee() for _ in range(fees)]]
        self.per_page = per_page
        self.closing = -Decimal(named) - fees * Decimal("9.90")

    def page(self, number: int, **changes: Any) -> Answer:
        items = self.items[number * self.per_page : (number + 1) * self.per_page]
        saldo = {**read(answers.STATEMENT)["saldo"], "inicial": 0, "final": self.closing}
        page = {"saldo": saldo, "movimentacoes": items, "total": len(self.items)}
        return written({**page, **changes})

    def pages(self) -> list[Answer]:
        return [self.page(at) for at in range(len(self.items) // self.per_page + 2)]


@pytest.mark.parametrize("per_page", [1, 2, 3, 4, 5, 6, 100])
def test_equal_movements_without_a_key_are_numbered_alike_whatever_the_pages(
    bank: Bs2Adapter, tiny_bank: TinyBank, per_page: int
) -> None:
    tiny_bank.will_answer(*Fees(2, 4, per_page).pages())

    read_lines = lines(bank)

    content = statement.movement_from_wire(fee()).bank_id
    assert len(read_lines) == 6
    assert set(read_lines[2:]) == {content, *(f"{content}#{n}" for n in (2, 3, 4))}


def test_they_are_as_many_as_they_came_when_something_else_cannot_be_read(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    fees = Fees(2, 4, 3)
    fees.items[0] = {**fees.items[0], "tipoMovimentacao": 3}
    tiny_bank.will_answer(*fees.pages())

    pages = list(bank.fetch_statement(DAY, DAY))

    assert sum(len(page.movements) for page in pages) == 5
    assert sum(len(page.unread) for page in pages) == 1


def test_one_that_a_shift_repeats_is_not_taken_for_another(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    before, after = Fees(2, 2, 3), Fees(3, 2, 3)  # one more arrived while the first page was read
    tiny_bank.will_answer(before.page(0), after.page(1), after.page(2))

    assert len(lines(bank)) == 4


# --- Sending ----------------------------------------------------------------------------


def test_a_ted_goes_to_its_path_with_exact_reais(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(ok(answers.TRANSFER_TAKEN))

    receipt = bank.send_ted(make_ted(amount=Decimal("1250.10")))

    assert receipt == Receipt("6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b", OrderState.SCHEDULED)
    request = only(tiny_bank)
    assert (request.method, request.path) == ("POST", f"{ALONE}/transferencias/simplificado")
    assert b'"valor": 1250.10' in request.body
    body = read_json(request.body)
    assert body["favorecido"]["contaDestino"]["banco"] == {"codigo": 341, "nome": "Itaú"}
    assert body["efetuarEm"] == "2026-03-03T00:00:00"


def test_a_title_goes_with_the_due_date_of_its_line(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(ok(answers.PAYMENT_TAKEN))

    bank.pay_boleto(make_boleto(linha_digitavel="21890010070123456780699900011182613810000150075"))

    request = only(tiny_bank)
    assert (request.method, request.path) == ("POST", f"{ALONE}/pagamentos")
    assert read_json(request.body)["vencimentoEm"] == "2026-03-10T00:00:00"


def test_a_send_is_never_written_to_a_connection_that_was_open(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(ok(answers.BALANCE), ok(answers.TRANSFER_TAKEN), ok(answers.BALANCE))

    bank.fetch_balance()
    bank.send_ted(make_ted())
    bank.fetch_balance()

    first, send, last = (request.connection for request in tiny_bank.received)
    assert first == last != send


@pytest.mark.parametrize("answer", [LOST, Answer(500), Answer(504), Answer(200, b"{"), Answer(302)])
def test_a_lost_answer_is_unknown_and_sent_once(
    bank: Bs2Adapter, tiny_bank: TinyBank, answer: Answer
) -> None:
    tiny_bank.will_answer(answer)

    with pytest.raises(BankOutcomeUnknown):
        bank.send_ted(make_ted())

    assert len(tiny_bank.received) == 1


def test_a_refusal_inside_a_200_is_final(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    refused = {"solicitacaoId": "1", "aprovado": False, "mensagem": "Saldo insuficiente"}
    tiny_bank.will_answer(written(refused))

    with pytest.raises(BankRejected, match="Saldo insuficiente"):
        bank.pay_boleto(make_boleto())


def test_a_title_is_looked_up_by_its_digits(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(ok(answers.TITLE))

    title = bank.look_up_title(answers.LINE)

    assert (title.due_date, title.bank_code) == (date(2026, 3, 5), "341")
    assert only(tiny_bank).path == f"{ALONE}/pagamentos/{answers.LINE}"


@pytest.mark.parametrize(
    "shown",
    [
        {"valor": Decimal("489.90"), "beneficiario": {"nome": "Luz", "cnpj": "11222333000181"}},
        {
            "valorTotal": Decimal("489.90"),
            "nomeBeneficiario": "Luz",
            "documentoBeneficiario": "11.222.333/0001-81",
        },
    ],
    ids=lambda shown: next(iter(shown)),
)
def test_a_title_shows_its_amount_and_beneficiary_where_the_bank_does(
    bank: Bs2Adapter, tiny_bank: TinyBank, shown: dict[str, Any]
) -> None:
    tiny_bank.will_answer(written({**read(answers.TITLE), **shown}))

    title = bank.look_up_title(answers.LINE)

    assert (title.amount, title.beneficiary_name) == (Decimal("489.90"), "Luz")
    assert title.beneficiary_document == "11222333000181"


# --- Where orders are -------------------------------------------------------------------


def status(situation: str) -> Answer:
    return written({"id": "x", "situacao": situation, "status": 0, "observacao": None})


def test_each_order_is_asked_about_on_its_own_path(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    orders = [OpenOrder("t-1", Rail.TED, DAY), OpenOrder("p-1", Rail.BOLETO, DAY)]
    tiny_bank.will_answer(status("Efetivado"), status("Pendente de aprovação"))

    assert bank.order_statuses(orders) == {
        "t-1": Whereabouts(OrderState.PAID),
        "p-1": Whereabouts(OrderState.AWAITING_APPROVAL),
    }
    assert [request.path for request in tiny_bank.received] == [
        f"{ALONE}/transferencias/solicitacoes/t-1",
        f"{ALONE}/pagamentos/solicitacoes/p-1",
    ]


def test_an_order_that_the_bank_does_not_explain_is_left_out(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    orders = [OpenOrder(f"t-{number}", Rail.TED, DAY) for number in range(4)]
    tiny_bank.will_answer(status("Zumbi"), Answer(404), Answer(500), status("Efetivado"))

    assert bank.order_statuses(orders) == {"t-3": Whereabouts(OrderState.PAID)}


def test_a_bank_that_tells_of_no_order_at_all_is_an_error(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(500))

    with pytest.raises(BankUnavailable):
        bank.order_statuses([OpenOrder("t-1", Rail.TED, DAY)])


# --- Finding what was sent --------------------------------------------------------------


def debit(**changes: Any) -> dict[str, Any]:
    party = {"nome": "Fornecedor Exemplo ME", "documento": "11222333000181", "banco": 341}
    return {
        **read(answers.STATEMENT)["movimentacoes"][1],
        "movimentadoEm": "2026-03-03T12:00:30.000",
        "descricao": "TED Enviada",
        "tipoCategoria": 1,
        "valor": Decimal("1250.00"),
        "favorecido": {**party, "agencia": 123, "conta": 456789},
        **changes,
    }


def statement_of(*items: dict[str, Any]) -> Answer:
    numbered = [
        {**item, "protocolo": f"2180001000123456720260303{number:06d}"}
        for number, item in enumerate(items)
    ]
    return written({**read(answers.STATEMENT), "movimentacoes": numbered, "total": len(items)})


def look(bank: Bs2Adapter, payment: Any, *, twins: int = 0) -> Any:
    return bank.find_order(payment, sent_at=NOON, now=NOON + timedelta(minutes=40), twins=twins)


NOTHING = Answer(body=b"[]")


def test_a_transfer_is_found_in_the_statement(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(statement_of(debit()), NOTHING)

    finding = look(bank, make_ted())

    assert finding.search is Search.FOUND
    assert finding.receipt == Receipt(
        "2180001000123456720260303000000",
        OrderState.PAID,
        Decimal("1250.00"),
        day=date(2026, 3, 3),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"valor": Decimal("1250.01")},
        {"tipoMovimentacao": 2},
        {"favorecido": {"nome": "Outro", "documento": "52998224725"}},
        {"favorecido": None},
        {"movimentadoEm": "2026-03-03T11:30:00.000"},
    ],
    ids=str,
)
def test_a_movement_that_differs_or_is_older_is_not_the_transfer(
    bank: Bs2Adapter, tiny_bank: TinyBank, changes: dict[str, Any]
) -> None:
    tiny_bank.will_answer(statement_of(debit(**changes)), NOTHING)

    assert look(bank, make_ted()).search is Search.CANNOT_TELL


def test_as_many_as_our_other_orders_are_not_this_one(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(statement_of(debit(), debit()), NOTHING)

    finding = look(bank, make_ted(), twins=2)

    assert finding.search is Search.CANNOT_TELL
    assert "2 débitos" in finding.seen
    assert "já conhecemos: 2" in finding.seen


def test_one_more_than_our_other_orders_is_this_one(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(statement_of(debit(), debit()), NOTHING)

    assert look(bank, make_ted(), twins=1).search is Search.FOUND


def proof(**changes: Any) -> dict[str, Any]:
    inner = {"valor": Decimal("1250.00"), "favorecido": {"documento": "11.222.333/0001-81"}}
    return {
        **read(answers.PROOFS)[0],
        "EfetuadoEm": "2026-03-03T12:01:00",
        "dadosTransferencia": inner,
        **changes,
    }


def test_a_transfer_is_found_in_the_receipts(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(statement_of(), written([proof()]), NOTHING)

    finding = look(bank, make_ted())

    assert finding.receipt == Receipt(
        "2180001000123456720260303500007",
        OrderState.PAID,
        Decimal("1250.00"),
        day=date(2026, 3, 3),
    )
    searches = [request.path.rpartition("tipoFiltro=")[2] for request in tiny_bank.received[1:]]
    assert searches == ["1", "3"]


def test_receipts_and_movements_that_cannot_be_read_hide_no_other_and_are_told(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    odd = proof(comprovanteId=None)
    tiny_bank.will_answer(statement_of(), written([odd, proof()]), NOTHING)
    assert look(bank, make_ted()).search is Search.FOUND

    tiny_bank.will_answer(statement_of(debit(tipoMovimentacao=9)), NOTHING, written([odd]), NOTHING)
    finding = look(bank, make_ted())
    assert (finding.search, "2 itens" in finding.seen) == (Search.CANNOT_TELL, True)


def test_a_receipt_of_a_scheduling_is_not_a_payment_yet(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(statement_of(), NOTHING, written([proof(tipo=4)]))

    assert look(bank, make_ted()).receipt.state is OrderState.SCHEDULED


@pytest.mark.parametrize("answer", [Answer(403), Answer(404), Answer(body=b'{"nada": 1}')])
def test_without_receipts_the_statement_is_enough(
    bank: Bs2Adapter, tiny_bank: TinyBank, answer: Answer
) -> None:
    tiny_bank.will_answer(statement_of(debit()), answer)
    assert look(bank, make_ted()).search is Search.FOUND

    tiny_bank.will_answer(statement_of(), answer)
    assert "não mostrou os comprovantes" in look(bank, make_ted()).seen


@pytest.mark.parametrize("where", ["receipt", "statement", "beneficiary"])
def test_a_title_is_found_by_its_code_or_its_beneficiary(
    bank: Bs2Adapter, tiny_bank: TinyBank, where: str
) -> None:
    boleto = make_boleto(linha_digitavel=answers.LINE)
    in_receipt = proof(
        tipo=2, dadosPagamento={"valor": boleto.amount, "linhaDigitavel": boleto.linha_digitavel}
    )
    in_statement = debit(valor=boleto.amount, favorecido=None, observacao=boleto.linha_digitavel)
    to_beneficiary = debit(valor=boleto.amount)
    title = {**read(answers.TITLE), "beneficiario": {"documento": "11222333000181"}}
    movements = {"statement": [in_statement], "beneficiary": [to_beneficiary]}.get(where, [])
    tiny_bank.will_answer(
        statement_of(*movements),
        written([in_receipt] if where == "receipt" else []),
        NOTHING,
        written(title),
    )

    assert look(bank, boleto).search is Search.FOUND


def test_what_the_bank_said_of_a_title_is_told_to_the_person(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    refusal = Answer(400, '[{"tag":null,"descricao":"Título já liquidado."}]'.encode())
    tiny_bank.will_answer(statement_of(), NOTHING, NOTHING, refusal)

    finding = look(bank, make_boleto())

    assert finding.search is Search.CANNOT_TELL
    assert "Título já liquidado." in finding.seen


def test_nothing_to_be_seen_proves_nothing_and_says_what_was_looked_at(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(statement_of(), NOTHING)

    finding = look(bank, make_ted())

    assert finding.search is Search.CANNOT_TELL
    assert finding.seen == (
        "No extrato do BS2 desde 03/03/2026, lido em 03/03/2026 12:40: nenhum débito de "
        "R$ 1.250,00 para Fornecedor Exemplo ME. Nos comprovantes: nenhum igual. "
        "Uma ordem que espera assinatura no BS2 Empresas não aparece nestas consultas: "
        "confira lá, em Aprovações, antes de decidir."
    )


def test_a_refused_question_does_not_pass_for_a_refused_order(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(400))

    assert look(bank, make_ted()).search is Search.CANNOT_TELL


def test_looking_sends_nothing(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(statement_of(), NOTHING, NOTHING, ok(answers.TITLE))

    look(bank, make_boleto())

    assert {request.method for request in tiny_bank.received} == {"GET"}


def test_a_pix_is_never_at_bs2(bank: Bs2Adapter) -> None:
    key = PixKey(PixKeyType.EMAIL, "a@example.com")
    pix = PixPayment(uuid4(), "cp-1", Decimal(1), key, "Ana", "", "")

    assert look(bank, pix).search is Search.CANNOT_TELL


# --- Charges ----------------------------------------------------------------------------

BOLETO = "d52e0a7c-6f48-4b93-9a1d-c3b7e8f40216"
COB = f"/pj/forintegration/cobranca/v1/boletos/{BOLETO}"


def test_a_write_off_is_followed_by_its_own_id(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    done = {**read(answers.WRITE_OFF), "status": 3}
    tiny_bank.will_answer(ok(answers.WRITE_OFF), written(done))

    asked = bank.cancel_charge(BOLETO, key=uuid4(), reason="Pedido cancelado")
    later = bank.charge_cancellation(asked)

    assert asked.state is CancellationState.WAITING
    assert later == Cancellation(BOLETO, CancellationState.DONE, asked.reference)
    posted, read_back = tiny_bank.received
    assert posted.path == f"{COB}/solicitacoes/cancelamentos"
    assert json.loads(posted.body) == {"justificativa": "Pedido cancelado"}
    assert read_back.path == f"{COB}/solicitacoes/cancelamentos/{asked.reference}"


def test_a_pdf_is_bytes_and_anything_else_is_no_pdf(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(ok(answers.DETAIL), Answer(body=b"%PDF-1.4"), Answer(body=b"<html>"))

    charge = bank.fetch_charge(BOLETO)

    assert bank.charge_pdf(charge) == b"%PDF-1.4"
    assert tiny_bank.received[1].path == f"{COB}/imprimivel"
    with pytest.raises(BankUnavailable):
        bank.charge_pdf(charge)


@pytest.mark.parametrize("reference", ["../saldo", "", "a/b", ".."])
def test_an_id_that_is_none_leads_to_no_other_path(
    bank: Bs2Adapter, tiny_bank: TinyBank, reference: str
) -> None:
    with pytest.raises(BankUnavailable):
        bank.fetch_charge(reference)
    assert tiny_bank.received == []


# --- Webhooks ---------------------------------------------------------------------------

URL = "https://erp.example.com/webhooks/bs2/1/s3cret/"


def test_movements_and_pix_are_registered(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    taken = Answer(201, b"")
    tiny_bank.will_answer(taken, taken, taken, NOTHING, Answer(204))

    bank.register_webhooks(URL, secret=b"\x01" * 32)

    *created, listed, put = tiny_bank.received
    assert [json.loads(request.body)["tipoEvento"] for request in created] == [
        "webhook-mov-conta",
        "webhook-conclusao-transf",
        "webhook-conclusao-pag",
    ]
    assert {request.path for request in created} == {f"{ALONE}/contexto/correntistas/webhook"}
    assert (listed.method, put.method) == ("GET", "PUT")
    assert put.path == "/pix/direto/forintegration/v1/webhook/bs2"
    assert json.loads(put.body)[0]["autorizacao"]["tipo"] == "bearer"


def test_the_other_spelling_of_the_path_is_tried(bank: Bs2Adapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(Answer(404), Answer(201, b""), Answer(403))

    bank.register_webhooks(URL)

    assert tiny_bank.received[1].path == f"{ALONE}/contexto-correntistas/webhook"


@pytest.mark.parametrize("status", [403, 404])
def test_webhooks_that_were_not_contracted_are_no_fault_of_the_connection(
    bank: Bs2Adapter, tiny_bank: TinyBank, status: int
) -> None:
    tiny_bank.will_answer(Answer(status))

    bank.register_webhooks(URL)


def test_a_pix_address_that_is_there_is_not_put_again(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    taken = Answer(201, b"")
    tiny_bank.will_answer(taken, taken, taken, written([{"id": "1", "url": URL}]))

    bank.register_webhooks(URL)

    assert "PUT" not in {request.method for request in tiny_bank.received}


def test_a_bank_that_fails_is_asked_to_register_again_later(
    bank: Bs2Adapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(503))

    with pytest.raises(BankOutcomeUnknown):
        bank.register_webhooks(URL)
