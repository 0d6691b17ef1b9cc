"""BS2's JSON, both ways: the examples of its documentation, any value, and any mangled answer."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.bs2.wire import charge_requests, charges, payments, receipts, statement
from banking.banks.bs2.wire.order_states import state_of
from banking.banks.bs2.wire.refusals import is_invalid_token, words_of
from banking.banks.contract.charges import (
    Address,
    Cancellation,
    CancellationState,
    Charge,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
    Discount,
    FinalBeneficiary,
    Fine,
    NotifyWhen,
)
from banking.banks.contract.errors import (
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.payments import AccountType, OrderState, Receipt, Title, Whereabouts
from banking.banks.contract.statement import Movement, StatementPage, UnreadReason
from banking.banks.http.json import read_json, write_json
from brazil.banking_days import SAO_PAULO
from core.text import read_line
from tests.banking.banks import bs2_answers as answers
from tests.banking.banks.bs2_answers import read
from tests.banking.banks.conftest import make_boleto, make_ted
from tests.banking.banks.mangle import mangled

REFERENCE = "d52e0a7c-6f48-4b93-9a1d-c3b7e8f40216"
MARCH_3 = date(2026, 3, 3)
MARCH_5 = date(2026, 3, 5)
MARCH_10 = date(2026, 3, 10)
REAIS = st.decimals("0.01", "999999999.99", places=2)


def example_ted(**changes: Any) -> Any:
    values = {"branch": "1234", "account": "567890", "amount": Decimal("2350.00")}
    return make_ted(**{**values, **changes})


def transfer(payment: Any) -> Any:
    return payments.transfer_to_wire(
        payment, bank_name="Itaú Unibanco S.A.", holder_document="44555666000181", on=MARCH_3
    )


def make_charge(**changes: Any) -> ChargeRequest:
    address = Address(
        "Avenida Exemplo", "1000", "Bela Vista", "São Paulo", "SP", zip_code="01310100"
    )
    payer = ChargePayer(
        "Cliente Exemplo Ltda",
        "11222333000181",
        "financeiro@exemplo.com.br",
        "+5511999990000",
        address,
    )
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000000773"),
        "code": "NF-1001",
        "payer": payer,
        "items": [ChargeItem("Serviço", Decimal("1500.75"))],
        "due_date": MARCH_10,
        "terms": ChargeTerms(Fine(amount=Decimal("30.00")), Decimal("1.0")),
        "message": "Ref. nota 1001",
        "beneficiary": FinalBeneficiary("Empresa Titular Ltda", "44555666000181", "Titular"),
    }
    return ChargeRequest(**{**values, **changes})


# --- The examples of the documentation --------------------------------------------------


def test_the_balance_is_what_is_free() -> None:
    assert statement.balance_from_wire(read(answers.BALANCE)) == Decimal("48210.55")


def test_a_period_without_movements_may_have_null_for_them() -> None:
    empty = {**read(answers.STATEMENT), "movimentacoes": None, "total": 0}

    assert statement.page_from_wire(empty).content.movements == []


def test_movements_that_are_counted_and_not_given_are_not_taken_for_none() -> None:
    with pytest.raises(BankUnavailable):
        statement.page_from_wire({**read(answers.STATEMENT), "movimentacoes": None})


def test_the_statement_of_the_example() -> None:
    page = statement.page_from_wire(read(answers.STATEMENT))

    assert (page.content.opening, page.content.closing) == (
        Decimal("47010.55"),
        Decimal("48210.55"),
    )
    assert page.total == 2
    pix, fee = page.content.movements
    assert pix._replace(raw="") == (
        "2180001000123456720260302500001",
        datetime(2026, 3, 2, 10, 14, 55, 497000, tzinfo=SAO_PAULO),
        date(2026, 3, 2),
        Decimal("1500.75"),
        "pix",
        "Crédito Pix Transf. Interna",
        "Cliente Exemplo Ltda",
        "11222333000181",
        "",
        "E710278662026030213140244509185P",
        None,
        "",
    )
    assert (fee.amount, fee.kind, fee.counterparty_name) == (Decimal("-300.75"), "fee", "")


@pytest.mark.parametrize(
    "pix", [None, {}, "E7", {"endToEndId": None}, {"endToEndId": 7}, {"endToEndId": "E7102"}]
)
def test_a_movement_without_a_readable_end_to_end_id_is_read_without_it(pix: object) -> None:
    item = {**read(answers.STATEMENT)["movimentacoes"][0], "pix": pix}

    assert statement.movement_from_wire(item).end_to_end_id == ""


def test_the_raw_line_has_the_end_to_end_id_and_every_digit() -> None:
    raw = statement.page_from_wire(read(answers.STATEMENT)).content.movements[0].raw

    assert json.loads(raw)["pix"]["endToEndId"] == "E710278662026030213140244509185P"
    assert '"valor": 1500.75,' in raw
    assert read_json(raw) == read(answers.STATEMENT)["movimentacoes"][0]


def test_the_transfer_of_the_example_is_produced_as_it_stands() -> None:
    assert transfer(example_ted()) == read(answers.TRANSFER)


def test_a_transfer_to_the_holder_itself_says_so() -> None:
    assert transfer(example_ted(holder_document="44555666000181"))["mesmaTitularidade"] is True


def test_the_payment_of_the_example_is_produced_as_it_stands() -> None:
    boleto = make_boleto(linha_digitavel=answers.LINE, amount=Decimal("489.90"))

    body = payments.title_to_wire(boleto, due_date=MARCH_5, on=MARCH_5)

    assert body == read(answers.PAYMENT)


def test_a_collection_document_goes_by_its_48_digits_without_a_due_date() -> None:
    line = "8" * 48

    body = payments.title_to_wire(make_boleto(linha_digitavel=line), due_date=None, on=MARCH_5)

    assert body["codigoIdentificacao"] == line
    assert "vencimentoEm" not in body


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (answers.TRANSFER_TAKEN, "6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b"),
        (answers.PAYMENT_TAKEN, "1d5b6f1c-8b1e-4b8e-9c55-0e9f8a7b6c5d"),
    ],
)
def test_an_order_that_was_taken_is_not_paid_yet(answer: str, reference: str) -> None:
    assert payments.receipt_from_wire(read(answer)) == Receipt(reference, OrderState.SCHEDULED)


def test_the_title_of_the_example() -> None:
    title = payments.title_from_wire(read(answers.TITLE), answers.LINE)

    assert title == Title(answers.LINE, MARCH_5, "341", "", "", amount=None, is_paid=None)


@pytest.mark.parametrize(
    ("document", "read_as"),
    [
        ('"12.ABC.345/01DE-35"', "12ABC34501DE35"),
        ('"12abc34501de35"', "12ABC34501DE35"),
        ("360305000104", "00360305000104"),  # a number has lost its zeros
        ('"***.444.777-**"', ""),
    ],
)
def test_documents_of_every_shape_are_read(document: str, read_as: str) -> None:
    answer = {**read(answers.TITLE), "beneficiario": {"documento": read(document)}}
    party = {"documento": read(document)}
    (first, *_) = read(answers.STATEMENT)["movimentacoes"]
    movement = {**first, "remetente": party, "favorecido": party}

    assert payments.title_from_wire(answer, answers.LINE).beneficiary_document == read_as
    line = statement.movement_from_wire(movement)
    assert line.counterparty_document == read_as


def test_a_partly_hidden_document_is_kept_as_it_came_and_is_no_document() -> None:
    (first, *_) = read(answers.STATEMENT)["movimentacoes"]
    party = {"documento": "***518800**"}
    line = statement.movement_from_wire({**first, "remetente": party, "favorecido": party})

    assert (line.counterparty_document, line.masked_document) == ("", "***518800**")


@pytest.mark.parametrize("amount", ["0", "0.00", '"489,90"', "null", "{}"])
def test_a_title_whose_amount_is_open_or_unreadable_is_still_a_title(amount: str) -> None:
    answer = {**read(answers.TITLE), "valor": read(amount)}

    title = payments.title_from_wire(answer, answers.LINE)

    assert title == Title(answers.LINE, MARCH_5, "341", "", "", amount=None, is_paid=None)


@pytest.mark.parametrize("status", [answers.TRANSFER_STATUS, answers.PAYMENT_STATUS])
def test_a_status_whose_word_is_unknown_says_nothing(status: str) -> None:
    assert payments.whereabouts_from_wire(read(status)) is None


def test_the_charge_of_the_example_is_produced_as_it_stands() -> None:
    assert charge_requests.charge_to_wire(make_charge()) == read(answers.ISSUE)


def test_the_charge_of_the_example_as_it_was_issued() -> None:
    assert charges.issued_from_wire(read(answers.ISSUED)) == Charge(
        reference=REFERENCE,
        state=ChargeState.OPEN,
        amount=Decimal("1500.75"),
        due_date=MARCH_10,
        code="NF-1001",
        payer_name="Cliente Exemplo Ltda",
        payer_document="11222333000181",
        linha_digitavel="21890010070123456780699900011182613810000150075",
        barcode="21896138100001500750010001234567809990001118",
        our_number="80999000111",
    )


def test_a_refusal_inside_a_200_is_a_refusal() -> None:
    errors = [
        {"tag": "ValorBoleto", "descricao": "Boleto com valor inferior a R$ 5,00"},
        {"descricao": "Data inválida.", "tag": None},
    ]

    with pytest.raises(BankRejected) as caught:
        charges.issued_from_wire(errors)

    assert caught.value.code == "ValorBoleto"
    assert caught.value.reason == "Boleto com valor inferior a R$ 5,00 Data inválida."


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [{}],
        [{"tag": "Valor"}],
        [{"descricao": "Emitido"}],
        [{"tag": "x", "descricao": ""}],
        ["x"],
    ],
)
def test_a_list_that_is_no_refusal_leaves_it_open_whether_a_boleto_was_issued(answer: Any) -> None:
    with pytest.raises(BankOutcomeUnknown):
        charges.issued_from_wire(answer)


def test_the_detail_of_the_example_with_its_other_name_for_the_bar_code() -> None:
    charge = charges.charge_from_wire(read(answers.DETAIL))

    assert (charge.state, charge.paid_amount) == (ChargeState.PAID, Decimal("1500.75"))
    assert (charge.due_date, charge.paid_on) == (MARCH_10, MARCH_10)
    assert charge.barcode == "21896138100001500750010001234567809990001118"
    assert charge.is_registered is True


def test_the_write_off_of_the_example_waits() -> None:
    assert charges.requested_from_wire(read(answers.WRITE_OFF), REFERENCE) == Cancellation(
        REFERENCE, CancellationState.WAITING, "b8c7a1de-6a52-4f5a-8f3b-90ab12cd34ef"
    )


def test_a_receipt_is_known_by_its_values() -> None:
    (proof,) = receipts.proofs_from_wire(read(answers.PROOFS)).read

    assert proof.protocol == "2180001000123456720260303500007"
    assert proof.made_at == datetime(2026, 3, 3, 9, 30, tzinfo=SAO_PAULO)
    assert Decimal("2350.00") in proof.amounts
    assert "11222333000181" in proof.numbers


def test_receipts_may_come_in_a_wrapper() -> None:
    wrapped = {"total": 1, "comprovantes": read(answers.PROOFS)}

    assert receipts.proofs_from_wire(wrapped) == receipts.proofs_from_wire(read(answers.PROOFS))


# --- What is refused before it is sent --------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_code": "41"},
        {"branch": "123456"},
        {"branch": ""},
        {"account": "56-7"},
        {"holder_name": "\n"},
        {"holder_document": "123"},
        {"amount": Decimal(0)},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("1e12")},
    ],
    ids=str,
)
def test_a_transfer_that_cannot_be_is_not_made(changes: dict[str, Any]) -> None:
    with pytest.raises(BankRejected):
        transfer(example_ted(**changes))


@pytest.mark.parametrize("line", ["", "1" * 46, "1" * 45, "a" * 47, "../saldo"])
def test_what_is_no_title_is_not_asked_about(line: str) -> None:
    with pytest.raises(BankRejected):
        payments.identification(line)


@pytest.mark.parametrize(
    "changes",
    [
        {"forms": frozenset({ChargeForm.PIX})},
        {"forms": frozenset(ChargeForm)},
        {"notify": [NotifyWhen.WHEN_PAID]},
        {"payer": ChargePayer("Cliente", "11222333000181")},
        {"message": "palavra " * 60},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_charge_that_bs2_would_cut_short_is_not_issued(changes: dict[str, Any]) -> None:
    with pytest.raises(BankRejected):
        charge_requests.charge_to_wire(make_charge(**changes))


def test_a_last_day_is_sent_and_comes_after_the_due_date() -> None:
    body = charge_requests.charge_to_wire(make_charge(pay_until=date(2026, 3, 25)))

    assert body["dataLimitePagamento"] == "2026-03-25"
    assert "dataLimitePagamento" not in charge_requests.charge_to_wire(make_charge())
    with pytest.raises(BankRejected):
        charge_requests.charge_to_wire(make_charge(pay_until=date(2026, 3, 9)))


def test_a_fine_in_percent_goes_as_an_amount() -> None:
    terms = ChargeTerms(fine=Fine(percent=Decimal(2)))

    body = charge_requests.charge_to_wire(make_charge(terms=terms))

    assert body["multa"] == {"valor": Decimal("30.02"), "data": "2026-03-11", "juros": 0}


@pytest.mark.parametrize(
    ("discount", "wire_form"),
    [
        (Discount(amount=Decimal("5.00")), {"valorFixo": Decimal("5.00"), "limite": "2026-03-09"}),
        (Discount(percent=Decimal("1.5")), {"percentual": Decimal("1.5"), "limite": "2026-03-09"}),
        (
            Discount(amount=Decimal("5.00"), until=date(2026, 3, 10)),
            {"valorFixo": Decimal("5.00"), "limite": "2026-03-10"},
        ),
    ],
)
def test_a_discount_ends_the_day_before_or_when_it_is_said(
    discount: Discount, wire_form: dict[str, Any]
) -> None:
    body = charge_requests.charge_to_wire(make_charge(terms=ChargeTerms(discount=discount)))

    assert body["desconto"] == wire_form


# --- Refusals ---------------------------------------------------------------------------


def test_a_refusal_inside_a_200_keeps_the_banks_reason() -> None:
    answer = {"solicitacaoId": None, "aprovado": False, "mensagem": "Saldo insuficiente"}

    with pytest.raises(BankRejected) as caught:
        payments.receipt_from_wire(answer)
    assert caught.value.reason == "Saldo insuficiente"
    assert str(caught.value) == "O banco BS2 recusou o pedido: Saldo insuficiente"


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"aprovado": "true"}, {"aprovado": True}, {"aprovado": True, "solicitacaoId": ".."}],
    ids=str,
)
def test_an_unreadable_yes_is_an_unknown_outcome(answer: Any) -> None:
    with pytest.raises(BankOutcomeUnknown):
        payments.receipt_from_wire(answer)


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (
            '[{"tag":"Vencimento","descricao":"Data de vencimento deve ser maior ou igual a data'
            ' de hoje."}]',
            "Vencimento",
            "Data de vencimento deve ser maior ou igual a data de hoje.",
        ),
        (
            '[{"descricao":"Boleto com valor inferior a R$ 5,00","tag":"ValorBoleto"}]',
            "ValorBoleto",
            "Boleto com valor inferior a R$ 5,00",
        ),
        (
            '[{"tag":null,"descricao":"Pelo menos uma solicitação deve ser enviada."}]',
            "",
            "Pelo menos uma solicitação deve ser enviada.",
        ),
        ('[{"tag":null,"descricao":"A."},{"tag":"x","descricao":"B."}]', "x", "A. B."),
        ('{"descricao":"Conta bloqueada"}', "", "Conta bloqueada"),
        ('{"message":"Not now"}', "", "Not now"),
        (
            '{"error":"invalid_client","error_description":"The given client credentials were'
            ' not valid"}',
            "invalid_client",
            "The given client credentials were not valid",
        ),
        ("Invalid token", "", "Invalid token"),
        ("", "", ""),
        ("<html>Bad gateway</html>", "", ""),
        ("[]", "", ""),
        ("[1, null]", "", ""),
        ('{"tag": 7, "descricao": {}}', "", ""),
        ("[" * 100_000, "", ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_words_of_a_refusal(body: str, code: str, reason: str) -> None:
    assert words_of(body.encode()) == (code, reason)


@pytest.mark.parametrize("body", [b"Invalid token", b" invalid token\n", b'"Invalid token"'])
def test_a_refused_token_is_known_by_its_text(body: bytes) -> None:
    assert is_invalid_token(body)
    assert not is_invalid_token(body + b" request was malformed")


# --- Words for a state ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "state"),
    [
        ("Efetivada", OrderState.PAID),
        ("EFETIVADO", OrderState.PAID),
        ("Liquidado", OrderState.PAID),
        ("Concluída", OrderState.PAID),
        ("Pago", OrderState.PAID),
        ("Pagamento realizado", OrderState.PAID),
        ("Agendado", OrderState.SCHEDULED),
        ("Pagamento agendado", OrderState.SCHEDULED),
        ("Em processamento", OrderState.SCHEDULED),
        ("Aprovada", OrderState.SCHEDULED),
        ("Aguardando aprovação", OrderState.AWAITING_APPROVAL),
        ("Pendente de aprovação", OrderState.AWAITING_APPROVAL),
        ("Aguardando pagamento", OrderState.AWAITING_APPROVAL),
        ("Recusada", OrderState.REJECTED),
        ("Reprovada pelo aprovador", OrderState.REJECTED),
        ("Rejeitado", OrderState.REJECTED),
        ("Falha no processamento", None),
        ("Não efetivado", OrderState.REJECTED),
        ("Não aprovada", OrderState.REJECTED),
        ("Cancelado", OrderState.CANCELLED),
        ("Agendamento cancelado", OrderState.CANCELLED),
        ("Expirada", OrderState.CANCELLED),
        ("Devolvida", OrderState.RETURNED),
        ("Pago e estornado", OrderState.RETURNED),
        ("Cancelamento em processamento", None),
        ("Aguardando devolução", None),
        ("Ainda não efetivado", None),
        ("Não efetivado, aguardando", None),
        ("Parcialmente pago", None),
        ("Não pago", None),
        ("Efetivado sem erro", None),
        ("<description>", None),
        ("", None),
    ],
)
def test_a_situation_is_read_by_its_words(situation: str, state: OrderState | None) -> None:
    assert state_of(situation) is state


def test_the_reason_of_a_failure_is_kept() -> None:
    status = {"id": "1", "situacao": "Recusado", "status": 4, "observacao": "Título já pago"}

    assert payments.whereabouts_from_wire(status) == Whereabouts(
        OrderState.REJECTED, "Título já pago"
    )


# --- Dates of Cobrança ------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-10T03:00:00",
        "2026-03-10T03:00:00.000",
        "2026-03-10T00:00:00",
        "2026-03-10",
        "2026-03-10T00:00:00-03:00",
        "2026-03-10T03:00:00Z",
    ],
)
def test_a_due_date_is_the_day_in_brasilia(written: str) -> None:
    answer = {**read(answers.ISSUED), "vencimento": written}

    assert charges.charge_from_wire(answer).due_date == MARCH_10


def test_paid_in_the_network_is_not_settled_yet() -> None:
    item = {**read(answers.DETAIL)["item"], "valorLiquidado": None}

    assert charges.charge_from_wire({"item": item}).state is ChargeState.IN_PAYMENT


@pytest.mark.parametrize("status", [0, 5, None, "4", True])
def test_a_charge_of_unknown_state_is_not_taken_for_open(status: Any) -> None:
    with pytest.raises(BankUnavailable):
        charges.charge_from_wire({**read(answers.ISSUED), "status": status})


def test_a_boleto_that_was_issued_unreadably_is_an_unknown_outcome() -> None:
    with pytest.raises(BankOutcomeUnknown):
        charges.issued_from_wire({"id": REFERENCE})


def test_what_is_no_pdf_is_not_handed_on() -> None:
    assert charges.pdf_from_wire(b"%PDF-1.4 ...") == b"%PDF-1.4 ..."
    with pytest.raises(ValueError, match="not a PDF"):
        charges.pdf_from_wire(b"<html>")


# --- Any value, and any answer ----------------------------------------------------------


@given(
    amount=REAIS,
    name=st.text(min_size=1),
    account_type=st.sampled_from(AccountType),
    on=st.dates(date(2020, 1, 1), date(2099, 12, 31)),
)
def test_any_transfer_arrives_as_it_was_meant(
    amount: Decimal, name: str, account_type: AccountType, on: date
) -> None:
    payment = example_ted(amount=amount, holder_name=name, account_type=account_type)
    try:
        body = payments.transfer_to_wire(payment, bank_name="Itaú", holder_document="", on=on)
    except BankRejected:
        assert not "".join(filter(str.isprintable, name)).strip()
        return

    arrived = read_json(write_json(body).encode())
    assert arrived == body
    assert arrived["valor"] == amount
    assert arrived["efetuarEm"] == f"{on}T00:00:00"
    assert 0 < len(arrived["favorecido"]["nome"]) <= 60


@given(
    amount=REAIS,
    is_credit=st.booleans(),
    when=st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)),
    name=st.text(st.characters(codec="utf-8"), max_size=80),
)
def test_any_movement_is_read_as_it_was_written(
    amount: Decimal, is_credit: bool, when: datetime, name: str
) -> None:
    item = {
        **read(answers.STATEMENT)["movimentacoes"][0],
        "movimentadoEm": when.isoformat(timespec="milliseconds"),
        "valor": amount,
        "tipoMovimentacao": 2 if is_credit else 1,
        "remetente" if is_credit else "favorecido": {"nome": name, "documento": ""},
    }

    line = statement.movement_from_wire(read_json(write_json(item)))

    assert line.amount == (amount if is_credit else -amount)
    assert line.booked_on == when.date()
    assert line.occurred_at.utcoffset() is not None
    assert line.counterparty_name == read_line(name)
    assert "\\u0000" not in line.raw
    assert json.loads(line.raw.encode())["valor"] == float(amount)


READERS: list[tuple[str, Callable[[Any], Any]]] = [
    (answers.BALANCE, statement.balance_from_wire),
    (answers.STATEMENT, statement.page_from_wire),
    (answers.TRANSFER_TAKEN, payments.receipt_from_wire),
    (answers.PAYMENT_STATUS, payments.whereabouts_from_wire),
    (answers.TITLE, lambda answer: payments.title_from_wire(answer, answers.LINE)),
    (answers.PROOFS, receipts.proofs_from_wire),
    (answers.ISSUED, charges.issued_from_wire),
    (answers.DETAIL, charges.charge_from_wire),
    (answers.WRITE_OFF, lambda answer: charges.requested_from_wire(answer, REFERENCE)),
    (
        answers.WRITE_OFF,
        lambda answer: charges.cancellation_from_wire(answer, REFERENCE),
    ),
]


@pytest.mark.parametrize(("example", "reader"), READERS)
@given(data=st.data())
def test_a_mangled_answer_is_a_bank_error_and_nothing_else(
    example: str, reader: Callable[[Any], Any], data: st.DataObject
) -> None:
    answer = data.draw(mangled([json.loads(example)]))
    try:
        body = read_json(json.dumps(answer))
    except ValueError:
        return  # `exchange` takes it for an unreadable answer
    try:
        reader(body)
    except BankError:
        return


@given(st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_the_words_of_any_body_are_one_line(body: bytes) -> None:
    for text in words_of(body):
        assert text == " ".join(text.split())


# --- Movements without a key ------------------------------------------------------------


def without_protocol(**changes: Any) -> dict[str, Any]:
    return {**read(answers.STATEMENT)["movimentacoes"][1], "protocolo": "", **changes}


def test_a_movement_without_protocolo_is_known_by_its_content() -> None:
    first, again = (statement.movement_from_wire(without_protocol()) for _ in range(2))
    other = statement.movement_from_wire(without_protocol(valor=Decimal("300.76")))

    assert first.bank_id == again.bank_id
    assert other.bank_id != first.bank_id


def page_of(*items: Any) -> StatementPage:
    answer = {**read(answers.STATEMENT), "movimentacoes": list(items), "total": len(items)}
    return statement.page_from_wire(answer).content


@pytest.mark.parametrize(
    ("changes", "field", "day"),
    [
        ({"tipoMovimentacao": 3}, "tipoMovimentacao", date(2026, 3, 2)),
        ({"valor": Decimal("-1.00")}, "valor", date(2026, 3, 2)),
        ({"valor": Decimal("1.001")}, "valor", date(2026, 3, 2)),
        ({"movimentadoEm": "02/03/2026"}, "movimentadoEm", None),
        ({"movimentadoEm": None}, "movimentadoEm", None),
    ],
    ids=str,
)
def test_a_movement_that_cannot_be_read_hides_no_other(
    changes: dict[str, Any], field: str, day: date | None
) -> None:
    odd = {**read(answers.STATEMENT)["movimentacoes"][0], **changes}

    page = page_of(odd, without_protocol(), None)

    assert len(page.movements) == 1
    assert [element[1:] for element in page.unread] == [
        (day, UnreadReason.FIELD, field),
        (None, UnreadReason.FIELD, "movimentacoes"),
    ]
    assert read_json(page.unread[0].raw) == odd


def test_a_movement_of_nothing_is_one() -> None:
    assert page_of(without_protocol(valor=Decimal("0.00"))).movements[0].amount == 0


@pytest.mark.parametrize("number", [1, 2])
def test_what_was_kept_is_read_again_as_the_line_that_it_would_have_been(number: int) -> None:
    line = statement.movement_from_wire(without_protocol())

    again = statement.read_again(line.raw, number)

    assert isinstance(again, Movement)
    assert again.bank_id == statement.numbered_id(line.bank_id, number)


@pytest.mark.parametrize(
    ("category", "description", "kind"),
    [
        (2, "TED Recebida", "transfer"),
        (11, "qualquer", "pix"),
        (18, "Devolução", "pix"),
        (20, "Pix", "fee"),
        (1, "TED Enviada", "transfer"),
        (3, "Transferência entre contas BS2", "transfer"),
        (5, "Pagamento de Título", "payment"),
        (None, "Pagto conta de consumo - arrecadação", "payment"),
        (99, "Débito Pix", "pix"),
        (99, "Tarifa TED", "fee"),
        (99, "Ajuste", "other"),
    ],
)
def test_a_kind_is_known_by_its_code_or_its_words(
    category: int | None, description: str, kind: str
) -> None:
    item = without_protocol(tipoCategoria=category, descricao=description)

    assert statement.movement_from_wire(item).kind == kind


def test_what_the_database_cannot_hold_is_replaced_in_the_raw_line() -> None:
    item = without_protocol(observacao="a\0b\ud800c\\u0000")

    line = statement.movement_from_wire(item)

    assert json.loads(line.raw)["observacao"] == "a\ufffdb\ufffdc\\u0000"


def test_the_account_is_inside_the_protocolo() -> None:
    movement = statement.page_from_wire(read(answers.STATEMENT)).content.movements[0]

    shown = statement.account_in_protocol(movement)

    assert shown == statement.AccountInProtocol("0001", "1234567")
    assert shown.is_account("0001", "123456-7")
    assert not shown.is_account("0001", "123456-8")
    assert not shown.is_account("0002", "123456-7")


def test_a_protocolo_without_the_days_date_tells_nothing() -> None:
    movement = statement.page_from_wire(read(answers.STATEMENT)).content.movements[0]
    other = movement._replace(booked_on=date(2026, 3, 1))

    assert statement.account_in_protocol(other) is None
    assert statement.account_in_protocol(movement._replace(bank_id="~abc")) is None


def test_an_instant_without_an_offset_is_sao_paulos() -> None:
    movement = statement.page_from_wire(read(answers.STATEMENT)).content.movements[0]

    assert movement.occurred_at.astimezone(UTC) == datetime(
        2026, 3, 2, 13, 14, 55, 497000, tzinfo=UTC
    )
