"""Cora, section by section of its contract, through the adapter and beside it.

Each test names the section that it holds. Those with `bank` or `raw` run against the simulator in
both modes, and against Cora's stage when its credentials are in the environment; the others need
a bank that can be told.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
import time_machine
from pytest_django import Settings

from banking.banks.contract.charges import (
    CancellationState,
    CarneRequest,
    Charge,
    ChargeForm,
    ChargeItem,
    ChargeRequest,
    ChargeState,
    NotifyWhen,
)
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
    InvalidEvent,
)
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import (
    Creditor,
    OpenOrder,
    OrderState,
    Rail,
    Receipt,
    Search,
)
from banking.banks.contract.statement import AccountIdentity
from banking.banks.cora import Cora, webhooks
from banking.banks.cora.adapter import CoraAdapter
from banking.banks.cora.auth import grant_from_wire
from banking.banks.cora.wire import charge_requests, charges, payments, statement
from banking.banks.http.json import write_json
from brazil.banking_days import sao_paulo_day
from brazil.boleto import parse_boleto
from tests.banking.banks.conftest import (
    Answer,
    HeldTokens,
    TinyBank,
    make_boleto,
    make_carne,
    make_charge,
    make_darf,
    make_gps,
    make_grant,
    make_ted,
)
from tests.banking.banks.cora_answers import (
    ACCOUNT,
    BALANCE,
    CREDIT_ENTRY,
    DIRECT_TOKEN,
    ERROR,
    FEE_ENTRY,
    INVOICE,
    INVOICE_ENDPOINT,
    INVOICE_REQUEST,
    PAID_INVOICE_HEADERS,
    PAYMENT,
    PAYMENT_REQUEST,
    STATEMENT,
    TOKENS,
    TRANSFER,
    TRANSFER_REQUEST,
)
from tests.conformance.cora_places import (
    KeptTokens,
    Place,
    direct_values,
    partner_grant,
    simulated_direct,
    simulated_partner,
    stage_direct,
    stage_partner,
    tls_of,
)
from tests.cora_simulator import CLIENT_ID, CLIENT_SECRET, OFICINA, PADARIA, CoraSimulator
from tests.loopback import LOOPBACK

NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)  # Monday, 10:00 in São Paulo
RETURN = "http://127.0.0.1:9/volta"
HOOK = "http://127.0.0.1:9/hooks/cora/"


@pytest.fixture
def cora(bank_process: CoraSimulator, settings: Settings) -> Iterator[CoraSimulator]:
    """The simulated bank as on its first start, with the product's settings leading to it."""
    bank_process.reset(now=NOW)
    settings.CORA_BASE_URL = bank_process.base_url
    settings.CORA_DIRECT_BASE_URL = bank_process.addresses["cora_direta"]
    settings.CORA_FILES_URL = bank_process.addresses["cora_files"]
    settings.BANK_CA_FILE = bank_process.addresses["ca_file"]
    with time_machine.travel(NOW):
        yield bank_process


@pytest.fixture(params=["parceria", "direta", "stage-parceria", "stage-direta"])
def place(request: pytest.FixtureRequest, settings: Settings) -> Place:
    """Each bank that speaks Cora's API, in each of its modes."""
    if request.param == "parceria":
        return simulated_partner(request.getfixturevalue("cora"))
    if request.param == "direta":
        return simulated_direct(request.getfixturevalue("cora"))
    found = (stage_partner if request.param == "stage-parceria" else stage_direct)(settings)
    if found is None:
        pytest.skip("CORA_STAGE_… is not in the environment")
    return found


@pytest.fixture
def bank(place: Place) -> Iterator[CoraAdapter]:
    with Cora().open_client(place.tokens.grant) as http:
        yield Cora().adapter(http, place.tokens)


@pytest.fixture
def raw(place: Place) -> Iterator[httpx.Client]:
    """A client that knows Cora's paths and nothing of our code."""
    with place.client() as client:
        yield client


@pytest.fixture
def partner(cora: CoraSimulator) -> Place:
    """Oficina Modelo at the simulator, in mode Parceria."""
    return simulated_partner(cora)


@pytest.fixture
def told(partner: Place) -> Iterator[CoraAdapter]:
    """The adapter at a bank that the test can tell what to do."""
    with Cora().open_client() as http:
        yield Cora().adapter(http, partner.tokens)


@pytest.fixture
def api(partner: Place) -> Iterator[httpx.Client]:
    with partner.client() as client:
        yield client


@pytest.fixture
def hook() -> Iterator[TinyBank]:
    """Who receives webhooks."""
    receiver = TinyBank()
    receiver.will_answer(Answer())
    yield receiver
    receiver.stop()


def today() -> date:
    return sao_paulo_day(datetime.now(UTC))


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def post(client: httpx.Client, path: str, body: Any, key: str = "") -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": key or str(uuid4())})


def boleto_charge(**changes: Any) -> ChargeRequest:
    return make_charge(
        **{"key": uuid4(), "due_date": in_days(10), "forms": {ChargeForm.BOLETO}, **changes}
    )


def carne(**changes: Any) -> CarneRequest:
    return make_carne(
        **{"key": uuid4(), "due_dates": [in_days(10), in_days(40), in_days(70)], **changes}
    )


def payable(cora: CoraSimulator, **title: Any) -> Any:
    line = cora.title(15075, in_days(5), **title)["digitable"]
    return make_boleto(key=uuid4(), linha_digitavel=line)


def movements(bank: CoraAdapter, days: int = 30) -> list[Any]:
    pages = bank.fetch_statement(in_days(-days), today())
    return [line for page in pages for line in page.movements]


def states(bank: CoraAdapter, rail: Rail, *receipts: Receipt) -> list[OrderState | None]:
    orders = [OpenOrder(receipt.reference, rail, today()) for receipt in receipts]
    found = bank.order_statuses(orders)
    return [there.state if (there := found.get(r.reference)) else None for r in receipts]


def look(bank: CoraAdapter, payment: Any, after: timedelta = timedelta(hours=1)) -> Search:
    now = datetime.now(UTC)
    return bank.find_order(payment, sent_at=now, now=now + after).search


def waiting(receipt: Receipt) -> OpenOrder:
    return OpenOrder(receipt.reference, Rail.BOLETO, today())


# --- 1. Environments and hosts ----------------------------------------------------------


def test_section_1_tokens_of_one_mode_are_worth_nothing_at_the_others_host(
    cora: CoraSimulator,
) -> None:
    partner, direct = simulated_partner(cora), simulated_direct(cora)

    for tokens, host, certificate in (
        (partner.tokens, direct, direct.tokens.grant),
        (direct.tokens, partner, None),
    ):
        answer = httpx.get(
            f"{host.base_url}/third-party/account/balance",
            headers={"Authorization": f"Bearer {tokens.access_token()}"},
            verify=tls_of(certificate, cora.addresses["ca_file"]),
            trust_env=False,
        )
        assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_section_1_in_direta_the_certificate_is_presented_on_every_call(
    cora: CoraSimulator,
) -> None:
    place = simulated_direct(cora)
    without = httpx.get(
        f"{place.base_url}/third-party/account/balance",
        headers={"Authorization": f"Bearer {place.tokens.access_token()}"},
        verify=tls_of(None, cora.addresses["ca_file"]),
        trust_env=False,
    )

    assert without.status_code == 401
    with Cora().open_client(place.tokens.grant) as http:
        bank = Cora().adapter(http, place.tokens)
        assert bank.fetch_balance() > 0
        assert bank.send_ted(make_ted()).state is OrderState.AWAITING_APPROVAL


def test_section_1_over_tls_it_is_the_same_bank(
    cora: CoraSimulator, partner: Place, settings: Settings
) -> None:
    settings.CORA_BASE_URL = cora.addresses["cora_tls"]

    with Cora().open_client() as http:
        assert Cora().adapter(http, partner.tokens).fetch_balance() > 0


def test_section_1_a_host_that_nobody_vouches_for_is_not_talked_to(
    cora: CoraSimulator, partner: Place, settings: Settings
) -> None:
    settings.CORA_BASE_URL = cora.addresses["cora_tls"]
    settings.BANK_CA_FILE = ""

    with Cora().open_client() as http, pytest.raises(BankUnavailable):
        Cora().adapter(http, partner.tokens).fetch_balance()
    assert cora.count_requests("/third-party/account/balance") == 0


# --- 2. Endpoint index ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/third-party/account",
        "/third-party/account/balance",
        "/bank-statement/statement",
        "/transfer/third-party/transfers",
        "/banks",
        "/payments",
        "/v2/invoices",
        "/endpoints",
    ],
)
def test_section_2_each_path_answers_with_and_without_its_last_slash(
    raw: httpx.Client, path: str
) -> None:
    assert [raw.get(path).status_code, raw.get(f"{path}/").status_code] == [200, 200]


def test_section_2_each_kind_of_thing_has_its_prefix(told: CoraAdapter, api: httpx.Client) -> None:
    ted, tax = told.send_ted(make_ted()), told.pay_tax(make_darf())
    charge = told.issue_charge(boleto_charge())
    body = {"url": HOOK, "resource": "invoice", "trigger": "paid"}
    endpoint = post(api, "/endpoints/", body).json()["id"]
    entry = api.get("/bank-statement/statement").json()["entries"][0]

    ids = [ted.reference, tax.reference, charge.reference, endpoint, entry["id"]]
    ids.append(entry["transaction"]["id"])
    for prefix, value in zip(("trn", "pay", "inv", "end", "ent", "trx"), ids, strict=True):
        assert re.fullmatch(f"{prefix}_[A-Za-z0-9]{{18,24}}", value)


def test_section_2_starting_a_transfer_is_200_and_a_payment_201(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    told.send_ted(make_ted())
    told.pay_boleto(payable(cora))

    answered = {r["path"]: r["status"] for r in cora.requests("*/initiate", method="POST")}
    assert answered == {"/transfers/initiate": 200, "/payments/initiate": 201}


# --- 3. Direct integration: token -------------------------------------------------------


def test_section_3_the_documented_token_becomes_a_grant(cora: CoraSimulator) -> None:
    asked = simulated_direct(cora).tokens.grant

    answer = {**DIRECT_TOKEN, "access_token": "JWT"}
    grant = grant_from_wire(answer, asked, has_refresh=False)

    assert (grant.access_token, grant.refresh_token, grant.mode) == ("JWT", "", "direta")
    assert grant.scope == "offline_access"
    assert abs(grant.expires_at - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=1)
    assert (grant.secrets, grant.keep_alive_at) == (asked.secrets, None)


def ask_directly(
    cora: CoraSimulator, credential: dict[str, str], certificate_of: dict[str, str] | None = None
) -> httpx.Response:
    """POST /token as the guide writes it, by default with the credential's own certificate."""
    grant = Cora().read_form("direta", direct_values(certificate_of or credential))
    return httpx.post(
        f"{cora.addresses['cora_direta']}/token",
        data={"grant_type": "client_credentials", "client_id": credential["client_id"]},
        verify=tls_of(grant, cora.addresses["ca_file"]),
        trust_env=False,
    )


def test_section_3_a_token_is_a_jwt_of_24_hours(cora: CoraSimulator) -> None:
    credential = cora.direct_credential()

    answer = ask_directly(cora, credential).json()

    assert set(answer) == set(DIRECT_TOKEN)
    assert (answer["expires_in"], answer["refresh_expires_in"]) == (86400, 0)
    claims = json.loads(base64.urlsafe_b64decode(answer["access_token"].split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 86400
    assert claims["sub"] == claims["azp"] == credential["client_id"]


def test_section_3_it_expires_and_another_is_asked_for(cora: CoraSimulator) -> None:
    place = simulated_direct(cora)
    first = place.tokens.access_token()
    cora.advance(86_401)

    with Cora().open_client(place.tokens.grant) as http:
        assert Cora().adapter(http, place.tokens).fetch_balance() > 0

    assert place.tokens.access_token() != first
    assert cora.count_requests("/token", method="POST") == 2


def test_section_3_a_certificate_of_another_client_is_refused(cora: CoraSimulator) -> None:
    mine, other = cora.direct_credential(), cora.direct_credential(PADARIA)

    answer = ask_directly(cora, mine, certificate_of=other)

    assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})
    mixed = {**direct_values(other), "client_id": mine["client_id"]}
    grant = Cora().read_form("direta", mixed)
    with Cora().consent(grant) as consent, pytest.raises(ConsentLost, match="certificado"):
        consent.refresh(grant)


def test_section_3_a_probe_without_certificate_gets_401_and_not_a_broken_handshake(
    cora: CoraSimulator,
) -> None:
    answer = httpx.post(
        f"{cora.addresses['cora_direta']}/token",
        data={"grant_type": "client_credentials", "client_id": "int-nobody"},
        verify=tls_of(None, cora.addresses["ca_file"]),
        trust_env=False,
    )

    assert answer.status_code == 401


# --- 4. Parceria Cora: OAuth ------------------------------------------------------------


def sign_in_and_allow(url: str) -> dict[str, str]:
    """As Ana Souza, for Oficina Modelo; the query of the way back."""
    with httpx.Client(**LOOPBACK) as browser:
        signed = {"act": "sign_in", "cpf": "529.982.247-25", "password": "123456"}
        page = browser.post(url, data=signed).text
        session = re.search(r'name="session" value="([^"]+)"', page)
        account = re.search(r'name="account" value="(\d+)"[^>]*><span>OFICINA', page)
        assert session is not None and account is not None
        chosen = {"act": "allow", "session": session[1], "account": account[1]}
        return way_back(browser.post(url, data=chosen))


def way_back(answer: httpx.Response) -> dict[str, str]:
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: value[0] for name, value in query.items()}


def consent_url(redirect_uri: str = RETURN) -> str:
    with Cora().consent() as consent:
        return consent.authorization_url(state="4f1c9a", redirect_uri=redirect_uri)


def ask_for_token(cora: CoraSimulator, **fields: str) -> httpx.Response:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    return httpx.post(
        f"{cora.base_url}/oauth/token",
        data=fields,
        headers={"Authorization": f"Basic {basic}"},
        **LOOPBACK,
    )


def test_section_4_1_the_request_has_the_documented_parameters(settings: Settings) -> None:
    settings.CORA_BASE_URL = "https://api.stage.cora.com.br"
    settings.CORA_CLIENT_ID = "app-a1B2c3D4e5F6"

    scopes = "invoice%20account%20payment%20transfer"
    assert consent_url("https://erp.example.com/cora/callback") == (
        "https://api.stage.cora.com.br/oauth/authorize?client_id=app-a1B2c3D4e5F6"
        "&response_type=code&redirect_uri=https%3A%2F%2Ferp.example.com%2Fcora%2Fcallback"
        f"&scopes={scopes}&state=4f1c9a"
    )


def test_section_4_1_a_way_back_may_have_a_query_of_its_own(cora: CoraSimulator) -> None:
    back = sign_in_and_allow(consent_url(f"{RETURN}?empresa=7"))

    assert (back["empresa"], back["state"]) == ("7", "4f1c9a")


def test_section_4_2_a_refusal_comes_back_as_an_error_with_the_state(cora: CoraSimulator) -> None:
    with httpx.Client(**LOOPBACK) as browser:
        back = way_back(browser.post(consent_url(), data={"act": "deny"}))

    assert back == {"error": "access_denied", "state": "4f1c9a"}


def test_section_4_3_a_code_is_traded_once(cora: CoraSimulator) -> None:
    code = sign_in_and_allow(consent_url())["code"]

    with Cora().consent() as consent:
        grant = consent.exchange_code(code=code, redirect_uri=RETURN)
        with pytest.raises(ConsentLost):
            consent.exchange_code(code=code, redirect_uri=RETURN)

    with Cora().open_client(grant) as http:
        identity = Cora().adapter(http, KeptTokens(grant)).fetch_identity()
    assert identity.holder_document == OFICINA


def test_section_4_3_a_code_is_of_one_way_back(cora: CoraSimulator) -> None:
    code = sign_in_and_allow(consent_url())["code"]

    with Cora().consent() as consent, pytest.raises(ConsentLost):
        consent.exchange_code(code=code, redirect_uri=f"{RETURN}/outra")


def test_section_4_3_the_answer_has_the_documented_fields(cora: CoraSimulator) -> None:
    code = sign_in_and_allow(consent_url())["code"]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}

    answer = ask_for_token(cora, **fields).json()

    assert set(answer) == set(TOKENS)
    assert (answer["expires_in"], answer["token_type"]) == (86400, "Bearer")


def test_section_4_3_the_documented_answer_becomes_a_grant() -> None:
    answer = {**TOKENS, "access_token": "<JWT>", "refresh_token": "<JWT>"}

    grant = grant_from_wire(answer, None)

    assert (grant.access_token, grant.refresh_token) == ("<JWT>", "<JWT>")
    assert (grant.mode, grant.scope) == ("parceria", "offline_access")


@pytest.mark.parametrize("rotates", [True, False])
def test_section_4_4_the_newest_refresh_token_is_kept(
    cora: CoraSimulator, partner: Place, rotates: bool
) -> None:
    cora.settings(refresh_rotates=rotates)
    before = partner.tokens.grant

    partner.tokens.renew(before.access_token)

    grant = partner.tokens.grant
    assert (grant.refresh_token != before.refresh_token) is rotates
    assert grant.access_token != before.access_token


def test_section_4_4_a_refresh_token_dies_with_its_third_use(partner: Place) -> None:
    first = partner.tokens.grant

    with Cora().consent() as consent:
        for _ in range(3):
            consent.refresh(first)
        with pytest.raises(ConsentLost):
            consent.refresh(first)


def test_section_4_4_after_60_idle_days_only_a_new_consent_helps(
    cora: CoraSimulator, partner: Place
) -> None:
    cora.advance(timedelta(days=60, seconds=1).total_seconds())

    with Cora().consent() as consent, pytest.raises(ConsentLost, match="de novo"):
        consent.refresh(partner.tokens.grant)


def test_section_4_4_kept_alive_as_its_grant_asks_it_outlives_60_days(
    cora: CoraSimulator, partner: Place
) -> None:
    with Cora().consent() as consent:
        grant = consent.refresh(partner.tokens.grant)
        for _ in range(4):
            assert grant.keep_alive_at is not None and grant.refresh_by is not None
            assert grant.keep_alive_at < grant.refresh_by <= datetime.now(UTC) + timedelta(days=60)
            cora.advance((grant.keep_alive_at - datetime.now(UTC)).total_seconds())
            grant = consent.refresh(grant)


def test_section_4_5_a_partners_own_token_reaches_webhooks_only(cora: CoraSimulator) -> None:
    answer = ask_for_token(cora, grant_type="client_credentials").json()
    headers = {"Authorization": f"Bearer {answer['access_token']}"}

    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        assert client.get("/endpoints/").status_code == 200
        assert client.get("/third-party/account/balance").status_code == 403


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("scope", "use"),
    [
        ("account", CoraAdapter.fetch_balance),
        ("transfer", lambda bank: bank.send_ted(make_ted())),
        ("payment", lambda bank: bank.pay_tax(make_darf())),
        ("invoice", lambda bank: bank.issue_charge(boleto_charge())),
    ],
)
def test_section_4_6_what_was_not_allowed_is_denied_whatever_the_status(
    cora: CoraSimulator, scope: str, use: Callable[[CoraAdapter], Any], status: int
) -> None:
    cora.settings(missing_scope_status=status)
    others = {"account", "transfer", "payment", "invoice"} - {scope}
    grant = partner_grant(cora.grant(scopes=" ".join(sorted(others))))

    with Cora().open_client() as http, pytest.raises(BankAccessDenied):
        use(Cora().adapter(http, KeptTokens(grant)))


def test_section_4_7_errors_of_the_token_follow_oauth(cora: CoraSimulator) -> None:
    answer = ask_for_token(cora, grant_type="refresh_token", refresh_token="unknown")

    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == "invalid_grant"


def test_section_4_7_a_consent_that_the_customer_took_back_is_lost(cora: CoraSimulator) -> None:
    answer = cora.grant()
    cora.revoke(answer["grant_id"])
    tokens = KeptTokens(partner_grant(answer))

    with Cora().open_client() as http, pytest.raises(ConsentLost):
        Cora().adapter(http, tokens).fetch_balance()


# --- 5. What the customer sees ----------------------------------------------------------


def test_section_5_nothing_goes_out_before_a_person_approves(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    before = told.fetch_balance()

    receipts = [told.send_ted(make_ted()), told.pay_boleto(payable(cora)), told.pay_tax(make_gps())]

    assert {receipt.state for receipt in receipts} == {OrderState.AWAITING_APPROVAL}
    assert told.fetch_balance() == before
    assert Cora.info.approval_in_bank


# --- 6. Conventions ---------------------------------------------------------------------


def test_section_6_amounts_are_centavos() -> None:
    assert statement.balance_from_wire({"balance": 10001}) == Decimal("100.01")
    assert payments.cents(Decimal("100.01")) == 10001


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03T13:02:11.482913+00",
        "2026-11-03T10:02:11.482913-03",
        "2026-11-03T13:02:11.482913+00:00",
        "2026-11-03T13:02:11.482913Z",
        "2026-11-03T10:02:11.482913",
    ],
)
def test_section_6_an_instant_is_read_with_any_offset(written: str) -> None:
    movement = statement.movement_from_wire({**CREDIT_ENTRY, "createdAt": written}, "{}")

    assert movement.occurred_at == datetime(2026, 11, 3, 13, 2, 11, 482913, tzinfo=UTC)


@pytest.mark.parametrize("offset", ["+00", "-03"])
def test_section_6_a_day_is_sao_paulos(cora: CoraSimulator, told: CoraAdapter, offset: str) -> None:
    cora.settings(statement_offset=offset)
    friday = date(2026, 11, 20)
    late = {"type": "CREDIT", "amount": 1234, "at": "2026-11-20T23:30:00", "kind": "PIX"}
    cora.add_entries([late])

    lines = [line for page in told.fetch_statement(friday, friday) for line in page.movements]

    assert Decimal("12.34") in {line.amount for line in lines}
    assert {line.booked_on for line in lines} == {friday}


def test_section_6_one_key_is_one_record(bank: CoraAdapter) -> None:
    ted = make_ted(key=uuid4(), code=f"cp-{uuid4().hex[:12]}")
    charge = boleto_charge()

    assert bank.send_ted(ted) == bank.send_ted(ted)
    assert bank.issue_charge(charge).reference == bank.issue_charge(charge).reference


@pytest.mark.parametrize("status", [400, 409, 422])
def test_section_6_one_key_never_does_two_different_things(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(idempotency_conflict_status=status)
    told.send_ted(make_ted())

    with pytest.raises((BankRejected, BankOutcomeUnknown)):
        told.send_ted(make_ted(amount=Decimal("1.00")))
    assert [order["amount"] for order in cora.transfers()] == [125000]


def test_section_6_a_post_without_its_key_is_refused(raw: httpx.Client) -> None:
    assert raw.post("/transfers/initiate", json=TRANSFER_REQUEST).status_code == 400


@pytest.mark.parametrize(
    ("use", "answer"),
    [
        (lambda bank, key: bank.send_ted(make_ted(key=key)), TRANSFER),
        (lambda bank, key: bank.pay_boleto(make_boleto(key=key)), PAYMENT),
        (lambda bank, key: bank.pay_tax(make_darf(key=key)), PAYMENT),
        (lambda bank, key: bank.pay_tax(make_gps(key=key)), PAYMENT),
        (lambda bank, key: bank.issue_charge(make_charge(key=key)), INVOICE),
        (lambda bank, key: bank.issue_carne(make_carne(key=key)), {"result": [INVOICE]}),
        (lambda bank, key: bank.cancel_order(OpenOrder("pay_1", Rail.BOLETO, today()), key=key), 0),
        (lambda bank, key: bank.cancel_charge("inv_1", key=key), 0),
        (lambda bank, key: bank.cancel_charge_notifications("inv_1", key=key), 0),
    ],
)
def test_section_6_our_key_goes_with_every_post_and_delete(
    hook: TinyBank, settings: Settings, use: Callable[[CoraAdapter, UUID], Any], answer: Any
) -> None:
    settings.CORA_BASE_URL = hook.base_url
    hook.will_answer(Answer(body=json.dumps(answer).encode()))
    key = uuid4()

    with Cora().open_client() as http:
        use(Cora().adapter(http, HeldTokens(make_grant())), key)

    (request,) = hook.received
    assert request.headers["idempotency-key"] == str(key)


def test_section_6_a_carne_may_take_more_than_forty_seconds(partner: Place) -> None:
    requests: list[httpx.Request] = []
    with Cora().open_client() as http:
        http.event_hooks = {"request": [requests.append]}
        Cora().adapter(http, partner.tokens).issue_carne(carne())

    assert requests[-1].extensions["timeout"]["read"] > 60


def test_section_6_too_many_charges_at_a_time_have_to_wait(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.settings(invoices_per_six_minutes=2)
    told.issue_charge(boleto_charge())
    told.issue_charge(boleto_charge())

    with pytest.raises(BankUnavailable, match="pediu para esperar"):
        told.issue_charge(boleto_charge())


def test_section_6_pages_of_the_statement_begin_at_1_and_stay_below_500(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.generate_entries(450, in_days(-20), today())

    assert len(movements(told, 20)) > 450

    asked = queries(cora, "/bank-statement/statement")
    assert [query["page"] for query in asked] == [str(n) for n in range(1, len(asked) + 1)]
    assert all(int(query["perPage"]) < 500 for query in asked)


def queries(cora: CoraSimulator, path: str) -> list[dict[str, str]]:
    asked = (request["query"] for request in cora.requests(path, method="GET"))
    return [{name: values[0] for name, values in parse_qs(query).items()} for query in asked]


def test_section_6_the_statement_has_10_entries_a_page_unless_asked(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.generate_entries(30, in_days(-5), today())

    assert len(api.get("/bank-statement/statement").json()["entries"]) == 10


@pytest.mark.parametrize("total", ["totalItems", "total_items"])
def test_section_6_lists_of_orders_begin_at_0_whatever_their_total_is_called(
    cora: CoraSimulator, told: CoraAdapter, total: str
) -> None:
    cora.settings(list_total_field=total)
    receipts = [told.send_ted(make_ted(key=uuid4(), code=f"cp-{n}")) for n in range(3)]

    assert states(told, Rail.TED, *receipts) == [OrderState.AWAITING_APPROVAL] * 3
    assert queries(cora, "/transfer/third-party/transfers")[0]["page"] == "0"


def test_section_6_pages_of_charges_begin_at_1_and_hold_200_at_most(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client
) -> None:
    cora.settings(invoice_total_of_page=True)
    issued = {told.issue_charge(boleto_charge(code=str(n))).reference for n in range(101)}

    listed = [charge.reference for charge in told.list_charges(today(), in_days(30))]

    assert sorted(listed) == sorted(issued)
    asked = queries(cora, "/v2/invoices")
    assert [query["page"] for query in asked] == ["1", "2", "3"]  # until there is nothing new
    assert int(asked[0]["perPage"]) <= 200
    assert len(api.get("/v2/invoices/").json()["items"]) == 20


# --- 7. Errors --------------------------------------------------------------------------


def test_section_7_an_error_keeps_the_banks_code_and_reason(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())
    cora.fault("status", "/v2/invoices/*", status=422, body=json.dumps(ERROR))

    with pytest.raises(BankRejected) as caught:
        told.cancel_charge(charge.reference, key=uuid4())

    assert (caught.value.code, caught.value.reason) == ("REC-0006", "Invoice already paid")
    assert str(caught.value) == "Esta cobrança já foi paga e não pode mais ser cancelada."


@pytest.mark.parametrize(
    "code", ["PAY-0001", "PAY-0006", "REC-0001", "REC-0006", "REC-0007", "INS-0001"]
)
@pytest.mark.parametrize("status", [400, 409, 422])
def test_section_7_each_published_code_has_a_sentence_in_portuguese(
    cora: CoraSimulator, told: CoraAdapter, code: str, status: int
) -> None:
    body = json.dumps({"code": code, "message": "in English", "errors": []})
    cora.fault("status", "/payments/initiate", status=status, body=body)

    with pytest.raises((BankRejected, BankOutcomeUnknown)) as caught:
        told.pay_boleto(payable(cora))

    assert caught.value.code == code
    # 409 may be said of a first attempt that is still being worked on.
    assert isinstance(caught.value, BankOutcomeUnknown) is (status == 409)
    assert status == 409 or ("English" not in str(caught.value) and str(caught.value).endswith("."))


def test_section_7_an_empty_400_says_that_no_reason_was_given(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client
) -> None:
    malformed = {**INVOICE_REQUEST, "customer": {**INVOICE_REQUEST["customer"], "telephone": "1"}}
    answer = post(api, "/v2/invoices/", malformed)
    assert (answer.status_code, answer.content) == (400, b"")

    late = boleto_charge(due_date=in_days(-1))
    with pytest.raises(BankRejected, match="recusou o pedido e não disse o motivo"):
        told.issue_charge(late)


def test_section_7_an_invalid_token_is_401_access_denied(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    answer = api.get("/third-party/account/", headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_section_7_a_charge_that_is_not_ours_is_404(cora: CoraSimulator, told: CoraAdapter) -> None:
    other = simulated_partner(cora, PADARIA)
    with Cora().open_client() as http:
        foreign = Cora().adapter(http, other.tokens).issue_charge(boleto_charge())

    for reference in (foreign.reference, "inv_unknown"):
        with pytest.raises(BankRejected):
            told.fetch_charge(reference)
        with pytest.raises(BankRejected):
            told.cancel_charge(reference, key=uuid4())


def test_section_7_a_day_that_does_not_exist_is_500(raw: httpx.Client) -> None:
    answer = raw.get("/bank-statement/statement", params={"start": "2023-04-31"})

    assert answer.status_code == 500


def test_section_7_a_page_that_is_too_large_is_503_or_504(raw: httpx.Client) -> None:
    answer = raw.get("/bank-statement/statement", params={"perPage": 1000})

    assert answer.status_code in (503, 504)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_section_7_a_read_that_fails_is_repeated_later(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.fault("status", "/third-party/account/balance", status=status, body="html")

    with pytest.raises(BankUnavailable):
        told.fetch_balance()
    assert told.fetch_balance() > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "body": "json"},
        {"kind": "status", "status": 502, "body": "html"},
        {"kind": "replace_answer", "status": 200, "body": "truncated"},
        {"kind": "replace_answer", "status": 200, "body": "empty"},
        {"kind": "lose_answer"},
        {"kind": "drop"},
    ],
    ids=str,
)
def test_section_7_an_effect_whose_answer_is_lost_may_have_happened(
    cora: CoraSimulator, told: CoraAdapter, fault: dict[str, Any]
) -> None:
    cora.fault(path="/v2/invoices", method="POST", **fault)

    charge = boleto_charge()
    with pytest.raises(BankOutcomeUnknown):
        told.issue_charge(charge)

    told.issue_charge(charge)  # the same key: the answer, or the work, that was missing
    assert len(cora.invoices()) == 1


# --- 8. Account -------------------------------------------------------------------------


def test_section_8_the_documented_answers_are_read() -> None:
    assert statement.identity_from_wire(ACCOUNT, STATEMENT) == AccountIdentity(
        bank_code="403",
        branch="0001",
        number="1234567-8",
        holder_name="OFICINA MODELO LTDA",
        holder_document="11444777000161",
    )
    assert statement.balance_from_wire(BALANCE) == Decimal("25431.90")


def test_section_8_the_branch_is_0001_and_the_bank_403(bank: CoraAdapter) -> None:
    identity = bank.fetch_identity()

    assert (identity.branch, identity.bank_code) == ("0001", "403")
    assert identity.holder_name
    assert len(identity.holder_document) in (11, 14)


def test_section_8_the_answers_have_the_documented_fields(raw: httpx.Client) -> None:
    account = raw.get("/third-party/account/").json()

    assert set(account) >= set(ACCOUNT)
    assert all(isinstance(value, str) for value in account.values())
    assert isinstance(raw.get("/third-party/account/balance").json()["balance"], int)


# --- 9. Statement -----------------------------------------------------------------------


def test_section_9_the_documented_page_is_read() -> None:
    body = json.dumps(STATEMENT, indent=1).encode()

    page = statement.page_from_wire(*statement.read_page(body))

    assert (page.opening, page.closing) == (Decimal("10000.00"), Decimal("10148.75"))
    credit, fee = page.movements
    assert (credit.bank_id, credit.amount, credit.kind) == (
        *(CREDIT_ENTRY["id"], Decimal("150.75"), "pix"),
    )
    assert credit.counterparty_document == "11222333000181"
    assert (fee.amount, fee.kind, fee.counterparty_name) == (Decimal("-2.00"), "fee", "")
    assert [json.loads(line.raw) for line in page.movements] == [CREDIT_ENTRY, FEE_ENTRY]


def test_section_9_the_statement_adds_up(bank: CoraAdapter) -> None:
    pages = list(bank.fetch_statement(in_days(-30), today()))
    lines = [line for page in pages for line in page.movements]

    assert len({line.bank_id for line in lines}) == len(lines)
    assert pages[0].opening + sum(line.amount for line in lines) == pages[-1].closing


def test_section_9_balances_are_of_the_period_and_not_of_the_page(raw: httpx.Client) -> None:
    days = {"start": str(in_days(-30)), "end": str(today())}
    pages = [
        raw.get("/bank-statement/statement", params={**days, "page": page, "perPage": 2}).json()
        for page in (1, 2)
    ]

    assert pages[0]["start"] == pages[1]["start"]
    assert pages[0]["end"] == pages[1]["end"]
    assert pages[0]["start"]["date"] == days["start"]


def test_section_9_sums_come_only_when_asked_and_the_header_always(raw: httpx.Client) -> None:
    path = "/bank-statement/statement"
    asked = raw.get(path, params={"aggr": "true"}).json()

    assert set(asked["aggregations"]) == {"creditTotal", "debitTotal"}
    assert set(asked["header"]) >= {"businessName", "businessDocument"}
    assert "aggregations" not in raw.get(path, params={"aggr": "false"}).json()


@pytest.mark.parametrize(
    ("query", "field"), [({"type": "DEBIT"}, "type"), ({"transaction_type": "PIX"}, "kind")]
)
def test_section_9_entries_are_filtered(
    raw: httpx.Client, query: dict[str, str], field: str
) -> None:
    entries = raw.get("/bank-statement/statement", params={**query, "perPage": 100}).json()

    found = {
        entry["type"] if field == "type" else entry["transaction"]["type"]
        for entry in entries["entries"]
    }
    assert found <= set(query.values())


def test_section_9_a_fee_may_have_no_counterparty() -> None:
    for party in ({"counterParty": None}, {"counterParty": {"name": "X"}}, {}):
        transaction = {**FEE_ENTRY["transaction"], **party}
        if not party:
            del transaction["counterParty"]
        line = statement.movement_from_wire({**FEE_ENTRY, "transaction": transaction}, "{}")
        assert line.counterparty_document == ""


# --- 10.1 Transfers ---------------------------------------------------------------------


def test_section_10_1_a_ted_is_asked_for_as_documented() -> None:
    never_sent = {"category", "scheduled"}  # optional: our own run chooses the day

    assert payments.transfer_to_wire(make_ted()) == {
        name: value for name, value in TRANSFER_REQUEST.items() if name not in never_sent
    }


def test_section_10_1_the_documented_answer_is_a_receipt() -> None:
    receipt = payments.receipt_from_wire(TRANSFER, Rail.TED)

    assert receipt == Receipt(TRANSFER["id"], OrderState.AWAITING_APPROVAL, Decimal("1250.00"))


def test_section_10_1_the_documented_request_gets_the_documented_answer(api: httpx.Client) -> None:
    answer = post(api, "/transfers/initiate", TRANSFER_REQUEST)

    assert answer.status_code == 200
    changes = {name: answer.json()[name] for name in ("id", "created_at")}
    assert answer.json() == {**TRANSFER, **changes}


def test_section_10_1_a_ted_is_found_by_our_code(bank: CoraAdapter) -> None:
    ted = make_ted(key=uuid4(), code=f"cp-{uuid4().hex[:12]}")
    receipt = bank.send_ted(ted)

    assert states(bank, Rail.TED, receipt) == [OrderState.AWAITING_APPROVAL]
    assert look(bank, ted) is Search.FOUND
    assert look(bank, replace(ted, code=f"cp-{uuid4().hex[:12]}")) is not Search.FOUND


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (CoraSimulator.approve, OrderState.PAID),
        (CoraSimulator.refuse, OrderState.CANCELLED),
        (CoraSimulator.expire, OrderState.CANCELLED),
    ],
)
def test_section_10_1_a_ted_stays_listed_however_it_ends(
    cora: CoraSimulator,
    told: CoraAdapter,
    act: Callable[[CoraSimulator, str], Any],
    state: OrderState,
) -> None:
    receipt = told.send_ted(make_ted())

    act(cora, receipt.reference)

    assert states(told, Rail.TED, receipt) == [state]
    assert look(told, make_ted()) is Search.FOUND


def test_section_10_1_a_ted_that_came_back_says_so(cora: CoraSimulator, told: CoraAdapter) -> None:
    receipt = told.send_ted(make_ted())
    cora.approve(receipt.reference)
    cora.refund(receipt.reference)

    assert states(told, Rail.TED, receipt) == [OrderState.RETURNED]


def test_section_10_1_a_ted_paid_is_in_the_statement_with_its_fee(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.approve(told.send_ted(make_ted()).reference)

    lines = {(line.amount, line.kind) for line in movements(told, 0)}
    assert lines >= {(Decimal("-1250.00"), "transfer"), (Decimal("-2.00"), "fee")}


@pytest.mark.parametrize("envelope", ["", "items"])
def test_section_10_1_a_bank_that_cora_does_not_know_is_500_and_then_a_refusal(
    cora: CoraSimulator, told: CoraAdapter, envelope: str
) -> None:
    cora.settings(banks_field=envelope)
    unknown = make_ted(bank_code="999")
    with pytest.raises(BankOutcomeUnknown):
        told.send_ted(unknown)

    now = datetime.now(UTC)
    at_once = told.find_order(unknown, sent_at=now, now=now)
    later = told.find_order(unknown, sent_at=now, now=now + timedelta(hours=1))

    assert at_once.search is Search.CANNOT_TELL
    assert later.receipt is not None
    assert later.receipt.state is OrderState.REJECTED
    assert "999" in later.receipt.reason


def test_section_10_1_a_ted_that_was_dropped_is_absent_and_its_bank_is_not_blamed(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    assert look(told, make_ted()) is Search.ABSENT
    cora.fault("status", "/banks", status=503, body="html")
    assert look(told, make_ted(bank_code="999")) is Search.ABSENT


def test_section_10_1_a_transfer_is_refused_in_the_app_only(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    receipt = told.send_ted(make_ted())

    with pytest.raises(BankRejected, match="aplicativo"):
        told.cancel_order(OpenOrder(receipt.reference, Rail.TED, today()), key=uuid4())

    assert cora.count_requests(method="DELETE") == 0
    assert Cora.info.cancels == {Rail.BOLETO}


def test_section_10_1_the_banks_are_listed(raw: httpx.Client) -> None:
    answer = raw.get("/banks").json()

    items = answer if isinstance(answer, list) else answer["items"]
    assert "341" in payments.bank_codes_from_wire(answer)
    assert set(items[0]) >= {"name", "ispb", "code", "short_name"}


# --- 10.2 Boletos and taxes -------------------------------------------------------------


def test_section_10_2_a_boleto_is_asked_for_as_documented() -> None:
    expected = {k: v for k, v in PAYMENT_REQUEST.items() if k != "scheduled_at"}  # optional

    assert payments.boleto_to_wire(make_boleto()) == expected


def test_section_10_2_the_documented_answer_is_a_receipt() -> None:
    receipt = payments.receipt_from_wire(PAYMENT, Rail.BOLETO)

    assert receipt == Receipt(
        PAYMENT["id"],
        OrderState.AWAITING_APPROVAL,
        Decimal("150.75"),
        creditor=Creditor("Fornecedor Exemplo ME", "11222333000181"),
    )


def test_section_10_2_the_documented_request_gets_the_documented_answer(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    creditor = {"creditor": "Fornecedor Exemplo ME", "document": "11222333000181"}
    cora.title(15075, date(2026, 12, 10), line=PAYMENT_REQUEST["digitable_line"], **creditor)

    answer = post(api, "/payments/initiate", PAYMENT_REQUEST)

    assert answer.status_code == 201
    got = answer.json()
    echoes = {name: got[name] for name in set(got) - set(PAYMENT)}
    assert set(echoes) <= {"code", "scheduled_at", "created_at"}
    assert got == {**PAYMENT, "id": got["id"], **echoes}


def test_section_10_2_the_bank_decides_what_a_boleto_costs(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    boleto = replace(payable(cora, fine=302, interest=5), amount=Decimal("1.00"))

    assert told.pay_boleto(boleto).amount == Decimal("153.82")


def test_section_10_2_only_what_waits_is_listed(cora: CoraSimulator, told: CoraAdapter) -> None:
    boletos = [payable(cora) for _ in range(3)]
    waits, approved, refused = (told.pay_boleto(boleto) for boleto in boletos)
    cora.approve(approved.reference)
    cora.refuse(refused.reference)

    assert states(told, Rail.BOLETO, waits, approved, refused) == [
        OrderState.AWAITING_APPROVAL,
        OrderState.LEFT_THE_LIST,
        OrderState.LEFT_THE_LIST,
    ]
    assert look(told, replace(boletos[1], code="another")) is Search.CANNOT_TELL


def test_section_10_2_within_the_window_the_same_key_tells_what_became_of_it(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    boleto = payable(cora)
    cora.lose_next_answer("/payments/initiate")
    with pytest.raises(BankOutcomeUnknown):
        told.pay_boleto(boleto)
    (order,) = cora.payments()
    cora.approve(order["id"])

    assert told.pay_boleto(boleto).reference == order["id"]
    assert len(cora.payments()) == 1


@pytest.mark.parametrize("make", [make_darf, make_gps])
def test_section_10_2_a_tax_is_taken_back_before_it_is_approved(
    bank: CoraAdapter, make: Callable[..., Any]
) -> None:
    receipt = bank.pay_tax(make(key=uuid4(), code=f"cp-{uuid4().hex[:12]}"))
    assert states(bank, Rail.BOLETO, receipt) == [OrderState.AWAITING_APPROVAL]

    bank.cancel_order(waiting(receipt), key=uuid4())

    assert states(bank, Rail.BOLETO, receipt) == [OrderState.LEFT_THE_LIST]


@pytest.mark.parametrize("status", [400, 422])
def test_section_10_2_what_was_decided_is_not_taken_back(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(business_status=status)
    receipt = told.pay_boleto(payable(cora))
    cora.approve(receipt.reference)

    with pytest.raises(BankRejected, match="já foi decidido") as caught:
        told.cancel_order(waiting(receipt), key=uuid4())
    assert caught.value.code == "PAY-0006"


def test_section_10_2_a_payment_that_is_not_ours_is_500_which_tells_nothing(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    other = simulated_partner(cora, PADARIA)
    with Cora().open_client() as http:
        foreign = Cora().adapter(http, other.tokens).pay_boleto(payable(cora))

    for reference in (foreign.reference, "pay_unknown"):
        with pytest.raises(BankOutcomeUnknown):
            told.cancel_order(OpenOrder(reference, Rail.BOLETO, today()), key=uuid4())

    assert [order["status"] for order in cora.payments()] == ["INITIATED"]


def test_section_10_2_a_boleto_that_is_not_registered_is_refused(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.settings(require_registered_boletos=True)

    with pytest.raises(BankRejected, match="registrado") as caught:
        told.pay_boleto(make_boleto())
    assert caught.value.code == "REC-0001"


def test_section_10_2_ones_own_boleto_is_refused(cora: CoraSimulator, told: CoraAdapter) -> None:
    cora.settings(invoice_register_seconds=0)
    own = told.issue_charge(boleto_charge())

    with pytest.raises(BankRejected, match="própria conta") as caught:
        told.pay_boleto(make_boleto(linha_digitavel=own.linha_digitavel))
    assert caught.value.code == "REC-0007"


@pytest.mark.parametrize("act", [CoraSimulator.approve, CoraSimulator.refuse, CoraSimulator.expire])
def test_section_10_2_the_detail_is_gone_once_it_was_decided(
    cora: CoraSimulator,
    told: CoraAdapter,
    api: httpx.Client,
    act: Callable[[CoraSimulator, str], Any],
) -> None:
    receipt = told.pay_boleto(payable(cora))
    before = api.get(f"/payments/{receipt.reference}").status_code

    act(cora, receipt.reference)

    assert (before, api.get(f"/payments/{receipt.reference}").status_code) == (200, 404)


@pytest.mark.parametrize("status", [200, 201])
def test_section_10_2_taxes_are_taken_as_documented_whatever_success_is(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(tax_status=status)

    darf, gps = told.pay_tax(make_darf()), told.pay_tax(make_gps())

    sent = {order["id"]: order["wire"]["data"] for order in cora.payments()}
    assert sent[darf.reference] == {
        "name": "OFICINA MODELO LTDA",
        "code": "2089",
        "identity": "11444777000161",
        "type": "DARF",
        "reference_date": "2026-09-30",
        "due_date": "2026-12-31",
        "amount": {"main": 100000, "fine": 2000},
    }
    assert sent[gps.reference] == {
        "name": "Ana Souza",
        "code": "1007",
        "identity": "12345678919",
        "identification_type": "NIT",
        "type": "GPS",  # the simulator's own note
        "competence": "2026-10",
        "amount": {"other_entity": 0, "inss": 15531, "charge": 0},
    }
    assert (darf.amount, gps.amount) == (Decimal("1020.00"), Decimal("155.31"))


def test_section_10_2_a_tax_goes_on_its_day(cora: CoraSimulator, told: CoraAdapter) -> None:
    day = in_days(2)
    receipt = told.pay_tax(make_darf(scheduled_for=day))
    cora.approve(receipt.reference)
    before = told.fetch_balance()

    cora.advance(timedelta(days=2).total_seconds())

    assert told.fetch_balance() == before - Decimal("1020.00")


# --- 11.1 Issuing a charge --------------------------------------------------------------


def test_section_11_1_a_charge_is_asked_for_as_documented() -> None:
    body = json.loads(write_json(charge_requests.charge_to_wire(make_charge())))

    assert body == INVOICE_REQUEST


def test_section_11_1_the_documented_answer_is_a_charge() -> None:
    slip = INVOICE["payment_options"]["bank_slip"]

    assert charges.charge_from_wire(INVOICE) == Charge(
        reference="inv_2Zx9CvBnM7aSdFgH5jKlQw",
        state=ChargeState.OPEN,
        amount=Decimal("150.75"),
        due_date=date(2026, 12, 10),
        code="cr-10045",
        payer_name="Cliente Exemplo LTDA",
        payer_document="11222333000181",
        linha_digitavel=slip["digitable"],
        barcode=slip["barcode"],
        our_number="000123450000",
        pix_code=INVOICE["pix"]["emv"],
        pdf_url=slip["url"],
        is_registered=True,
    )


def test_section_11_1_the_documented_request_gets_the_documented_answer(
    api: httpx.Client,
) -> None:
    answer = post(api, "/v2/invoices/", INVOICE_REQUEST)

    got = answer.json()
    assert answer.status_code == 200
    assert set(got) - set(INVOICE) == {"notification"}
    made_there = {"id", "created_at", "payment_options", "pix", "customer", "notification"}
    assert {n: v for n, v in got.items() if n not in made_there} == {
        n: v for n, v in INVOICE.items() if n not in made_there
    }
    assert set(got["payment_options"]["bank_slip"]) == set(INVOICE["payment_options"]["bank_slip"])


def test_section_11_1_a_boleto_is_issued_and_read_back(bank: CoraAdapter) -> None:
    issued = bank.issue_charge(boleto_charge())

    assert issued.state in (ChargeState.DRAFT, ChargeState.OPEN)
    assert (issued.amount, issued.due_date) == (Decimal("150.75"), in_days(10))
    found = bank.fetch_charge(issued.reference)
    assert (found.reference, found.code) == (issued.reference, "cr-10045")
    boleto = parse_boleto(found.linha_digitavel, today=today())
    assert (boleto.barcode, boleto.amount) == (found.barcode, issued.amount)
    assert boleto.due_date == issued.due_date


@pytest.mark.parametrize(
    ("forms", "has_boleto", "has_pix"),
    [
        ({ChargeForm.BOLETO}, True, False),
        ({ChargeForm.PIX}, False, True),
        ({ChargeForm.BOLETO, ChargeForm.PIX}, True, True),
    ],
)
def test_section_11_1_a_charge_is_paid_in_the_ways_it_was_issued_for(
    cora: CoraSimulator,
    told: CoraAdapter,
    forms: set[ChargeForm],
    has_boleto: bool,
    has_pix: bool,
) -> None:
    cora.settings(invoice_register_seconds=0)
    charge = told.issue_charge(boleto_charge(forms=forms))

    assert (bool(charge.linha_digitavel), bool(charge.pix_code)) == (has_boleto, has_pix)
    assert told.fetch_charge(charge.reference) == charge


def test_section_11_1_pix_needs_a_key_on_the_account(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.pix_key(False)

    with pytest.raises(BankRejected, match="chave Pix"):
        told.issue_charge(boleto_charge(forms={ChargeForm.PIX}))


@pytest.mark.parametrize("total", ["4.99", "5.00"])
def test_section_11_1_a_charge_is_of_five_reais_at_least(told: CoraAdapter, total: str) -> None:
    halves = [Decimal("2.50"), Decimal(total) - Decimal("2.50")]
    request = boleto_charge(items=[ChargeItem("Item", amount) for amount in halves])

    if total == "4.99":
        with pytest.raises(BankRejected, match=r"R\$ 5,00"):
            told.issue_charge(request)
    else:
        assert told.issue_charge(request).amount == Decimal("5.00")


def test_section_11_1_an_address_has_all_its_parts(cora: CoraSimulator, told: CoraAdapter) -> None:
    told.issue_charge(boleto_charge())

    (invoice,) = cora.invoices()
    assert invoice["wire"]["customer"]["address"] == INVOICE_REQUEST["customer"]["address"]


@pytest.mark.parametrize("rule", NotifyWhen)
def test_section_11_1_each_reminder_is_one_that_cora_knows(
    cora: CoraSimulator, told: CoraAdapter, rule: NotifyWhen
) -> None:
    charge = told.issue_charge(boleto_charge(notify=[rule]))

    assert [n.rule for n in told.charge_notifications(charge.reference)] == [rule]


def test_section_11_1_the_pdf_is_at_its_address_without_a_token(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())

    assert told.charge_pdf(charge).startswith(b"%PDF-")
    (request,) = cora.requests("/download/*")
    assert request["path"] == urlsplit(charge.pdf_url).path
    assert request["query"] == urlsplit(charge.pdf_url).query == "alt=media"


def test_section_18_1_the_pdf_is_not_on_the_banks_own_host(bank: CoraAdapter, place: Place) -> None:
    charge = bank.issue_charge(boleto_charge())

    own, kept = urlsplit(place.base_url), urlsplit(charge.pdf_url)
    assert kept.netloc != own.netloc
    assert not (kept.hostname or "").endswith(".cora.com.br")
    assert bank.charge_pdf(charge).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("forms", "name"),
    [
        ({ChargeForm.BOLETO}, "boleto-"),
        ({ChargeForm.BOLETO, ChargeForm.PIX}, "boleto-qrcode-"),
    ],
)
def test_section_18_1_the_file_is_named_by_the_forms(
    bank: CoraAdapter, forms: set[ChargeForm], name: str
) -> None:
    charge = bank.issue_charge(boleto_charge(forms=forms))

    file = urlsplit(charge.pdf_url).path.rpartition("/")[2]
    assert file.startswith(name)
    assert ("qrcode" in file) == ("qrcode" in name)


@pytest.mark.parametrize("status", [400, 409, 422, 429, 500, 503])
def test_section_18_2_rec_0030_is_not_known_until_the_same_key_is_asked_again(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(invoice_clearing_seconds=60, invoice_clearing_status=status)
    request = boleto_charge()

    for _ in range(2):
        with pytest.raises(BankOutcomeUnknown) as caught:
            told.issue_charge(request)
        assert caught.value.code == "REC-0030"
    cora.advance(61)
    charge = told.issue_charge(request)

    assert (charge.state, charge.is_registered) == (ChargeState.OPEN, True)
    assert [invoice["id"] for invoice in cora.invoices()] == [charge.reference]


def test_section_18_2_asked_for_with_pix_a_boleto_may_be_spared_rec_0030(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.settings(invoice_clearing_seconds=60, invoice_clearing_spares_pix=True)

    charge = told.issue_charge(boleto_charge(forms={ChargeForm.BOLETO, ChargeForm.PIX}))

    assert charge.linha_digitavel


def test_section_18_3_a_pix_alone_has_an_image_and_no_boleto(
    bank: CoraAdapter, raw: httpx.Client
) -> None:
    charge = bank.issue_charge(boleto_charge(forms={ChargeForm.PIX}))

    slip = raw.get(f"/v2/invoices/{charge.reference}").json()["payment_options"]["bank_slip"]
    assert [slip[name] for name in ("barcode", "digitable", "our_number")] == [None, None, None]
    assert slip["registered"] is False
    assert urlsplit(slip["url"]).path.endswith(".png")
    assert (charge.linha_digitavel, charge.barcode, charge.pdf_url) == ("", "", "")
    assert charge.is_registered is None
    assert charge.pix_code
    with pytest.raises(BankRejected, match="Pix"):
        bank.charge_pdf(charge)


def test_section_18_4_an_open_boleto_is_registered_a_moment_later(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.settings(invoice_register_seconds=60)
    issued = told.issue_charge(boleto_charge())

    cora.advance(61)

    assert (issued.state, issued.is_registered) == (ChargeState.OPEN, False)
    assert told.fetch_charge(issued.reference) == replace(issued, is_registered=True)


def test_section_18_5_the_number_and_the_codes_are_as_seen_in_stage(bank: CoraAdapter) -> None:
    both = {ChargeForm.BOLETO, ChargeForm.PIX}
    charge = bank.issue_charge(boleto_charge(forms=both))

    assert len(charge.our_number) in (17, 18)
    assert charge.barcode[19:] == f"00000{charge.our_number.zfill(18)}01"
    assert re.search(r"qrcode(-h)?\.cora\.com\.br/v1/cobv/", charge.pix_code)


def test_section_11_1_what_is_no_pdf_is_not_handed_on(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())
    cora.fault("status", "/download/*", status=200, body="html")

    with pytest.raises(BankUnavailable):
        told.charge_pdf(charge)


def test_section_11_1_the_pdf_of_another_host_is_not_fetched(told: CoraAdapter) -> None:
    with pytest.raises(BankUnavailable, match="endereço seguro"):
        told.charge_pdf(charges.charge_from_wire(INVOICE))


def test_section_11_1_a_redirect_of_the_pdf_is_not_followed(
    cora: CoraSimulator, told: CoraAdapter, hook: TinyBank, settings: Settings
) -> None:
    elsewhere = told.issue_charge(boleto_charge()).pdf_url
    hook.will_answer(Answer(status=302, headers={"Location": elsewhere}))
    settings.CORA_FILES_URL = hook.base_url
    charge = replace(charges.charge_from_wire(INVOICE), pdf_url=f"{hook.base_url}/x.pdf")

    with pytest.raises(BankUnavailable):
        told.charge_pdf(charge)
    assert cora.count_requests("/download/*") == 0
    assert "authorization" not in hook.received[0].headers


# --- 11.2 Carnê -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201])
def test_section_11_2_a_carne_is_one_charge_a_part(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(carne_status=status)

    request = carne(item=ChargeItem("Curso", Decimal("1000.00")))
    whole = told.issue_carne(request)

    assert [part.due_date for part in whole.charges] == list(request.due_dates)
    assert sum(part.amount for part in whole.charges) == Decimal("1000.00")
    assert all(len(part.linha_digitavel) == 47 for part in whole.charges)
    assert {part.payer_document for part in whole.charges} == {"11222333000181"}
    pdf = told.charge_pdf(replace(whole.charges[0], pdf_url=whole.document_url))
    assert pdf.startswith(b"%PDF-")


def test_section_11_2_only_the_first_part_is_registered_at_once(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    whole = told.issue_carne(carne())
    assert [part.state for part in whole.charges] == [
        *(ChargeState.OPEN, ChargeState.DRAFT, ChargeState.DRAFT),
    ]

    cora.advance(61)

    found = [told.fetch_charge(part.reference).state for part in whole.charges]
    assert found == [ChargeState.OPEN] * 3


def test_section_11_2_one_key_is_one_carne(cora: CoraSimulator, told: CoraAdapter) -> None:
    request = carne()
    cora.lose_next_answer("/v2/invoices/installments")
    with pytest.raises(BankOutcomeUnknown):
        told.issue_carne(request)

    told.issue_carne(request)

    assert len(cora.invoices()) == 3


def test_section_11_2_a_carne_with_pix_is_ins_0001(api: httpx.Client) -> None:
    body = {**charge_requests.carne_to_wire(carne()), "payment_forms": ["BANK_SLIP", "PIX"]}

    answer = post(api, "/v2/invoices/installments", body)

    assert answer.json()["code"] == "INS-0001"
    assert charge_requests.carne_to_wire(carne())["payment_forms"] == ["BANK_SLIP"]


@pytest.mark.parametrize("count", [1, 25])
def test_section_11_2_a_carne_has_2_to_24_parts(
    cora: CoraSimulator, told: CoraAdapter, count: int
) -> None:
    days = [in_days(30 * n) for n in range(1, count + 1)]

    with pytest.raises(BankRejected, match="2 a 24"):
        told.issue_carne(carne(due_dates=days))
    assert cora.count_requests("/v2/invoices/installments") == 0


def test_section_11_2_days_are_told_in_one_way_only(api: httpx.Client) -> None:
    body = charge_requests.carne_to_wire(carne())
    due = {**body["installment"]["due_date"], "day_of_month": 10}

    both = {**body, "installment": {"number_of": 3, "due_date": due}}

    assert post(api, "/v2/invoices/installments", both).status_code == 422


# --- 11.3 Status ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("INITIATED", ChargeState.DRAFT),
        ("DRAFT", ChargeState.DRAFT),
        ("OPEN", ChargeState.OPEN),
        ("IN_PAYMENT", ChargeState.IN_PAYMENT),
        ("PAID", ChargeState.PAID),
        ("LATE", ChargeState.LATE),
        ("CANCELLED", ChargeState.CANCELLED),
        ("RECURRENCE_DRAFT", ChargeState.DRAFT),
    ],
)
def test_section_11_3_each_status_has_its_meaning(status: str, state: ChargeState) -> None:
    assert charges.charge_from_wire({**INVOICE, "status": status}).state is state


def test_section_11_3_a_status_nobody_knows_is_never_paid(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())
    cora.fault("unknown_enum", "/v2/invoices/*", field="status", value="SPLIT")

    assert told.fetch_charge(charge.reference).state is ChargeState.DRAFT


def test_section_11_3_a_charge_may_be_a_draft_first(cora: CoraSimulator, told: CoraAdapter) -> None:
    cora.settings(invoice_draft_seconds=5)
    charge = told.issue_charge(boleto_charge())

    cora.advance(6)

    assert charge.state is ChargeState.DRAFT
    assert told.fetch_charge(charge.reference).state is ChargeState.OPEN


def test_section_11_3_past_due_it_is_late_and_can_still_be_paid(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge(due_date=today()))
    cora.advance(timedelta(days=1).total_seconds())
    late = told.fetch_charge(charge.reference)

    cora.pay_invoice(charge.reference)

    assert late.state is ChargeState.LATE
    assert told.fetch_charge(charge.reference).state is ChargeState.PAID


# --- 11.4 Query, cancel, notifications --------------------------------------------------


def test_section_11_4_charges_are_listed_by_due_date(bank: CoraAdapter) -> None:
    charge = bank.issue_charge(boleto_charge(due_date=in_days(17)))

    on_the_day = [c.reference for c in bank.list_charges(in_days(17), in_days(17))]
    before = [c.reference for c in bank.list_charges(in_days(15), in_days(16))]

    assert charge.reference in on_the_day
    assert charge.reference not in before
    assert len(set(on_the_day)) == len(on_the_day)


def test_section_11_4_paid_ones_are_listed_by_the_day_of_payment(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge(due_date=in_days(20)))
    cora.pay_invoice(charge.reference, "boleto")

    (paid,) = told.list_charges(today(), today(), state=ChargeState.PAID)

    assert isinstance(paid, Charge)
    assert (paid.reference, paid.paid_on) == (charge.reference, today())
    assert list(told.list_charges(in_days(20), in_days(20), state=ChargeState.PAID)) == []


def test_section_11_4_a_paid_amount_may_differ_from_what_was_asked(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())
    cora.pay_invoice(charge.reference, amount=15000)

    found = told.fetch_charge(charge.reference)

    assert (found.amount, found.paid_amount) == (Decimal("150.75"), Decimal("150.00"))


def test_section_11_4_charges_are_found_by_their_payer(api: httpx.Client) -> None:
    post(api, "/v2/invoices/", INVOICE_REQUEST)

    found = api.get("/v2/invoices/", params={"search": "11222333000181"}).json()
    other = api.get("/v2/invoices/", params={"search": "52998224725"}).json()

    assert (found["totalItems"], len(found["items"])) == (1, 1)
    assert other["items"] == []


def test_section_11_4_an_open_charge_is_cancelled(bank: CoraAdapter) -> None:
    charge = bank.issue_charge(boleto_charge())

    done = bank.cancel_charge(charge.reference, key=uuid4())

    assert done.state is CancellationState.DONE
    assert bank.fetch_charge(charge.reference).state is ChargeState.CANCELLED


def test_section_11_4_a_paid_charge_is_not_cancelled(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge())
    cora.pay_invoice(charge.reference)

    with pytest.raises(BankRejected, match="já foi paga") as caught:
        told.cancel_charge(charge.reference, key=uuid4())
    assert caught.value.code == "REC-0006"


@pytest.mark.parametrize("status", [204, 200, 409, 422])
def test_section_11_4_cancelling_twice_leaves_it_cancelled(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(invoice_cancelled_again_status=status)
    charge = told.issue_charge(boleto_charge())
    told.cancel_charge(charge.reference, key=uuid4())

    if status < 400:
        told.cancel_charge(charge.reference, key=uuid4())
    else:
        with pytest.raises((BankRejected, BankOutcomeUnknown)):
            told.cancel_charge(charge.reference, key=uuid4())

    assert told.fetch_charge(charge.reference).state is ChargeState.CANCELLED


@pytest.mark.parametrize("status", [200, 204])
def test_section_11_4_reminders_are_listed_and_cancelled(
    cora: CoraSimulator, told: CoraAdapter, status: int
) -> None:
    cora.settings(notifications_delete_status=status)
    charge = told.issue_charge(boleto_charge())
    before = told.charge_notifications(charge.reference)

    told.cancel_charge_notifications(charge.reference, key=uuid4())

    assert [(n.rule, n.state, n.is_active) for n in before] == [
        (NotifyWhen.TWO_DAYS_BEFORE, "SCHEDULED", True),
        (NotifyWhen.WHEN_PAID, "SCHEDULED", True),
    ]
    assert before[0].scheduled_for is not None
    assert sao_paulo_day(before[0].scheduled_for) == in_days(8)
    assert not any(n.is_active for n in told.charge_notifications(charge.reference))


def test_section_11_4_a_charge_without_reminders_has_none(told: CoraAdapter) -> None:
    charge = told.issue_charge(boleto_charge(notify=()))

    assert told.charge_notifications(charge.reference) == []


@pytest.mark.parametrize("state", ["SUCCESS", "TRIGGERED", "CREATED", "SENT", "CANCELED", "NEW"])
def test_section_11_4_a_reminder_keeps_the_banks_word(state: str) -> None:
    schedule = {"rule": "NOTIFY_WHEN_PAID", "status": state, "scheduled_to": None}

    (notification,) = charges.notifications_from_wire({"id": "x", "schedules": [schedule]})

    assert (notification.state, notification.rule) == (state, NotifyWhen.WHEN_PAID)


# --- 11.5 Paid in stage -----------------------------------------------------------------


def test_section_11_5_a_payment_in_stage_settles_a_moment_later(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client
) -> None:
    cora.settings(invoice_pay_seconds=60)
    charge = told.issue_charge(boleto_charge())

    answer = post(api, "/v2/invoices/pay", {"id": charge.reference})
    at_once = told.fetch_charge(charge.reference)
    cora.advance(61)
    settled = told.fetch_charge(charge.reference)

    assert answer.status_code == 200
    assert (at_once.state, at_once.paid_on) == (ChargeState.OPEN, None)
    assert (settled.state, settled.paid_on) == (ChargeState.PAID, today())
    assert settled.paid_amount == Decimal("148.49")  # 1,5 % less: it is paid before its day
    lines = {(line.amount, line.kind) for line in movements(told, 0)}
    assert (Decimal("148.49"), "payment") in lines or (Decimal("148.49"), "transfer") in lines


def test_section_18_6_the_notice_of_a_payment_changes_nothing_and_the_next_look_finds_it(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client, hook: TinyBank
) -> None:
    cora.settings(invoice_pay_seconds=60, invoice_paid_notice_seconds=30)
    told.register_webhooks(f"{hook.base_url}/hooks/cora/4f1c9a")
    charge = told.issue_charge(boleto_charge())
    post(api, "/v2/invoices/pay", {"id": charge.reference})
    cora.advance(31)
    cora.deliver_webhooks()

    (received,) = [
        call for call in hook.received if call.headers["webhook-event-type"] == "invoice.paid"
    ]
    notice = Cora().parse_event(received.headers, received.body)
    at_once = told.fetch_charge(charge.reference)
    cora.advance(30)

    assert (notice.kind, notice.reference) == ("invoice.paid", charge.reference)
    assert notice.state is None  # a notice is only a reason to look
    assert (at_once.state, at_once.paid_amount, at_once.paid_on) == (ChargeState.OPEN, 0, None)
    assert told.fetch_charge(charge.reference).state is ChargeState.PAID


# --- 12. Webhooks -----------------------------------------------------------------------


def test_section_12_1_the_documented_endpoint_is_recognised() -> None:
    assert webhooks.endpoints_from_wire([INVOICE_ENDPOINT]) == {
        webhooks.Endpoint("https://erp.example.com/hooks/cora/4f1c9a", "invoice", "paid")
    }


def endpoints(client: httpx.Client) -> set[tuple[str, str, str]]:
    listed = client.get("/endpoints/").json()
    return {(item["url"], item["resource"], item["trigger"]) for item in listed}


def test_section_12_1_charges_payments_and_transfers_are_told_of(
    told: CoraAdapter, api: httpx.Client
) -> None:
    url = f"{HOOK}4f1c9a/"

    told.register_webhooks(url)
    told.register_webhooks(url)

    assert endpoints(api) == {(url, kind, "*") for kind in ("invoice", "payment", "transfer")}
    assert len(api.get("/endpoints/").json()) == 3
    assert set(api.get("/endpoints/").json()[0]) == set(INVOICE_ENDPOINT)


@pytest.mark.parametrize("status", [200, 204])
def test_section_12_1_an_address_with_an_older_secret_is_taken_away(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client, status: int
) -> None:
    cora.settings(endpoint_delete_status=status)
    others = "http://127.0.0.1:9/hooks/other/4f1c9a/"
    told.register_webhooks(others)
    told.register_webhooks(f"{HOOK}older/")

    told.register_webhooks(f"{HOOK}newer/")

    assert {url for url, *_ in endpoints(api)} == {f"{HOOK}newer/", others}


def test_section_12_1_an_older_address_that_stays_does_no_harm(
    cora: CoraSimulator, told: CoraAdapter, api: httpx.Client
) -> None:
    told.register_webhooks(f"{HOOK}older/")
    cora.fault("status", "/endpoints/*", method="DELETE", status=422, times=None)

    told.register_webhooks(f"{HOOK}newer/")

    assert {url for url, *_ in endpoints(api)} == {f"{HOOK}newer/", f"{HOOK}older/"}


def test_section_12_1_an_endpoint_that_is_not_ours_is_422(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    told.register_webhooks(f"{HOOK}4f1c9a/")
    with simulated_partner(cora).client() as mine:
        reference = mine.get("/endpoints/").json()[0]["id"]

    with simulated_partner(cora, PADARIA).client() as other:
        assert other.get("/endpoints/").json() == []
        assert other.delete(f"/endpoints/{reference}").status_code == 422


@pytest.mark.parametrize(
    ("resource", "triggers"),
    [
        ("invoice", "drafted created paid canceled overdue *"),
        ("payment", "initiated created approved reproved completed error *"),
        ("transfer", "completed canceled refunded *"),
        ("register", "completed"),
    ],
)
def test_section_12_2_each_event_can_be_asked_for(
    api: httpx.Client, resource: str, triggers: str
) -> None:
    for trigger in triggers.split():
        body = {"url": HOOK, "resource": resource, "trigger": trigger}
        assert post(api, "/endpoints/", body).status_code in (200, 201)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("payment.initiated", OrderState.AWAITING_APPROVAL),
        ("payment.created", OrderState.SCHEDULED),
        ("payment.approved", OrderState.SCHEDULED),
        ("payment.reproved", OrderState.REJECTED),
        ("payment.completed", OrderState.PAID),
        ("payment.error", OrderState.REJECTED),
        ("transfer.completed", OrderState.PAID),
        ("transfer.canceled", OrderState.CANCELLED),
        ("transfer.refunded", OrderState.RETURNED),
        ("invoice.drafted", None),
        ("invoice.created", None),
        ("invoice.paid", None),
        ("invoice.canceled", None),
        ("invoice.overdue", None),
        ("register.completed", None),
    ],
)
def test_section_12_2_each_event_claims_what_its_name_says(
    kind: str, state: OrderState | None
) -> None:
    prefix = {"payment": "pay", "transfer": "trn", "invoice": "inv", "register": "reg"}
    reference = f"{prefix[kind.partition('.')[0]]}_2Zx9CvBnM7aSdFgH5jKlQw"
    headers = {
        **PAID_INVOICE_HEADERS,
        "webhook-event-type": kind,
        "webhook-resource-id": reference,
    }

    notice = Cora().parse_event(headers, b"")

    assert (notice.kind, notice.reference, notice.state) == (kind, reference, state)


def test_section_12_3_the_documented_notice_is_read() -> None:
    notice = Cora().parse_event(PAID_INVOICE_HEADERS, b"")

    assert notice.event_id == "evt_4RtYuIoPaSdFgHjKlZxCvB"
    assert (notice.kind, notice.reference) == ("invoice.paid", "inv_2Zx9CvBnM7aSdFgH5jKlQw")


@pytest.mark.parametrize(
    ("resource", "reference"), [("payment", "trn_1a2b3c"), ("transfer", "pay_1a2b3c")]
)
def test_section_12_3_a_resource_has_its_own_prefix(resource: str, reference: str) -> None:
    headers = {
        **PAID_INVOICE_HEADERS,
        "webhook-event-type": f"{resource}.completed",
        "webhook-resource-id": reference,
    }

    with pytest.raises(InvalidEvent):
        Cora().parse_event(headers, b"")


def test_section_12_3_what_is_delivered_is_headers_alone(
    cora: CoraSimulator, told: CoraAdapter, hook: TinyBank
) -> None:
    told.register_webhooks(f"{hook.base_url}/hooks/cora/4f1c9a/")
    charge = told.issue_charge(boleto_charge())
    cora.pay_invoice(charge.reference)
    ted = told.send_ted(make_ted())
    cora.approve(ted.reference)
    cora.deliver_webhooks()

    received = [request for request in hook.received if request.method == "POST"]
    assert {request.body for request in received} == {b""}
    assert {request.headers["content-length"] for request in received} == {"0"}
    assert {request.headers["user-agent"] for request in received} == {"Cora-Webhook"}
    notices = [Cora().parse_event(request.headers, request.body) for request in received]
    told_of = {(notice.kind, notice.reference) for notice in notices}
    assert told_of >= {
        ("invoice.created", charge.reference),
        ("invoice.paid", charge.reference),
        ("transfer.completed", ted.reference),
    }
    assert told.fetch_charge(charge.reference).state is ChargeState.PAID


# --- 13. Pix ----------------------------------------------------------------------------


def test_section_13_a_pix_that_came_in_is_in_the_statement(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    charge = told.issue_charge(boleto_charge(forms=set(ChargeForm)))

    cora.pay_invoice(charge.reference, "pix")

    assert told.fetch_charge(charge.reference).state is ChargeState.PAID
    assert "pix" in {line.kind for line in movements(told, 0) if line.amount > 0}


def test_section_13_paying_by_pix_ends_the_bar_code(cora: CoraSimulator, told: CoraAdapter) -> None:
    charge = told.issue_charge(boleto_charge(forms=set(ChargeForm)))
    cora.pay_invoice(charge.reference, "pix")

    other = simulated_partner(cora, PADARIA)
    with Cora().open_client() as http, pytest.raises(BankRejected):
        boleto = make_boleto(linha_digitavel=charge.linha_digitavel)
        Cora().adapter(http, other.tokens).pay_boleto(boleto)


def test_section_13_a_pix_is_not_sent() -> None:
    assert Capability.SEND_PIX not in Cora.info.capabilities
    assert Rail.PIX not in Cora.info.cut_off


# --- 14. Client notes -------------------------------------------------------------------


@pytest.mark.parametrize("mode", [simulated_partner, simulated_direct])
def test_section_14_a_401_renews_once_and_repeats_once(
    cora: CoraSimulator, mode: Callable[[CoraSimulator], Place]
) -> None:
    place = mode(cora)
    first = place.tokens.access_token()
    cora.fault("status", "/transfers/initiate", status=401, body="json")

    with Cora().open_client(place.tokens.grant) as http:
        Cora().adapter(http, place.tokens).send_ted(make_ted())

    assert place.tokens.access_token() != first
    assert [r["status"] for r in cora.requests("/transfers/initiate")] == [401, 200]


def test_section_14_a_bank_that_refuses_every_token_is_asked_twice_only(
    cora: CoraSimulator, told: CoraAdapter
) -> None:
    cora.fault("status", "/transfers/initiate", status=401, body="json", times=None)

    with pytest.raises(BankAccessDenied):
        told.send_ted(make_ted())
    assert cora.count_requests("/transfers/initiate") == 2


@pytest.mark.parametrize(
    "use",
    [
        CoraAdapter.fetch_identity,
        CoraAdapter.fetch_balance,
        lambda bank: list(bank.fetch_statement(in_days(-3), today())),
        lambda bank: bank.issue_charge(boleto_charge()),
        lambda bank: list(bank.list_charges(today(), in_days(30))),
        lambda bank: bank.send_ted(make_ted()),
        lambda bank: bank.register_webhooks(f"{HOOK}4f1c9a/"),
    ],
)
def test_section_14_fields_that_are_new_are_read_over(
    cora: CoraSimulator, told: CoraAdapter, use: Callable[[CoraAdapter], Any]
) -> None:
    told.issue_charge(boleto_charge(code="first"))
    cora.fault("unknown_field", times=None)

    use(told)
