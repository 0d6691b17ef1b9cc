"""Whatever is asked of the Conta Kamino, it answers as its API file says: nothing breaks it."""

import json
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.banking.banks.mangle import JUNK, mangled
from tests.kamino_simulator import KaminoSimulator
from tests.simulator.kamino_calls import ACCOUNT, boleto, charge, key, pix, refusal, ted

ANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CODE = "00020126360014br.gov.bcb.pix0114+5511987654321520400005303986540410.005802BR5901A6001B6304"
BODIES: dict[str, list[Any]] = {
    "/v1/payments": [
        ted(),
        boleto("34191099800000000000200000000009811650000015075", amount="1.00"),
        pix(key={"type": "cpf", "value": "52998224725"}, payee_document="52998224725"),
        pix(account=ACCOUNT),
        pix(br_code=CODE),
        ted(scheduled_for="2026-12-01"),
    ],
    "/v1/charges": [
        charge(
            fine={"percent": "2.00"},
            discount={"amount": "1.00"},
            interest_percent="1.00",
            message="Obrigado",
        )
    ],
    "/v1/webhook-endpoints": [{"url": "http://127.0.0.1:9/x", "events": ["payment.*"]}],
}
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
VALUES = WORDS | st.sampled_from(["0", "-1", "1e9", "2026-02-30", "9999-12-31", "open", "[]", "%"])
READS = {
    "/v1/payments": ["idempotency_key", "code", "status", "type", "since", "until"],
    "/v1/charges": ["code", "status", "due_since", "paid_until"],
    "/v1/refunds": ["idempotency_key", "charge_id", "since", "until"],
    "/v1/accounts/{}/entries": ["since", "until"],
}


@given(path=st.sampled_from(sorted(BODIES)), data=st.data())
@ANY
def test_any_body_is_answered_as_the_file_says(
    kamino_api: httpx.Client, path: str, data: st.DataObject
) -> None:
    body = data.draw(mangled(BODIES[path]) | JUNK)
    content = json.dumps(body).encode()

    response = kamino_api.post(path, content=content, headers=key())

    assert response.status_code in (200, 201, 400, 422)


@given(path=st.sampled_from(sorted(READS)), data=st.data())
@ANY
def test_any_question_is_answered_as_the_file_says(
    kamino: KaminoSimulator, kamino_api: httpx.Client, path: str, data: st.DataObject
) -> None:
    names = st.sampled_from([*READS[path], "limit", "cursor"])
    query = data.draw(st.dictionaries(names, VALUES, max_size=3))

    address = path.format(kamino.account()["account_id"])
    response = kamino_api.get(address, params=query)

    assert response.status_code in (200, 400)


@given(word=WORDS.filter(lambda text: text.strip("/. ") and "/" not in text))
@example(word="52998224725")
@ANY
def test_anything_in_an_address_is_found_or_not(kamino_api: httpx.Client, word: str) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in word.encode())
    for path in ("payments/{}", "charges/{}", "titles/{}", "pix/keys/{}", "accounts/{}/balance"):
        response = kamino_api.get(f"/v1/{path.format(quoted)}")
        assert response.status_code in (200, 404, 422)


@given(value=WORDS.filter(lambda text: text.isascii() and text.isprintable()).map(str.strip))
@ANY
def test_any_key_is_a_uuid_or_refused(kamino_api: httpx.Client, value: str) -> None:
    response = kamino_api.post("/v1/payments", json=ted(), headers={"Idempotency-Key": value})

    assert refusal(response) == (400, "invalid_request")


def test_a_key_means_the_same_in_capitals(kamino_api: httpx.Client) -> None:
    one = str(uuid4())

    first, second = (
        kamino_api.post("/v1/payments", json=ted(), headers={"Idempotency-Key": text})
        for text in (one, one.upper())
    )

    assert first.json() == second.json()
