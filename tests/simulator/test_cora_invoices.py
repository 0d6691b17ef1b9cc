"""Charges: issue, find, cancel, PDF (sections 11.1, 11.3 and 11.4 of our notes on the API)."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from brazil.boleto import parse_boleto
from brazil.br_code import parse_br_code
from tests.cora_simulator import PADARIA, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, pay
from tests.simulator.charges import INVOICE, changed, get, issue, plain, post_invoice

SMS = {"channel": "SMS", "contact": "+5511987654321", "rules": ["NOTIFY_ON_DUE_DATE"]}


def listed(api: httpx.Client, **params: Any) -> list[str]:
    answer = api.get("/v2/invoices/", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_the_example_of_the_guide_is_issued(api: httpx.Client) -> None:
    body = issue(api)

    assert body["id"].startswith("inv_")
    assert body["status"] == "OPEN"
    assert re.fullmatch(r"2026-11-23T09:00:\d\d", body["created_at"])
    assert (body["total_amount"], body["total_paid"]) == (15_075, 0)
    assert body["occurrence_date"] is None
    assert body["code"] == "cr-10045"
    assert body["customer"] == INVOICE["customer"]
    assert body["services"] == INVOICE["services"]
    assert body["payment_terms"] == INVOICE["payment_terms"]
    assert body["payments"] == []
    assert body == get(api, body["id"])


def test_the_bank_slip_has_the_line_of_its_bar_code(api: httpx.Client) -> None:
    slip = issue(api)["payment_options"]["bank_slip"]

    boleto = parse_boleto(slip["digitable"], today=date(2026, 11, 23))
    assert boleto.barcode == slip["barcode"]
    assert boleto.bank_code == "403"
    assert boleto.amount == Decimal("150.75")
    assert boleto.due_date == date(2026, 12, 10)
    assert 17 <= len(slip["our_number"]) <= 18
    assert boleto.barcode[19:] == f"00000{slip['our_number'].zfill(18)}01"


def test_an_open_boleto_is_registered_some_seconds_later(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(invoice_register_seconds=60)
    invoice = issue(api)
    slip = invoice["payment_options"]["bank_slip"]
    assert (invoice["status"], slip["registered"]) == ("OPEN", False)
    token = cora.grant(PADARIA)["access_token"]
    assert pay(api, slip["digitable"], token=token).json()["code"] == "REC-0001"

    cora.advance(61)

    assert get(api, invoice["id"])["payment_options"]["bank_slip"]["registered"] is True
    assert pay(api, slip["digitable"], token=token).status_code == 201


def test_a_boleto_may_be_registered_at_once(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_register_seconds=0)

    assert issue(api)["payment_options"]["bank_slip"]["registered"] is True


def test_a_charge_not_registered_yet_is_late_on_its_day_all_the_same(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    invoice_id = issue(api, **plain(due_date="2026-11-23"))["id"]

    cora.set_clock("2026-11-24T00:00:01")

    late = get(api, invoice_id)
    assert (late["status"], late["payment_options"]["bank_slip"]["registered"]) == ("LATE", True)


def test_while_the_clearing_house_does_not_know_it_the_same_key_is_rec_0030(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(invoice_clearing_seconds=60)
    key = new_key()

    first, second = post_invoice(api, key=key), post_invoice(api, key=key)
    assert [(a.status_code, a.json()["code"]) for a in (first, second)] == [(422, "REC-0030")] * 2
    (waiting,) = cora.invoices()
    assert waiting["status"] == "DRAFT"
    cora.advance(61)
    third = post_invoice(api, key=key)

    assert (third.status_code, third.json()["id"]) == (200, waiting["id"])
    assert third.json()["payment_options"]["bank_slip"]["registered"] is True
    assert len(cora.invoices()) == 1
    assert [r["effect"] for r in cora.requests("/v2/invoices", method="POST")] == [
        *(True, False, False),
    ]


def test_the_same_key_with_another_body_is_no_way_to_ask_for_rec_0030s_charge(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(invoice_clearing_seconds=60)
    key = new_key()
    post_invoice(api, key=key)
    cora.advance(61)

    answer = post_invoice(api, changed("services.0.amount", 900), key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_after_the_time_of_keys_the_key_of_rec_0030_is_a_second_charge(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(invoice_clearing_seconds=5, access_token_seconds=3 * 86_400)
    api.headers["Authorization"] = f"Bearer {cora.grant()['access_token']}"
    key = new_key()
    post_invoice(api, key=key)
    cora.advance(86_401)

    assert post_invoice(api, key=key).json()["code"] == "REC-0030"
    assert [invoice["status"] for invoice in cora.invoices()] == ["OPEN", "DRAFT"]


@pytest.mark.parametrize(
    ("forms", "spares", "status"),
    [
        (["BANK_SLIP", "PIX"], True, 200),
        (["BANK_SLIP", "PIX"], False, 503),
        (["BANK_SLIP"], True, 503),
        (["PIX"], False, 200),
    ],
)
def test_rec_0030_may_depend_on_the_form_and_have_any_status(
    cora: CoraSimulator, api: httpx.Client, forms: list[str], spares: bool, status: int
) -> None:
    cora.settings(
        invoice_clearing_seconds=60, invoice_clearing_spares_pix=spares, invoice_clearing_status=503
    )

    assert post_invoice(api, INVOICE | {"payment_forms": forms}).status_code == status


def test_a_key_that_is_no_uuid_is_400(cora: CoraSimulator, api: httpx.Client) -> None:
    assert post_invoice(api, key="cr-10045").status_code == 400
    assert cora.invoices() == []


@pytest.mark.parametrize("is_loose", [False, True])
def test_a_number_as_code_and_an_amount_in_digits_may_be_taken(
    cora: CoraSimulator, api: httpx.Client, is_loose: bool
) -> None:
    cora.settings(invoice_takes_loose_types=is_loose)
    body = changed("services.0.amount", "15075") | {"code": 10045}

    answer = post_invoice(api, body)

    assert answer.status_code == (200 if is_loose else 400)
    if is_loose:
        assert (answer.json()["code"], answer.json()["total_amount"]) == ("10045", 15_075)


def test_the_pix_code_is_dynamic(api: httpx.Client) -> None:
    code = parse_br_code(issue(api)["pix"]["emv"])

    assert code.url is not None
    assert re.fullmatch(r"qrcode-h\.cora\.com\.br/v1/cobv/[0-9a-f]+", code.url)
    assert code.is_single_use
    assert (code.name, code.city, code.amount) == ("OFICINA MODELO LTDA", "SAO PAULO", None)


def test_a_boleto_alone_has_no_pix(api: httpx.Client) -> None:
    assert issue(api, payment_forms=["BANK_SLIP"])["pix"] is None


def test_a_pix_alone_has_a_bank_slip_of_nothing_but_the_image(api: httpx.Client) -> None:
    body = issue(api, payment_forms=["PIX"])

    slip = body["payment_options"]["bank_slip"]
    url = slip.pop("url")
    nothing = dict.fromkeys(("barcode", "digitable", "our_number"))
    assert slip == {**nothing, "registered": False}
    assert body["pix"]["emv"]
    answer = httpx.get(url, **LOOPBACK)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n")


def test_without_forms_it_is_a_boleto(api: httpx.Client) -> None:
    body = post_invoice(api, changed("payment_forms", None)).json()

    assert body["pix"] is None
    assert body["payment_options"]["bank_slip"]["digitable"]


def test_without_forms_it_may_be_both(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_default_forms="BANK_SLIP,PIX")

    assert post_invoice(api, changed("payment_forms", None)).json()["pix"]["emv"]


def test_a_pix_needs_a_key_on_the_account(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.pix_key(False)

    assert post_invoice(api).status_code == 422
    assert post_invoice(api, INVOICE | {"payment_forms": ["BANK_SLIP"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("customer", None),
        ("customer.name", None),
        ("customer.name", "x" * 61),
        ("customer.email", "x" * 61),
        ("customer.document", None),
        ("customer.document.identity", "11.222.333/0001-81"),
        ("customer.document.identity", "11222333000182"),
        ("customer.document.type", "CPF"),
        ("customer.telephone", "11987654321"),
        ("customer.address.complement", ""),
        ("customer.address.street", None),
        ("customer.address.state", "São"),
        ("customer.address.zip_code", "0131010"),
        ("services", None),
        ("services", []),
        ("services.0.amount", 499),
        ("services.0.amount", 150.75),
        ("services.0.amount", "15075"),
        ("services.0.name", None),
        ("services.0.description", "x" * 101),
        ("payment_terms", None),
        ("payment_terms.due_date", None),
        ("payment_terms.due_date", "2026-11-22"),
        ("payment_terms.due_date", "2026-02-30"),
        ("payment_terms.due_date", "10/12/2026"),
        ("payment_terms.fine", {}),
        ("payment_terms.fine.rate", 100.01),
        ("payment_terms.interest", {}),
        ("payment_terms.interest.rate", 1.001),
        ("payment_terms.discount.type", "RATE"),
        ("notification.channels", []),
        ("notification.channels.0.rules", None),
        ("notification.channels.0.rules", []),
        ("notification.channels.0.rules", ["NOTIFY_ALWAYS"]),
        ("notification.channels.0.channel", "FAX"),
        ("payment_forms", []),
        ("payment_forms", ["CARD"]),
    ],
)
def test_a_malformed_charge_is_400_without_a_word(
    cora: CoraSimulator, api: httpx.Client, path: str, value: Any
) -> None:
    answer = post_invoice(api, changed(path, value))

    assert (answer.status_code, answer.content) == (400, b"")
    assert cora.invoices() == []


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"'])
def test_a_body_that_is_no_object_is_400_without_a_word(api: httpx.Client, content: str) -> None:
    answer = api.post("/v2/invoices/", content=content, headers={"Idempotency-Key": new_key()})

    assert (answer.status_code, answer.content) == (400, b"")


def test_the_simulator_can_say_what_is_wrong(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_explains=True)

    answer = post_invoice(api, changed("services.0.amount", 499))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "500" in answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("code", None),
        ("customer.email", None),
        ("customer.address", None),
        ("customer.address.zip_code", "01310-100"),
        ("customer.document", {"identity": "52998224725"}),
        ("services.0.amount", 500),
        ("payment_terms.due_date", "2026-11-23"),
        ("payment_terms.fine", {"date": "2026-12-15", "amount": 300}),
        ("payment_terms.discount", {"type": "FIXED", "value": 300}),
        ("notification", None),
        ("notification.channels", [SMS]),
        ("some_field_of_tomorrow", 1),
    ],
)
def test_what_may_be_left_out_or_written_otherwise_is_taken(
    api: httpx.Client, path: str, value: Any
) -> None:
    assert post_invoice(api, changed(path, value)).status_code == 200


def test_the_minimum_is_of_all_services_together(api: httpx.Client) -> None:
    services = [{"name": "Serviço", "amount": 250}, {"name": "Peça", "amount": 250}]

    assert issue(api, services=services)["total_amount"] == 500


def test_the_same_key_is_one_charge(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()

    first, second = post_invoice(api, key=key), post_invoice(api, key=key)

    assert first.json() == second.json()
    assert len(cora.invoices()) == 1


def test_a_charge_without_a_key_is_refused(cora: CoraSimulator, api: httpx.Client) -> None:
    answer = api.post("/v2/invoices/", json=INVOICE)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert cora.invoices() == []


def test_charges_need_their_scope(cora: CoraSimulator) -> None:
    token = cora.grant(scopes="account payment transfer")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        assert post_invoice(client).status_code == 403
        assert client.get("/v2/invoices").status_code == 403


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_charge_is_issued_with_and_without_last_slash(api: httpx.Client, slash: str) -> None:
    answer = api.post(f"/v2/invoices{slash}", json=INVOICE, headers={"Idempotency-Key": new_key()})
    invoice_id = answer.json()["id"]

    assert api.get(f"/v2/invoices/{invoice_id}{slash}").status_code == 200
    assert api.get(f"/v2/invoices{slash}").json()["totalItems"] == 1


def test_a_draft_is_registered_later(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_draft_seconds=30)
    draft = issue(api)
    assert draft["status"] == "DRAFT"
    assert draft["payment_options"]["bank_slip"]["registered"] is False

    cora.advance(31)

    body = get(api, draft["id"])
    assert body["status"] == "OPEN"
    assert body["payment_options"]["bank_slip"]["registered"] is True


def test_a_charge_is_late_when_its_day_is_over(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api, **plain(due_date="2026-11-23"))["id"]

    cora.set_clock("2026-11-23T23:59:50")
    assert get(api, invoice_id)["status"] == "OPEN"
    cora.set_clock("2026-11-24T00:00:01")

    assert get(api, invoice_id)["status"] == "LATE"


def test_a_foreign_or_unknown_charge_is_404(cora: CoraSimulator, api: httpx.Client) -> None:
    token = cora.grant(PADARIA)["access_token"]
    foreign = post_invoice(api).json()["id"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as other:
        for invoice_id in (foreign, "inv_0000000000000000000000"):
            for path in ("", "/notifications"):
                assert other.get(f"/v2/invoices/{invoice_id}{path}").status_code == 404
                assert other.delete(f"/v2/invoices/{invoice_id}{path}").status_code == 404
        assert listed(other) == []
    assert get(api, foreign)["status"] == "OPEN"


def test_the_list_filters_by_due_date_state_and_payer(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    first = issue(api, **plain(due_date="2026-12-01"))["id"]
    second = issue(api, **plain(due_date="2026-12-10"))["id"]
    payer = {"name": "Carla", "document": {"identity": "52998224725"}}
    third = issue(api, **plain(due_date="2026-12-20", customer=payer))["id"]
    api.delete(f"/v2/invoices/{second}")

    assert listed(api) == [third, second, first]
    assert listed(api, start="2026-12-10", end="2026-12-20") == [third, second]
    assert listed(api, state="OPEN") == [third, first]
    assert listed(api, state="CANCELLED") == [second]
    assert listed(api, search="52998224725") == [third]
    assert listed(api, search="11444777000161") == []


def test_pages_begin_at_one_and_count_the_whole(cora: CoraSimulator, api: httpx.Client) -> None:
    ids = [issue(api, **plain())["id"] for _ in range(5)]

    pages = [api.get("/v2/invoices", params={"page": n, "perPage": 2}).json() for n in (1, 2, 3)]

    assert [page["totalItems"] for page in pages] == [5, 5, 5]
    assert [item["id"] for page in pages for item in page["items"]] == ids[::-1]
    cora.settings(invoice_total_of_page=True)
    assert api.get("/v2/invoices", params={"page": 3, "perPage": 2}).json()["totalItems"] == 1


def test_a_page_holds_20_unless_asked(cora: CoraSimulator, api: httpx.Client) -> None:
    for _ in range(21):
        issue(api, **plain())

    assert len(listed(api)) == 20
    assert len(listed(api, perPage=200)) == 21


@pytest.mark.parametrize(
    "params",
    [{"perPage": 201}, {"perPage": 0}, {"page": 0}, {"state": "WRONG"}, {"start": "2026-02-30"}],
)
def test_bad_parameters_of_the_list_are_400(api: httpx.Client, params: dict[str, Any]) -> None:
    answer = api.get("/v2/invoices", params=params)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_cancelled_charge_cannot_be_paid_and_costs_30_centavos(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    before = cora.account()["balance"]
    invoice = issue(api)

    answer = api.delete(f"/v2/invoices/{invoice['id']}", headers={"Idempotency-Key": new_key()})

    assert (answer.status_code, answer.content) == (204, b"")
    assert get(api, invoice["id"])["status"] == "CANCELLED"
    assert cora.account()["balance"] == before - 30
    with pytest.raises(RuntimeError, match="cancelled"):
        cora.pay_invoice(invoice["id"])


def test_a_cancelled_charge_may_be_cancelled_again(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api)["id"]
    api.delete(f"/v2/invoices/{invoice_id}")

    assert api.delete(f"/v2/invoices/{invoice_id}").status_code == 204
    cora.settings(invoice_cancelled_again_status=422)
    assert api.delete(f"/v2/invoices/{invoice_id}").status_code == 422


def test_anybody_reads_the_pdf(cora: CoraSimulator, api: httpx.Client) -> None:
    url = issue(api)["payment_options"]["bank_slip"]["url"]

    answer = httpx.get(url, **LOOPBACK)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.content.rstrip().endswith(b"%%EOF")
    table = int(answer.content.split(b"startxref\n")[1].split(b"\n")[0])
    assert answer.content[table : table + 4] == b"xref"


def test_an_unknown_file_is_404(api: httpx.Client) -> None:
    boleto = issue(api, payment_forms=["BANK_SLIP"])
    url = boleto["payment_options"]["bank_slip"]["url"]

    for wrong in (
        url.replace(boleto["id"], "inv_0"),
        url.replace(".pdf", ".png"),
        url.replace("boleto-", "boleto-qrcode-"),
    ):
        assert httpx.get(wrong, **LOOPBACK).status_code == 404, wrong


def test_the_files_are_at_a_host_that_takes_no_tokens_of_the_bank(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    address = httpx.URL(issue(api)["payment_options"]["bank_slip"]["url"])

    assert address.port not in {httpx.URL(cora.addresses[n]).port for n in ("cora", "cora_direta")}
    assert re.search(r"/boleto-qrcode-inv_\w+\.pdf$", address.path)
    assert address.query == b"alt=media"
    assert api.get(address).status_code == 401
    assert api.get(f"{cora.base_url}{address.path}").status_code == 404
    cora.settings(files_refuse_tokens=False)
    assert api.get(address).status_code == 200


def test_without_its_query_the_address_is_not_the_file(api: httpx.Client) -> None:
    address = httpx.URL(issue(api)["payment_options"]["bank_slip"]["url"])

    answer = httpx.get(address.copy_with(query=None), **LOOPBACK)

    assert answer.json()["kind"] == "storage#object"


def test_a_charge_of_this_bank_is_paid_by_another_company(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    before, invoice = cora.account()["balance"], issue(api, **plain())
    cora.advance(5)  # until it is registered
    line = invoice["payment_options"]["bank_slip"]["digitable"]
    token = cora.grant(PADARIA)["access_token"]
    with httpx.Client(
        base_url=cora.base_url, headers={"Authorization": f"Bearer {token}"}, **LOOPBACK
    ) as padaria:
        payment = pay(padaria, line).json()

    assert payment["amount"] == 10_000
    assert payment["creditor"]["name"] == "OFICINA MODELO LTDA"
    assert pay(api, line).json()["code"] == "REC-0007"
    cora.approve(payment["id"])
    assert cora.payments(id=payment["id"])[0]["status"] == "COMPLETED"
    assert listed(api, state="PAID") == [invoice["id"]]
    assert cora.account()["balance"] == before + 10_000 - 170


def test_ids_of_charges_are_never_equal(api: httpx.Client) -> None:
    invoices = [issue(api) for _ in range(3)]

    assert len({invoice["id"] for invoice in invoices}) == 3
    slips = [invoice["payment_options"]["bank_slip"] for invoice in invoices]
    assert len({slip["our_number"] for slip in slips}) == 3
    assert len({invoice["pix"]["emv"] for invoice in invoices}) == 3
