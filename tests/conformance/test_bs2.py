"""BS2, section by section of its contract, through the adapter and beside it.

Each test names the section that it holds. Those with `bank` run against the simulator, and against
BS2's homologation when its keys are in the environment; the others need a bank that can be told.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
import time_machine
from pytest_django import Settings

from banking.banks.bs2 import Bs2
from banking.banks.bs2.adapter import Bs2Adapter
from banking.banks.bs2.wire.receipts import TRANSFERS
from banking.banks.contract.auth import Grant
from banking.banks.contract.charges import (
    Address,
    CancellationState,
    Charge,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    FinalBeneficiary,
)
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.contract.payments import OpenOrder, OrderState, Rail, Receipt, Search
from brazil.banking_days import sao_paulo_day
from tests.banking.banks.conftest import make_boleto, make_ted
from tests.bs2_simulator import OFICINA, Bs2Simulator
from tests.conformance.bs2_places import HOMOLOGATION, KeptTokens, keys_of, sandbox_tokens
from tests.cora_simulator import BankProcess
from tests.loopback import LOOPBACK

NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)  # Monday, 10:00 in São Paulo
BANKING = "/pj/apibanking/forintegration/v1"
COLLECTION = "/pj/forintegration/cobranca"
PIX = "/pix/direto/forintegration/v1"
RETURN = "http://127.0.0.1:9/volta"
COLLECTION_LINE = "846900000007432100481006118097565733130015896363"  # R$ 43,21


@pytest.fixture
def simulator(bank_process: BankProcess, settings: Settings) -> Iterator[Bs2Simulator]:
    """The simulated bank as on its first start, with the product's settings leading to it."""
    bs2 = Bs2Simulator(bank_process)
    bs2.reset(now=NOW)
    settings.BS2_BASE_URL = bs2.base_url
    with time_machine.travel(NOW):
        yield bs2
    bs2.stop()


@pytest.fixture
def tokens(simulator: Bs2Simulator) -> KeptTokens:
    """Those of an application that Oficina Modelo made in BS2 Empresas."""
    return KeptTokens(Bs2().read_form("chaves", keys_of(simulator)))


@pytest.fixture
def told(simulator: Bs2Simulator, tokens: KeptTokens) -> Iterator[Bs2Adapter]:
    """The adapter at the simulator."""
    with Bs2().open_client() as http:
        yield Bs2().adapter(http, tokens)


@pytest.fixture
def raw(simulator: Bs2Simulator, tokens: KeptTokens) -> Iterator[httpx.Client]:
    """A client that knows BS2's paths and nothing of our code."""
    headers = {"Authorization": f"Bearer {tokens.access_token()}"}
    with httpx.Client(base_url=simulator.base_url, headers=headers, **LOOPBACK) as client:
        yield client


_SANDBOX: list[KeptTokens | None] = []


@pytest.fixture(params=["simulator", "sandbox"])
def bank(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Bs2Adapter]:
    if request.param == "simulator":
        yield request.getfixturevalue("told")
        return
    if not _SANDBOX:  # one for the whole run: ten tokens a minute
        _SANDBOX.append(sandbox_tokens())
    if _SANDBOX[0] is None:
        pytest.skip("BS2_SANDBOX_… is not in the environment")
    settings.BS2_BASE_URL = HOMOLOGATION
    with Bs2().open_client() as http:
        yield Bs2().adapter(http, _SANDBOX[0])


def today() -> date:
    return sao_paulo_day(datetime.now(UTC))


def movements(bank: Bs2Adapter, days: int = 30) -> list[Any]:
    pages = bank.fetch_statement(today() - timedelta(days=days), today())
    return [line for page in pages for line in page.movements]


def states(bank: Bs2Adapter, rail: Rail, *receipts: Receipt) -> list[OrderState | None]:
    orders = [OpenOrder(receipt.reference, rail, today()) for receipt in receipts]
    found = bank.order_statuses(orders)
    return [there.state if (there := found.get(r.reference)) else None for r in receipts]


def ask_for_token(simulator: Bs2Simulator, keys: dict[str, str], **fields: str) -> httpx.Response:
    basic = base64.b64encode(f"{keys['api_key']}:{keys['api_secret']}".encode()).decode()
    return httpx.post(
        f"{simulator.addresses['bs2']}/auth/oauth/v2/token",
        data=fields,
        headers={"Authorization": f"Basic {basic}"},
        **LOOPBACK,
    )


# --- 1. Environments --------------------------------------------------------------------


def test_1_a_production_bank_wants_its_code_in_the_user_agent(
    simulator: Bs2Simulator, tokens: KeptTokens, settings: Settings
) -> None:
    simulator.settings(required_user_agent="KAMINO-7741")
    settings.BS2_USER_AGENT = "KAMINO-7741"

    with Bs2().open_client() as http:
        bank = Bs2().adapter(http, tokens)
        assert bank.fetch_balance() > 0
        assert bank.send_ted(make_ted()).reference


def test_1_over_tls_it_is_the_same_bank(
    simulator: Bs2Simulator, tokens: KeptTokens, settings: Settings
) -> None:
    settings.BS2_BASE_URL = simulator.tls_url
    settings.BANK_CA_FILE = simulator.addresses["ca_file"]

    with Bs2().open_client() as http:
        assert Bs2().adapter(http, tokens).fetch_balance() > 0


# --- 2. Authentication ------------------------------------------------------------------


def test_2_1_a_refresh_gives_a_token_that_works(bank: Bs2Adapter) -> None:
    assert bank.fetch_balance() is not None


def test_2_2_a_new_access_token_ends_the_one_before(
    told: Bs2Adapter, tokens: KeptTokens, simulator: Bs2Simulator
) -> None:
    first = tokens.access_token()
    tokens.renew(first)
    stale = KeptTokens(replace(tokens.grant, access_token=first))

    with Bs2().open_client() as http:
        Bs2().adapter(http, stale).fetch_balance()

    assert stale.grant.access_token != first
    refused = [request["status"] for request in simulator.requests("*/saldo")]
    assert refused == [401, 200]


def test_2_2_the_refresh_token_is_replaced_and_the_old_one_is_dead(tokens: KeptTokens) -> None:
    before = tokens.grant
    tokens.access_token()

    with Bs2().consent() as consent, pytest.raises(ConsentLost):
        consent.refresh(before)
    with Bs2().consent() as consent:
        assert consent.refresh(tokens.grant).refresh_token != tokens.grant.refresh_token


@pytest.mark.parametrize("status", [400, 401])
def test_2_2_a_refresh_token_dies_after_48_hours(
    simulator: Bs2Simulator, tokens: KeptTokens, status: int
) -> None:
    simulator.settings(refresh_error_status=status)
    simulator.advance(48 * 3600 + 1)

    with pytest.raises(ConsentLost, match="gere um novo token"):
        tokens.access_token()


def test_2_2_kept_alive_it_lives_on(simulator: Bs2Simulator, tokens: KeptTokens) -> None:
    with Bs2().consent() as consent:
        for _ in range(5):
            simulator.advance(12 * 3600)
            tokens.grant = consent.refresh(tokens.grant)

    assert tokens.grant.access_token


def test_2_2_the_eleventh_token_request_of_a_minute_has_to_wait(tokens: KeptTokens) -> None:
    with Bs2().consent() as consent:
        for _ in range(10):
            tokens.grant = consent.refresh(tokens.grant)
        with pytest.raises(BankUnavailable) as caught:
            consent.refresh(tokens.grant)

    assert caught.value.retry_after == 60


@pytest.mark.parametrize("status", [400, 403, 429])
def test_2_2_whatever_status_says_so(
    simulator: Bs2Simulator, tokens: KeptTokens, status: int
) -> None:
    simulator.settings(token_limit_status=status, token_requests_per_minute=1)
    tokens.access_token()

    with Bs2().consent() as consent, pytest.raises(BankUnavailable):
        consent.refresh(tokens.grant)


def test_2_2_a_password_application_lives_ten_minutes_and_asks_by_password_again(
    simulator: Bs2Simulator,
) -> None:
    keys = keys_of(simulator, legacy=True)
    grant = Bs2().read_form("senha", keys)
    with Bs2().consent() as consent:
        first = consent.refresh(grant)
        second = consent.refresh(first)
        simulator.advance(601)
        third = consent.refresh(second)  # its end was not noticed: refused, then by password

    assert len({first.access_token, second.access_token, third.access_token}) == 3
    assert first.scope == "forintegration"


def test_2_2_a_password_application_is_connected_where_its_scope_reaches_the_account(
    simulator: Bs2Simulator,
) -> None:
    tokens = KeptTokens(Bs2().read_form("senha", keys_of(simulator, legacy=True)))

    with Bs2().open_client() as http:
        bank = Bs2().adapter(http, tokens)
        assert bank.fetch_identity().holder_document == OFICINA
        simulator.settings(legacy_reaches_apibanking=False)
        with pytest.raises(BankAccessDenied, match="crie outra"):
            bank.fetch_balance()
        assert bank.issue_charge(make_charge()).state is ChargeState.OPEN


def test_2_3_several_scopes_come_back_as_they_were_asked(tokens: KeptTokens) -> None:
    tokens.grant = replace(tokens.grant, scope="saldo extrato")
    tokens.access_token()

    assert tokens.grant.scope == "saldo extrato"


def sign_in_and_allow(url: str) -> dict[str, list[str]]:
    """As Ana Souza, for Oficina Modelo, pressing what the pages offer; the way back's query."""
    with httpx.Client(**LOOPBACK) as browser:
        page = browser.get(url).text
        answers = {"cpf": "529.982.247-25", "password": "123456"}
        for _ in range(6):
            form = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
            if account := re.search(r'name="account" value="([^"]+)"', page):
                form["account"] = account[1]
            if code := re.search(r"código[^0-9]*([0-9]{6})", page):
                answers["code"] = code[1]
            names = re.findall(r'<input[^>]*name="([^"]+)"', page)
            form |= {name: answers[name] for name in names if name in answers}
            acts = re.findall(r'<button[^>]*name="act" value="([^"]+)"', page)
            chosen = next((act for act in acts if act not in {"refuse", "deny"}), None)
            if chosen:
                form["act"] = chosen
            back = browser.post(url, data=form)
            if location := back.headers.get("location"):
                return parse_qs(urlsplit(location).query)
            page = back.text
    raise AssertionError("the pages of the consent do not end")


def test_2_4_a_consent_becomes_a_grant_once(simulator: Bs2Simulator) -> None:
    with Bs2().consent() as consent:
        url = consent.authorization_url(state="4f1c9a", redirect_uri=RETURN)
        query = sign_in_and_allow(url)
        grant = consent.exchange_code(code=query["code"][0], redirect_uri=RETURN)
        with pytest.raises(ConsentLost):
            consent.exchange_code(code=query["code"][0], redirect_uri=RETURN)

    assert query["state"] == ["4f1c9a"]
    with Bs2().open_client() as http:
        assert Bs2().adapter(http, KeptTokens(grant)).fetch_balance() > 0


def test_2_5_wrong_keys_are_a_denied_access(simulator: Bs2Simulator) -> None:
    keys = {**keys_of(simulator), "api_secret": "wrong"}
    answer = ask_for_token(simulator, keys, grant_type="refresh_token", refresh_token="x")

    assert (answer.status_code, answer.headers["X-Ca-Err"]) == (401, "3003201")
    assert answer.json() == {
        "error": "invalid_client",
        "error_description": "The given client credentials were not valid",
    }
    with Bs2().consent() as consent, pytest.raises(BankAccessDenied) as caught:
        consent.refresh(Bs2().read_form("chaves", keys))
    assert not isinstance(caught.value, ConsentLost)


def test_2_5_a_wrong_password_needs_a_person(simulator: Bs2Simulator) -> None:
    keys = {**keys_of(simulator, legacy=True), "password": "wrong"}

    with Bs2().consent() as consent, pytest.raises(ConsentLost):
        consent.refresh(Bs2().read_form("senha", keys))


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_2_5_invalid_token_is_plain_text_of_any_status(
    simulator: Bs2Simulator, told: Bs2Adapter, tokens: KeptTokens, status: int
) -> None:
    simulator.settings(invalid_token_status=status)
    first = tokens.access_token()
    simulator.expire_tokens()

    receipt = told.send_ted(make_ted())

    assert tokens.grant.access_token != first
    assert [order["id"] for order in simulator.orders()][-1] == receipt.reference


def test_2_5_a_scope_that_is_missing_is_a_403_without_a_body(
    simulator: Bs2Simulator, tokens: KeptTokens, told: Bs2Adapter
) -> None:
    tokens.grant = replace(tokens.grant, scope="saldo extrato")

    with pytest.raises(BankAccessDenied, match="esta permissão"):
        told.send_ted(make_ted())
    assert told.fetch_balance() > 0


# --- 4. Balance and statement -----------------------------------------------------------


def test_4_1_the_balance_is_in_reais(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    assert told.fetch_balance() == Decimal(simulator.account()["balance"]).scaleb(-2)


def test_4_1_a_balance_may_want_its_date(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    simulator.settings(balance_requires_reference=True)

    assert told.fetch_balance() > 0


def test_4_2_the_statement_adds_up(bank: Bs2Adapter) -> None:
    pages = list(bank.fetch_statement(today() - timedelta(days=30), today()))
    lines = [line for page in pages for line in page.movements]

    assert len({line.bank_id for line in lines}) == len(lines)
    assert pages[0].opening + sum(line.amount for line in lines) == pages[-1].closing


def test_4_2_pages_begin_at_zero_and_nothing_is_missed(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    since = today() - timedelta(days=20)
    simulator.generate_entries(450, since, today())

    lines = movements(told, 20)

    assert len(lines) > 450
    inicios = [
        parse_qs(urlsplit(f"?{request['query']}").query)["inicio"][0]
        for request in simulator.requests("*/extrato")
    ]
    assert inicios == [str(number) for number in range(len(inicios))]


def test_4_2_a_bank_that_shows_a_month_at_most_is_read_by_months(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.settings(statement_max_days=30)
    since = today() - timedelta(days=89)
    simulator.generate_entries(120, since, today())

    pages = list(told.fetch_statement(since, today()))

    lines = [line for page in pages for line in page.movements]
    assert len({line.bank_id for line in lines}) == len(lines) > 120
    assert pages[-1].opening + sum(line.amount for line in lines) == pages[-1].closing
    assert pages[-1].closing == told.fetch_balance()
    assert told.fetch_identity().branch == "0001"


def test_4_2_days_are_sao_paulos(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    entry = {"type": "CREDIT", "amount": 1234, "at": "2026-11-20T23:30:00", "kind": "PIX"}
    simulator.add_entries([entry])
    friday = date(2026, 11, 20)

    on_friday = [line for page in told.fetch_statement(friday, friday) for line in page.movements]

    assert any(line.amount == Decimal("12.34") for line in on_friday)
    assert {line.booked_on for line in on_friday} == {friday}


def test_4_2_lines_of_a_pix_keep_their_end_to_end_id(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.credit(1234, kind="PIX")

    (line,) = [line for line in movements(told, 0) if line.amount == Decimal("12.34")]

    assert line.kind == "pix"
    assert re.search(r'"endToEndId": "E[0-9A-Za-z]{31}"', line.raw)
    assert len(line.counterparty_document) in (11, 14)


def test_4_2_a_protocolo_tells_the_account(told: Bs2Adapter, tokens: KeptTokens) -> None:
    identity = told.fetch_identity()

    assert f"{identity.branch} {identity.number}" == " ".join(
        tokens.secrets()[name] for name in ("branch", "account")
    )
    tokens.grant = replace(tokens.grant, secrets={**tokens.secrets(), "account": "999999-9"})
    with pytest.raises(BankRejected, match="999999-9"):
        told.fetch_identity()


# --- 5. Transfers -----------------------------------------------------------------------


def test_5_1_a_transfer_waits_and_is_paid_once_it_is_approved(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    receipt = told.send_ted(make_ted())
    assert receipt.state is OrderState.SCHEDULED
    assert states(told, Rail.TED, receipt) == [OrderState.AWAITING_APPROVAL]

    simulator.approve(receipt.reference)

    assert states(told, Rail.TED, receipt) == [OrderState.PAID]
    (line,) = [line for line in movements(told, 0) if line.amount == Decimal("-1250.00")]
    assert (line.kind, line.counterparty_document) == ("transfer", "11222333000181")


def test_5_1_a_refusal_comes_inside_a_200(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    with pytest.raises(BankRejected) as caught:
        told.send_ted(make_ted(amount=Decimal("99999999.00")))

    assert caught.value.reason == "Saldo insuficiente."
    (request,) = simulator.requests("*/simplificado")
    assert request["status"] == 200


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (Bs2Simulator.refuse, OrderState.REJECTED),
        (Bs2Simulator.cancel, OrderState.CANCELLED),
        (Bs2Simulator.expire, OrderState.REJECTED),
    ],
)
def test_5_3_a_transfer_that_nobody_let_go_ends(
    told: Bs2Adapter,
    simulator: Bs2Simulator,
    act: Callable[[Bs2Simulator, str], Any],
    state: OrderState,
) -> None:
    receipt = told.send_ted(make_ted())

    act(simulator, receipt.reference)

    assert states(told, Rail.TED, receipt) == [state]


def test_5_3_a_transfer_that_came_back_says_so(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    receipt = told.send_ted(make_ted())
    simulator.approve(receipt.reference)
    simulator.refund(receipt.reference)

    assert states(told, Rail.TED, receipt) == [OrderState.RETURNED]


def test_5_3_a_status_in_words_that_nobody_knows_is_left_out(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.settings(transfer_situations={"waiting": "Zumbi"})
    receipt = told.send_ted(make_ted())

    assert states(told, Rail.TED, receipt) == [None]


# --- 6. Titles --------------------------------------------------------------------------


def payable(simulator: Bs2Simulator, **changes: Any) -> Any:
    line = simulator.title(48990, today() + timedelta(days=5))["line"]
    return make_boleto(linha_digitavel=line, amount=Decimal("489.90"), **changes)


def test_6_1_a_title_is_looked_up_by_its_line(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    boleto = payable(simulator)

    title = told.look_up_title(boleto.linha_digitavel)

    assert title.due_date == today() + timedelta(days=5)
    assert title.amount == Decimal("489.90")
    assert title.beneficiary_document == "60316817000103"


def test_6_2_a_title_is_paid(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    receipt = told.pay_boleto(payable(simulator))
    assert states(told, Rail.BOLETO, receipt) == [OrderState.AWAITING_APPROVAL]

    simulator.approve(receipt.reference)

    assert states(told, Rail.BOLETO, receipt) == [OrderState.PAID]
    (line,) = [line for line in movements(told, 0) if line.amount == Decimal("-489.90")]
    assert line.kind == "payment"


def test_6_2_a_collection_document_of_48_digits_is_paid(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    bill = make_boleto(linha_digitavel=COLLECTION_LINE, amount=Decimal("43.21"))

    receipt = told.pay_boleto(bill)
    simulator.approve(receipt.reference)

    assert states(told, Rail.BOLETO, receipt) == [OrderState.PAID]


def test_6_2_a_line_that_was_mistyped_is_refused(told: Bs2Adapter) -> None:
    wrong = COLLECTION_LINE[:-1] + str((int(COLLECTION_LINE[-1]) + 1) % 10)

    with pytest.raises(BankRejected) as caught:
        told.pay_boleto(make_boleto(linha_digitavel=wrong))
    assert caught.value.code == "CodigoIdentificacao"


def test_6_3_a_refused_payment_tells_why(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    receipt = told.pay_boleto(payable(simulator))
    simulator.refuse(receipt.reference)

    assert states(told, Rail.BOLETO, receipt) == [OrderState.REJECTED]


def test_6_4_without_approval_it_is_paid_at_once(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    simulator.settings(approval_required=False)

    receipt = told.send_ted(make_ted())

    assert states(told, Rail.TED, receipt) == [OrderState.PAID]


def test_6_5_what_was_paid_has_a_receipt_and_its_pdf(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.settings(approval_required=False)
    told.send_ted(make_ted())

    (proof,) = told.fetch_receipts(today(), today(), TRANSFERS).read

    assert Decimal("1250.00") in proof.amounts
    assert told.receipt_pdf(proof).startswith(b"%PDF-")


# --- 7. Webhooks ------------------------------------------------------------------------

HOOK = "http://127.0.0.1:9/webhooks/bs2/4f1c9a"
SECRET = b"\x07" * 32


def delivered(simulator: Bs2Simulator) -> list[Any]:
    return [
        Bs2().parse_event(sent["headers"], sent["body"].encode(), secret=SECRET)
        for sent in simulator.webhooks()
    ]


def test_7_2_and_7_6_movements_orders_and_pix_are_registered_with_our_bearer(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    told.register_webhooks(HOOK, secret=SECRET)

    receipt = told.send_ted(make_ted())
    simulator.approve(receipt.reference)
    simulator.credit(1234, kind="PIX")

    notices = delivered(simulator)
    kinds = {notice.kind for notice in notices}
    assert {"movimento.C", "movimento.D", "conclusao"} <= kinds
    assert any(kind.startswith("pix.") for kind in kinds)
    assert (receipt.reference, OrderState.PAID) in {(n.reference, n.state) for n in notices}
    bearers = {sent["headers"].get("authorization") for sent in simulator.webhooks()}
    assert bearers == {f"Bearer {SECRET.hex()}"}


def test_7_2_an_application_without_those_scopes_is_no_broken_connection(
    told: Bs2Adapter, tokens: KeptTokens
) -> None:
    tokens.grant = replace(tokens.grant, scope="saldo extrato")

    told.register_webhooks(HOOK, secret=SECRET)


def test_7_5_a_boleto_that_was_paid_is_told_in_pascal_case(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.boleto_webhook(HOOK)
    charge = told.issue_charge(make_charge())
    simulator.pay_boleto(charge.reference)
    simulator.settle(charge.reference)

    notices = delivered(simulator)

    assert {notice.reference for notice in notices} == {charge.our_number}
    assert "boleto.4" in {notice.kind for notice in notices}


# --- 8. Boletos -------------------------------------------------------------------------


def make_charge(**changes: Any) -> ChargeRequest:
    payer = ChargePayer(
        "Padaria Aurora Ltda",
        "11222333000181",
        "financeiro@exemplo.com.br",
        "+5511999990000",
        Address("Avenida Exemplo", "1000", "Bela Vista", "São Paulo", "SP", "01310100"),
    )
    values = {
        "key": uuid4(),
        "code": f"NF-{uuid4().hex[:8]}",
        "payer": payer,
        "items": [ChargeItem("Serviço", Decimal("1500.75"))],
        "due_date": today() + timedelta(days=15),
        "message": "Ref. nota 1001",
        "beneficiary": FinalBeneficiary("Oficina Modelo Ltda", OFICINA, "Oficina"),
    }
    return ChargeRequest(**{**values, **changes})


def same(charge: Charge) -> tuple[Any, ...]:
    return (
        charge.reference,
        charge.amount,
        charge.due_date,
        charge.code,
        charge.our_number,
        charge.linha_digitavel,
        charge.barcode,
        charge.payer_document,
    )


def test_8_3_and_8_4_a_boleto_is_issued_and_read_back(bank: Bs2Adapter) -> None:
    request = make_charge()

    issued = bank.issue_charge(request)
    detail = bank.fetch_charge(issued.reference)

    assert same(detail) == same(issued)
    assert issued.state is ChargeState.OPEN
    assert (issued.amount, issued.due_date) == (request.amount, request.due_date)
    assert issued.barcode.startswith("2189")


def test_8_2_an_amount_that_is_too_small_is_refused_in_the_banks_words(bank: Bs2Adapter) -> None:
    with pytest.raises(BankRejected) as caught:
        bank.issue_charge(make_charge(items=[ChargeItem("Serviço", Decimal("4.99"))]))

    assert caught.value.code == "ValorBoleto"
    assert "R$ 5,00" in caught.value.reason


@pytest.mark.parametrize("status", [400, 200])
def test_12_6_a_refusal_is_one_whatever_its_status(
    told: Bs2Adapter, simulator: Bs2Simulator, status: int
) -> None:
    simulator.settings(boleto_refusal_status=status)

    with pytest.raises(BankRejected) as caught:
        told.issue_charge(make_charge(due_date=today() - timedelta(days=1)))

    assert caught.value.code == "Vencimento"
    assert "maior ou igual" in caught.value.reason
    assert simulator.boletos() == []


def test_12_7_a_boleto_is_registered_until_it_is_written_off(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    charge = told.issue_charge(make_charge())
    assert told.fetch_charge(charge.reference).is_registered is True

    told.cancel_charge(charge.reference, key=uuid4())
    simulator.advance(60)

    cancelled = told.fetch_charge(charge.reference)
    assert (cancelled.state, cancelled.is_registered) == (ChargeState.CANCELLED, False)


def test_8_5_the_pdf_is_one(bank: Bs2Adapter) -> None:
    assert bank.charge_pdf(bank.issue_charge(make_charge())).startswith(b"%PDF-")


def test_8_6_a_write_off_is_done_later(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    charge = told.issue_charge(make_charge())

    asked = told.cancel_charge(charge.reference, key=uuid4(), reason="Pedido cancelado")
    assert asked.state is CancellationState.WAITING
    simulator.advance(60)

    assert told.charge_cancellation(asked).state is CancellationState.DONE
    assert told.fetch_charge(charge.reference).state is ChargeState.CANCELLED


def test_8_7_seen_paid_is_not_money_yet(told: Bs2Adapter, simulator: Bs2Simulator) -> None:
    charge = told.issue_charge(make_charge())
    simulator.pay_boleto(charge.reference)
    assert told.fetch_charge(charge.reference).state is ChargeState.IN_PAYMENT

    simulator.settle(charge.reference)

    paid = told.fetch_charge(charge.reference)
    assert (paid.state, paid.paid_amount) == (ChargeState.PAID, Decimal("1500.75"))


# --- 9.4 Nothing is sent twice ----------------------------------------------------------


def look(told: Bs2Adapter, payment: Any, sent_at: datetime, twins: int = 0) -> Any:
    return told.find_order(
        payment, sent_at=sent_at, now=sent_at + timedelta(minutes=31), twins=twins
    )


# What a fault of the bank is to one who sends, and how many orders there are then.
SENT_UNDER_FAULTS: list[tuple[dict[str, Any], type[Exception] | None, int]] = [
    ({"kind": "lose_answer"}, BankOutcomeUnknown, 1),
    ({"kind": "reset_answer"}, BankOutcomeUnknown, 1),
    ({"kind": "drop"}, BankOutcomeUnknown, 0),
    ({"kind": "reset"}, BankOutcomeUnknown, 0),
    ({"kind": "status", "status": 500}, BankOutcomeUnknown, 0),
    ({"kind": "status", "status": 502, "body": "html"}, BankOutcomeUnknown, 0),
    ({"kind": "status", "status": 429}, BankUnavailable, 0),
    ({"kind": "status", "status": 429, "retry_after": 7}, BankUnavailable, 0),
    ({"kind": "replace_answer", "status": 500}, BankOutcomeUnknown, 1),
    ({"kind": "replace_answer", "status": 502, "body": "html"}, BankOutcomeUnknown, 1),
    ({"kind": "replace_answer", "status": 200, "body": "empty"}, BankOutcomeUnknown, 1),
    ({"kind": "replace_answer", "status": 200, "body": "truncated"}, BankOutcomeUnknown, 1),
    ({"kind": "missing_field", "field": "aprovado"}, BankOutcomeUnknown, 1),
    ({"kind": "missing_field", "field": "solicitacaoId"}, BankOutcomeUnknown, 1),
    ({"kind": "slow_answer", "ms": 200}, None, 1),
    ({"kind": "delay", "ms": 200}, None, 1),
    ({"kind": "unknown_field"}, None, 1),
    ({"kind": "expire_tokens"}, None, 1),
]


@pytest.mark.parametrize(("fault", "error", "orders"), SENT_UNDER_FAULTS, ids=str)
def test_9_4_whatever_fails_a_transfer_is_sent_once(
    told: Bs2Adapter,
    tokens: KeptTokens,
    simulator: Bs2Simulator,
    fault: dict[str, Any],
    error: type[Exception] | None,
    orders: int,
) -> None:
    tokens.access_token()
    before = len(simulator.orders())
    simulator.fault(path="*/transferencias/simplificado", **fault)

    if error is None:
        told.send_ted(make_ted())
    else:
        with pytest.raises(error):
            told.send_ted(make_ted())

    assert len(simulator.orders()) - before == orders
    assert simulator.count_requests("*/simplificado", effect=True) == orders


def test_9_4_while_it_waits_for_a_signature_nobody_can_tell(
    told: Bs2Adapter, tokens: KeptTokens, simulator: Bs2Simulator
) -> None:
    tokens.access_token()
    sent_at = datetime.now(UTC)
    simulator.fault("lose_answer", "*/transferencias/simplificado")
    with pytest.raises(BankOutcomeUnknown):
        told.send_ted(make_ted())

    finding = look(told, make_ted(), sent_at)

    assert finding.search is Search.CANNOT_TELL
    assert "nenhum débito de R$ 1.250,00" in finding.seen


def test_9_4_once_it_was_signed_it_is_found(
    told: Bs2Adapter, tokens: KeptTokens, simulator: Bs2Simulator
) -> None:
    tokens.access_token()
    sent_at = datetime.now(UTC)
    boleto = payable(simulator)
    simulator.fault("lose_answer", "*/transferencias/simplificado")
    simulator.fault("lose_answer", "*/pagamentos", method="POST")
    for send, payment in ((told.send_ted, make_ted()), (told.pay_boleto, boleto)):
        with pytest.raises(BankOutcomeUnknown):
            send(payment)
    simulator.approve_all(OFICINA)

    for payment in (make_ted(), boleto):
        finding = look(told, payment, sent_at)
        assert finding.search is Search.FOUND
        assert finding.receipt.state is OrderState.PAID
        assert look(told, payment, sent_at, twins=1).search is Search.CANNOT_TELL


def test_9_4_without_the_scope_of_receipts_the_statement_is_enough(
    told: Bs2Adapter, tokens: KeptTokens, simulator: Bs2Simulator
) -> None:
    tokens.grant = replace(tokens.grant, scope="saldo extrato transferencia")
    simulator.settings(approval_required=False)
    sent_at = datetime.now(UTC)
    told.send_ted(make_ted())

    assert look(told, make_ted(), sent_at).search is Search.FOUND


# --- 10. Errors -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_10_1_a_read_that_fails_happened_to_nobody(
    told: Bs2Adapter, simulator: Bs2Simulator, status: int
) -> None:
    simulator.fault("status", "*/saldo", status=status, body="html")

    with pytest.raises(BankUnavailable):
        told.fetch_balance()
    assert told.fetch_balance() > 0


@pytest.mark.parametrize("body", ["empty", "truncated", "html"])
def test_10_1_an_answer_cut_short_is_no_answer(
    told: Bs2Adapter, simulator: Bs2Simulator, body: str
) -> None:
    simulator.fault("replace_answer", "*/extrato", status=200, body=body)

    with pytest.raises(BankUnavailable):
        movements(told)


def test_10_1_fields_and_types_that_are_new_are_read_over(
    told: Bs2Adapter, simulator: Bs2Simulator
) -> None:
    simulator.fault("unknown_field", "*/extrato")

    assert movements(told)


def test_10_1_errors_are_a_list_of_tag_and_description(raw: httpx.Client) -> None:
    answer = raw.post(f"{COLLECTION}/v2/boletos/simplificado", json={"valor": 1.0})

    assert answer.status_code == 400
    assert {frozenset(item) for item in answer.json()} == {frozenset({"tag", "descricao"})}


def test_0_paths_are_served_with_and_without_their_last_slash(raw: httpx.Client) -> None:
    path = f"{BANKING}/contascorrentes/saldo"

    assert raw.get(path).json() == raw.get(f"{path}/").json()


def test_3_amounts_are_numbers_in_reais_and_bodies_utf8_json(raw: httpx.Client) -> None:
    answer = raw.get(f"{BANKING}/contascorrentes/saldo")

    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert isinstance(answer.json()["valor"], float | int)


def test_9_3_pix_is_read_by_the_tokens_of_the_account(raw: httpx.Client) -> None:
    assert raw.get(f"{PIX}/webhook/bs2").status_code == 200


def test_a_grant_never_shows_its_secrets(tokens: KeptTokens) -> None:
    shown = repr(tokens.grant)

    assert isinstance(tokens.grant, Grant)
    assert tokens.grant.secrets["api_secret"] not in shown
