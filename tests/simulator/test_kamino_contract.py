"""The Conta Kamino's API file: served, whole, and true."""

from datetime import timedelta

import httpx
import yaml
from starlette.routing import Route

from simulator.kamino.api import build_api
from tests.kamino_contract import Contract
from tests.kamino_simulator import CLIENT_ID, CLIENT_SECRET, KaminoSimulator
from tests.loopback import LOOPBACK
from tests.simulator.kamino_calls import boleto, charge, key, pay, pix, ted

HOOK = "http://127.0.0.1:9/hooks/kamino"


def test_the_file_is_served_in_both_forms(kamino: KaminoSimulator) -> None:
    as_yaml = httpx.get(f"{kamino.base_url}/openapi.yaml", **LOOPBACK)
    as_json = httpx.get(f"{kamino.base_url}/openapi.json", **LOOPBACK)

    assert yaml.safe_load(as_yaml.text) == as_json.json()
    assert as_json.json()["openapi"] == "3.1.0"


def test_the_file_has_every_path_that_is_served_and_no_other(contract: Contract) -> None:
    served = {
        (route.path, method.lower())
        for route in build_api(None).routes  # type: ignore[arg-type]
        if isinstance(route, Route) and not route.path.startswith("/openapi")
        for method in (route.methods or set()) - {"HEAD"}
    }

    described = {(path, method) for path, method, _ in contract.all_operations()}

    assert served == described


def test_every_reference_of_the_file_leads_somewhere(contract: Contract) -> None:
    def follow(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(reference := value.get("$ref"), str):
                found = contract.document
                for part in reference.removeprefix("#/").split("/"):
                    found = found[part]
            for inner in value.values():
                follow(inner)
        elif isinstance(value, list):
            for inner in value:
                follow(inner)

    follow(contract.document)


def test_every_operation_answers_as_the_file_says(
    kamino: KaminoSimulator, contract: Contract, kamino_api: httpx.Client
) -> None:
    api = kamino_api
    _open(kamino, contract)
    account = api.get(f"/v1/accounts/{kamino.account()['account_id']}").json()
    _pay_and_read(kamino, api)
    _charge(api)
    _give_back(kamino, api)
    _be_told(api)
    today = kamino.now().date()
    period = {"since": str(today - timedelta(days=3)), "until": str(today)}
    api.get(f"/v1/accounts/{account['id']}/balance")
    assert api.get(f"/v1/accounts/{account['id']}/entries", params=period).json()["entries"]
    _leave(kamino, contract, api)

    assert contract.seen == contract.operations


def _open(kamino: KaminoSimulator, contract: Contract) -> None:
    with contract.client() as client:
        version = client.get("/v1/terms").json()["version"]
    body = {
        "holder": {"document": "11222333000181", "legal_name": "PADARIA AURORA LTDA"},
        "terms": {
            "version": version,
            "accepted_at": "2026-11-23T09:00:00-03:00",
            "accepted_by": "ana@padaria.example",
        },
    }
    with contract.client(kamino.token(CLIENT_ID, CLIENT_SECRET)) as partner:
        assert partner.post("/v1/accounts", json=body, headers=key()).status_code == 201
        assert partner.post("/v1/accounts", json=body, headers=key()).status_code == 200


def _pay_and_read(kamino: KaminoSimulator, api: httpx.Client) -> None:
    line = kamino.title(15_075, kamino.now().date() + timedelta(days=5))["line"]
    assert api.get(f"/v1/titles/{line}").json()["amount_due"] == "150.75"
    assert api.get("/v1/pix/keys/maria@exemplo.com.br").json()["key"]["type"] == "email"
    payments = [
        pay(api, ted()),
        pay(api, boleto(line)),
        pay(api, pix(key={"type": "email", "value": "maria@exemplo.com.br"})),
    ]
    last = pay(api, ted(code="cp-772"))
    api.post(f"/v1/payments/{last['id']}/cancel", headers=key())
    kamino.approve_all()
    listed = api.get("/v1/payments").json()["payments"]
    assert {p["id"] for p in payments} <= {p["id"] for p in listed}
    for payment in payments:
        assert api.get(f"/v1/payments/{payment['id']}").json()["status"] == "completed"
        api.get(f"/v1/payments/{payment['id']}/receipt")
        pdf = {"Accept": "application/pdf"}
        receipt = api.get(f"/v1/payments/{payment['id']}/receipt", headers=pdf)
        assert receipt.content.startswith(b"%PDF")


def _charge(api: httpx.Client) -> None:
    issued = api.post("/v1/charges", json=charge(), headers=key()).json()
    api.get(f"/v1/charges/{issued['id']}")
    assert api.get("/v1/charges").json()["charges"] == [issued]
    assert api.get(f"/v1/charges/{issued['id']}/pdf").content.startswith(b"%PDF")
    api.post(f"/v1/charges/{issued['id']}/cancel", json={"reason": "Erro"}, headers=key())


def _give_back(kamino: KaminoSimulator, api: httpx.Client) -> None:
    issued = api.post("/v1/charges", json=charge(), headers=key()).json()
    kamino.pay_charge(issued["id"])
    address, one = f"/v1/charges/{issued['id']}/refunds", key()
    body = {"amount": "1.00", "reason": "Acordo"}
    made = api.post(address, json=body, headers=one).json()
    assert api.post(address, json=body, headers=one).json() == made
    assert api.get(f"/v1/refunds/{made['id']}").json()["status"] == "completed"
    by_med = kamino.refund_charge(issued["id"], amount=100)
    listed = api.get("/v1/refunds", params={"charge_id": issued["id"]}).json()["refunds"]
    assert [refund["id"] for refund in listed] == [by_med["id"], made["id"]]
    too_much = api.post(address, json={"amount": "999999.00"}, headers=key())
    assert too_much.json()["code"] == "refund_too_large"
    assert api.get(f"/v1/charges/{issued['id']}").json()["refunded_amount"] == "2.00"


def _be_told(api: httpx.Client) -> None:
    body = {"url": HOOK, "events": ["payment.*"]}
    made = api.post("/v1/webhook-endpoints", json=body, headers=key()).json()
    changed = api.post("/v1/webhook-endpoints", json=body, headers=key())
    assert (changed.status_code, changed.json()["id"]) == (200, made["id"])
    assert "secret" not in api.get("/v1/webhook-endpoints").json()["endpoints"][0]
    api.delete(f"/v1/webhook-endpoints/{made['id']}")


def _leave(kamino: KaminoSimulator, contract: Contract, api: httpx.Client) -> None:
    given = kamino.credentials()
    pair = given["client_id"], given["client_secret"]
    with contract.client(auth=pair) as client:
        fields = {"grant_type": "client_credentials"}
        token = client.post("/oauth/token", data=fields).json()["access_token"]
        client.post("/oauth/revoke", data={"token": token})
    api.delete(f"/v1/credentials/{given['client_id']}")
