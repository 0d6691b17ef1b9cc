"""The Conta Kamino: TED, boleto and Pix, from the API to the money."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cora_simulator import OFICINA, PADARIA, CoraSimulator
from tests.kamino_contract import Contract
from tests.kamino_simulator import TRANSPORTES, KaminoSimulator
from tests.loopback import LOOPBACK
from tests.simulator.kamino_calls import (
    ACCOUNT,
    FORNECEDOR,
    boleto,
    charge,
    key,
    pay,
    pix,
    refusal,
    status,
    ted,
)

EMAIL = {"type": "email", "value": "maria@exemplo.com.br"}
SATURDAY = "2026-11-28T10:00:00"


def title(kamino: KaminoSimulator, amount: int = 15_075, **more: Any) -> str:
    return str(kamino.title(amount, kamino.now().date() + timedelta(days=5), **more)["line"])


def last_entry(kamino: KaminoSimulator, api: httpx.Client, cnpj: str = OFICINA) -> dict[str, Any]:
    path = f"/v1/accounts/{kamino.account(cnpj)['account_id']}/entries"
    today = kamino.now().date()
    return dict(
        api.get(path, params={"since": str(today), "until": str(today)}).json()["entries"][-1]
    )


# --- From the API to the money ----------------------------------------------------------


@pytest.mark.parametrize("kind", ["ted", "boleto", "pix"])
def test_a_payment_waits_for_the_app_and_then_goes(
    kamino: KaminoSimulator, kamino_api: httpx.Client, kind: str
) -> None:
    bodies = {"ted": ted(), "boleto": boleto(title(kamino)), "pix": pix(key=EMAIL)}
    payment = pay(kamino_api, bodies[kind])
    held = kamino.account()["balance"]
    assert payment["status"] == "awaiting_approval"

    kamino.approve(payment["id"])

    entry = last_entry(kamino, kamino_api)
    cents = round(float(payment["amount"]) * 100)
    assert status(kamino_api, payment) == "completed"
    assert kamino.account()["balance"] == held - cents
    assert (entry["payment_id"], entry["kind"]) == (payment["id"], kind)
    assert entry["end_to_end_id"] == payment["end_to_end_id"]


@pytest.mark.parametrize(("act", "state"), [("refuse", "refused"), ("expire", "expired")])
def test_what_is_not_approved_moves_nothing_and_says_why(
    kamino: KaminoSimulator, kamino_api: httpx.Client, act: str, state: str
) -> None:
    payment = pay(kamino_api, ted())

    getattr(kamino, act)(payment["id"])

    now = kamino_api.get(f"/v1/payments/{payment['id']}").json()
    assert now["status"] == state
    assert now["status_reason"]["detail"].endswith(".")
    assert kamino.account()["balance"] == 1_000_000


def test_what_nobody_approves_expires_by_the_clock(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    payment = pay(kamino_api, ted())

    kamino.process.advance(7 * 86_400 + 1)

    assert status(kamino_api, payment) == "expired"


def test_without_balance_it_fails_when_it_would_go(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    payment = pay(kamino_api, ted(amount="10000.01"))

    kamino.approve(payment["id"])

    now = kamino_api.get(f"/v1/payments/{payment['id']}").json()
    assert (now["status"], now["status_reason"]["code"]) == ("failed", "insufficient_funds")
    assert kamino.account()["balance"] == 1_000_000


@pytest.mark.parametrize("body", [ted(), pix(key=EMAIL)])
def test_what_the_other_bank_sends_back_is_credited(
    kamino: KaminoSimulator, kamino_api: httpx.Client, body: dict[str, Any]
) -> None:
    payment = pay(kamino_api, body)
    kamino.approve(payment["id"])

    kamino.refund(payment["id"])

    assert status(kamino_api, payment) == "returned"
    assert kamino.account()["balance"] == 1_000_000
    assert last_entry(kamino, kamino_api)["direction"] == "credit"


def test_a_waiting_payment_is_taken_back_and_a_decided_one_is_not(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    waiting, decided = pay(kamino_api, ted()), pay(kamino_api, ted(code="cp-2"))
    kamino.approve(decided["id"])

    taken = kamino_api.post(f"/v1/payments/{waiting['id']}/cancel", headers=key())
    late = kamino_api.post(f"/v1/payments/{decided['id']}/cancel", headers=key())

    assert taken.json()["status"] == "cancelled"
    assert refusal(late) == (422, "payment_not_cancellable")


def test_another_company_s_payment_is_not_there(
    kamino: KaminoSimulator, kamino_api: httpx.Client, contract: Contract
) -> None:
    payment = pay(kamino_api, ted())
    given = kamino.credentials(TRANSPORTES)

    with contract.client(kamino.token(given["client_id"], given["client_secret"])) as other:
        assert other.get(f"/v1/payments/{payment['id']}").status_code == 404
        assert other.get("/v1/payments").json()["payments"] == []
        assert other.post(f"/v1/payments/{payment['id']}/cancel", headers=key()).status_code == 404


# --- Hours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved_at", "kind", "goes_at"),
    [
        ("2026-11-23T16:59:00", "ted", None),
        ("2026-11-23T17:00:00", "ted", "2026-11-24T06:30:00"),
        ("2026-11-23T19:59:00", "boleto", None),
        ("2026-11-23T20:00:00", "boleto", "2026-11-24T06:30:00"),
        (SATURDAY, "ted", "2026-11-30T06:30:00"),
        (SATURDAY, "pix", None),
        ("2026-12-25T23:50:00", "pix", None),
        ("2026-11-24T05:00:00", "ted", "2026-11-24T06:30:00"),
    ],
)
def test_each_kind_goes_within_its_hours(
    kamino: KaminoSimulator, kamino_api: httpx.Client, approved_at: str, kind: str, goes_at: str
) -> None:
    kamino.settings(approval_days=60)
    bodies = {"ted": ted(), "boleto": boleto(title(kamino)), "pix": pix(key=EMAIL)}
    payment = pay(kamino_api, bodies[kind])
    kamino.process.set_clock(approved_at)

    kamino.approve(payment["id"])

    assert status(kamino_api, payment) == ("scheduled" if goes_at else "completed")
    if goes_at:
        kamino.process.set_clock(goes_at)
        assert status(kamino_api, payment) == "completed"


def test_a_payment_for_another_day_goes_on_that_day(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    payment = pay(kamino_api, pix(key=EMAIL) | {"scheduled_for": "2026-11-28"})
    kamino.approve(payment["id"])
    before = status(kamino_api, payment)

    kamino.process.set_clock("2026-11-28T00:00:01")

    assert (before, status(kamino_api, payment)) == ("scheduled", "completed")


# --- Titles -----------------------------------------------------------------------------


def test_the_registered_title_decides_the_amount(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    payment = pay(kamino_api, boleto(title(kamino), amount="1.00"))

    assert (payment["amount"], payment["payee"]) == ("150.75", FORNECEDOR)


def test_a_title_is_paid_once(kamino: KaminoSimulator, kamino_api: httpx.Client) -> None:
    line = title(kamino)
    first, second = pay(kamino_api, boleto(line)), pay(kamino_api, boleto(line))
    kamino.approve_all()

    third = kamino_api.post("/v1/payments", json=boleto(line), headers=key())

    assert (status(kamino_api, first), status(kamino_api, second)) == ("completed", "failed")
    assert refusal(third) == (422, "title_already_paid")


def test_a_line_with_a_wrong_digit_is_refused(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    line = title(kamino)
    wrong = line[:9] + str((int(line[9]) + 1) % 10) + line[10:]

    assert refusal(kamino_api.get(f"/v1/titles/{wrong}")) == (422, "invalid_line")
    sent = kamino_api.post("/v1/payments", json=boleto(wrong), headers=key())
    assert refusal(sent) == (422, "invalid_line")


def test_a_title_that_nobody_registered_is_not_found_where_that_matters(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    line = title(kamino)
    kamino.process.reset(now="2026-11-23T09:00:00")
    kamino.settings(require_registered_titles=True, access_token_seconds=90 * 86_400)
    given = kamino.open_account()["credentials"]
    token = kamino.token(given["client_id"], given["client_secret"])
    kamino_api.headers["Authorization"] = f"Bearer {token}"

    assert refusal(kamino_api.get(f"/v1/titles/{line}")) == (404, "title_not_found")
    sent = kamino_api.post("/v1/payments", json=boleto(line), headers=key())
    assert refusal(sent) == (422, "title_not_found")


# --- Pix --------------------------------------------------------------------------------


def test_a_registered_key_says_whose_it_is(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.pix_key("+5511987654321", "Ana Souza", "52998224725")

    holder = kamino_api.get("/v1/pix/keys/+5511987654321").json()["holder"]

    assert holder == {"name": "Ana Souza", "document_masked": "***.982.247-**"}


def test_a_key_of_somebody_else_than_the_payee_is_refused(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.pix_key(EMAIL["value"], "Ana Souza", "52998224725")
    body = pix(key=EMAIL, payee_document=FORNECEDOR["document"])

    response = kamino_api.post("/v1/payments", json=body, headers=key())

    assert refusal(response) == (422, "payee_mismatch")


def test_a_key_that_nobody_has_is_refused_where_that_matters(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.settings(require_registered_keys=True)

    sent = kamino_api.post("/v1/payments", json=pix(key=EMAIL), headers=key())

    assert refusal(sent) == (422, "key_not_found")
    assert refusal(kamino_api.get(f"/v1/pix/keys/{EMAIL['value']}")) == (404, "key_not_found")


@pytest.mark.parametrize(
    "given",
    [
        {"type": "cpf", "value": "52998224726"},
        {"type": "phone", "value": "52998224725"},
        {"type": "email", "value": "sem arroba"},
    ],
)
def test_a_key_that_is_none_is_refused(kamino_api: httpx.Client, given: dict[str, str]) -> None:
    response = kamino_api.post("/v1/payments", json=pix(key=given), headers=key())

    assert refusal(response) == (422, "invalid_key")


@pytest.mark.parametrize("way", [pix(), pix(key=EMAIL, account=ACCOUNT)])
def test_a_pix_has_one_destination(kamino_api: httpx.Client, way: dict[str, Any]) -> None:
    response = kamino_api.post("/v1/payments", json=way, headers=key())

    assert response.status_code == 400


def test_money_between_two_accounts_of_the_bank_arrives(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    before = kamino.account(TRANSPORTES)["balance"]
    payment = pay(kamino_api, pix(key={"type": "cnpj", "value": TRANSPORTES}))

    kamino.approve(payment["id"])

    assert kamino.account(TRANSPORTES)["balance"] == before + 8_000


def test_the_account_cannot_pay_itself(kamino_api: httpx.Client) -> None:
    own = pix(key={"type": "cnpj", "value": OFICINA})

    assert refusal(kamino_api.post("/v1/payments", json=own, headers=key())) == (422, "own_account")


def test_a_damaged_code_is_refused(kamino_api: httpx.Client) -> None:
    response = kamino_api.post("/v1/payments", json=pix(br_code="00020126" * 4), headers=key())

    assert refusal(response) == (422, "invalid_br_code")


# --- Charges, and the clearing house ----------------------------------------------------


def transportes(kamino: KaminoSimulator, contract: Contract) -> httpx.Client:
    given = kamino.credentials(TRANSPORTES)
    return contract.client(kamino.token(given["client_id"], given["client_secret"]))


def test_a_charge_is_paid_by_its_pix_code_and_not_twice(
    kamino: KaminoSimulator, kamino_api: httpx.Client, contract: Contract
) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    code = issued["pix"]["br_code"]
    with transportes(kamino, contract) as payer:
        payment = pay(payer, pix("300.00", br_code=code))
        kamino.approve(payment["id"])
        again = payer.post("/v1/payments", json=pix("300.00", br_code=code), headers=key())

    now = kamino_api.get(f"/v1/charges/{issued['id']}").json()
    assert (now["status"], now["paid_by"], now["paid_amount"]) == ("paid", "pix", "300.00")
    assert kamino.account()["balance"] == 1_000_000 + 30_000
    assert last_entry(kamino, kamino_api)["charge_id"] == issued["id"]
    assert refusal(again) == (422, "invalid_br_code")


def test_another_amount_than_the_code_s_is_refused(
    kamino: KaminoSimulator, kamino_api: httpx.Client, contract: Contract
) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    with transportes(kamino, contract) as payer:
        body = pix("299.99", br_code=issued["pix"]["br_code"])
        response = payer.post("/v1/payments", json=body, headers=key())

    assert refusal(response) == (422, "amount_mismatch")


def test_the_address_of_another_bank_s_code_knows_better_than_the_code(
    kamino_api: httpx.Client,
) -> None:
    code = (
        "00020126550014br.gov.bcb.pix2533pix.banco.example/qr/v2/cobv/aa115204000053039865406"
        "100.005802BR5910LOJA TESTE6006RECIFE62070503***630499C5"
    )

    assert pay(kamino_api, pix("105.00", br_code=code))["amount"] == "105.00"


def test_a_boleto_of_this_bank_is_paid_at_another_one(
    kamino: KaminoSimulator, kamino_api: httpx.Client, cora: CoraSimulator
) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    token = cora.grant(PADARIA)["access_token"]
    headers = {"Authorization": f"Bearer {token}", **key()}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        body = {"digitable_line": issued["boleto"]["line"], "code": "x"}
        sent = client.post("/payments/initiate", json=body)
    assert sent.status_code == 201, sent.text

    cora.approve_all()

    now = kamino_api.get(f"/v1/charges/{issued['id']}").json()
    assert (now["status"], now["paid_by"]) == ("paid", "boleto")
    assert kamino.account()["balance"] == 1_000_000 + 30_000 - 190


def test_a_late_charge_costs_fine_and_interest(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    body = charge(fine={"percent": "2.00"}, interest_percent="1.00", discount={"amount": "10.00"})
    issued = kamino_api.post("/v1/charges", json=body, headers=key()).json()
    assert issued["amount_due"] == "290.00"

    kamino.process.set_clock("2026-12-20T12:00:00")  # ten days late

    now = kamino_api.get(f"/v1/charges/{issued['id']}").json()
    assert (now["status"], now["amount_due"]) == ("late", "307.00")
    late = kamino_api.get("/v1/charges", params={"status": "late"}).json()["charges"]
    assert [c["id"] for c in late] == [issued["id"]]


def test_a_cancelled_charge_cannot_be_paid(
    kamino: KaminoSimulator, kamino_api: httpx.Client, contract: Contract
) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    kamino_api.post(f"/v1/charges/{issued['id']}/cancel", headers=key())

    with transportes(kamino, contract) as payer:
        body = boleto(issued["boleto"]["line"])
        assert refusal(payer.post("/v1/payments", json=body, headers=key())) == (
            422,
            "title_cancelled",
        )
    again = kamino_api.post(f"/v1/charges/{issued['id']}/cancel", headers=key())
    assert refusal(again) == (422, "charge_not_cancellable")


def test_paid_charges_are_listed_by_the_day_they_were_paid(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    paid, _open = (
        kamino_api.post("/v1/charges", json=charge(code=code), headers=key()).json()
        for code in ("cob-1", "cob-2")
    )
    kamino.pay_charge(paid["id"], "boleto")
    day = str(kamino.now().date())

    query = {"status": "paid", "paid_since": day, "paid_until": day}
    listed = kamino_api.get("/v1/charges", params=query).json()["charges"]

    assert [c["id"] for c in listed] == [paid["id"]]


def test_a_charge_with_a_due_date_that_is_past_is_refused(kamino_api: httpx.Client) -> None:
    response = kamino_api.post("/v1/charges", json=charge(due_date="2026-11-22"), headers=key())

    assert refusal(response) == (422, "invalid_date")
