"""What BS2 calls us with."""

import json
from typing import Any

import pytest
from hypothesis import given

from banking.banks.bs2 import Bs2, webhooks
from banking.banks.contract.errors import InvalidEvent
from banking.banks.contract.payments import OrderState
from banking.banks.contract.webhooks import BankEventNotice
from tests.banking.banks import bs2_answers as answers
from tests.banking.banks.mangle import mangled

SECRET = b"\x01" * 32
OURS = {"Authorization": f"Bearer {SECRET.hex()}"}
URL = "https://erp.example.com/webhooks/bs2/1/s3cret/"


def notice(body: str, headers: dict[str, str] | None = None) -> BankEventNotice:
    return Bs2().parse_event(headers or {}, body.encode(), secret=SECRET)


def test_a_boleto_is_named_by_its_number_and_claims_nothing() -> None:
    assert notice(answers.BOLETO_NOTICE) == BankEventNotice(
        "0a8c7b2e-1d5f-4a68-9d0b-2f6f2f0b8c31", "boleto.4", "80999000111", None
    )


def test_the_number_of_a_boleto_may_be_text() -> None:
    body = answers.BOLETO_NOTICE.replace("80999000111", '"80999000111"')

    assert notice(body).reference == "80999000111"


def test_a_movement_is_named_by_its_account() -> None:
    expected = BankEventNotice(
        "f2d7f0c2-5b7e-4b8b-8f59-6d2a7a3f1c22", "movimento.C", "1234567", None
    )

    assert notice(answers.MOVEMENT_NOTICE) == expected
    unwrapped = json.loads(answers.MOVEMENT_NOTICE)
    unwrapped["movimento"] = unwrapped["movimento"][0]
    assert notice(json.dumps(unwrapped)) == expected


def test_a_pix_comes_with_our_bearer() -> None:
    assert notice(answers.PIX_NOTICE, OURS) == BankEventNotice(
        "9d1f", "pix.pagamento", "E7102786620260302134402003095641", None
    )


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer 00"}, {"Authorization": "é"}])
def test_a_pix_without_our_bearer_is_not_the_banks(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidEvent):
        notice(answers.PIX_NOTICE, headers)


def test_a_bearer_that_is_not_ours_spoils_any_notice() -> None:
    with pytest.raises(InvalidEvent):
        notice(answers.MOVEMENT_NOTICE, {"Authorization": "Bearer 00"})
    assert notice(answers.MOVEMENT_NOTICE, OURS).kind == "movimento.C"


def test_a_notice_that_carries_no_id_has_that_of_its_content() -> None:
    body = '{"solicitacaoId": "6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b"}'

    first, again = notice(body), notice(body)

    assert first.event_id == again.event_id
    assert (first.kind, first.reference) == ("conclusao", "6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b")


def test_an_order_that_ended_is_named_by_its_request() -> None:
    body = '{"ID": "n-1", "id": "6a0f5f0e", "situacao": "Devolvido", "status": 6}'

    assert notice(body) == BankEventNotice("n-1", "conclusao", "6a0f5f0e", OrderState.RETURNED)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b"Invalid token", b"\xff", b"[" * 90_000, b" " * 100_001],
    ids=lambda body: str(body[:10]),
)
def test_anything_else_is_not_a_notice(body: bytes) -> None:
    with pytest.raises(InvalidEvent):
        Bs2().parse_event(OURS, body, secret=SECRET)


@given(
    body=mangled(
        [
            json.loads(example)
            for example in (answers.BOLETO_NOTICE, answers.MOVEMENT_NOTICE, answers.PIX_NOTICE)
        ]
    )
)
def test_a_mangled_notice_is_refused_or_fits_the_inbox(body: Any) -> None:
    try:
        read = Bs2().parse_event(OURS, json.dumps(body).encode(), secret=SECRET)
    except InvalidEvent:
        return
    assert 0 < len(read.event_id) <= 120
    assert len(read.kind) <= 60
    assert 0 < len(read.reference) <= 64
    assert (read.event_id + read.kind + read.reference).isprintable()


def test_a_registration_carries_the_secret() -> None:
    movements = webhooks.account_event_to_wire("webhook-mov-conta", URL, SECRET)
    (pix,) = webhooks.pix_to_wire(URL, SECRET)

    assert movements["url"] == pix["url"] == URL
    assert pix["autorizacao"] == {"tipo": "bearer", "valor": SECRET.hex()}
    assert pix["eventos"] == ["Pagamento", "Recebimento"]
    assert movements["autenticacao"] == pix["autorizacao"]
    assert movements["tipoEvento"] == "webhook-mov-conta"
