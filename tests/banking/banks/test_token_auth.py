"""A refused token is renewed and the request goes once more: what is sent, and what is noted."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankUnavailable,
)
from banking.banks.cora.info import INFO
from banking.banks.http.auth import TokenAuth
from banking.banks.http.call import Call
from banking.banks.http.client import BankClient, exchange, open_client
from banking.banks.http.errors import TokenRefused
from tests.banking.banks.conftest import LOST, Answer, TinyBank

REFUSED = Answer(status=401, body=b"{}")


class Tokens:
    """Gives `token-0`, `token-1` and so on; `failure` is what a renewal ends in."""

    def __init__(self) -> None:
        self.number = 0
        self.failure: BankError | None = None

    def access_token(self) -> str:
        return f"token-{self.number}"

    def renew(self, rejected: str) -> str:
        assert rejected == self.access_token()
        if self.failure is not None:
            raise self.failure
        self.number += 1
        return self.access_token()

    def secrets(self) -> Mapping[str, str]:
        return {}


class Auth(TokenAuth):
    who = "O banco Cora"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def client(tiny_bank: TinyBank) -> Iterator[BankClient]:
    with open_client(tiny_bank.base_url) as client:
        yield client


def pay(client: BankClient, tokens: Tokens, calls: list[Call]) -> Any:
    client.watcher = calls.append
    request = client.build_request("POST", "/pay", json={"code": "cp-1"})
    return exchange(client, request, bank=INFO, operation="pay", has_effect=True, auth=Auth(tokens))


def noted(calls: list[Call]) -> list[tuple[str, bool]]:
    return [(call.result, call.is_failure_of_bank) for call in calls]


def test_the_same_payment_goes_again_with_the_new_token(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tiny_bank.will_answer(REFUSED, Answer(body=b'{"id": 1}'))
    calls: list[Call] = []

    assert pay(client, tokens, calls) == {"id": 1}

    first, second = tiny_bank.received
    assert first.headers["authorization"] == "Bearer token-0"
    assert second.headers["authorization"] == "Bearer token-1"
    assert first.body == second.body == b'{"code":"cp-1"}'
    assert noted(calls) == [("401", False), ("200", False)]


def test_a_second_refusal_is_the_last(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tiny_bank.will_answer(REFUSED)
    calls: list[Call] = []

    with pytest.raises(TokenRefused):
        pay(client, tokens, calls)

    assert (len(tiny_bank.received), tokens.number) == (2, 1)
    assert noted(calls) == [("401", False), ("401", False)]


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(status=403), LOST], ids=str)
def test_nothing_but_a_refused_token_is_repeated(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens, answer: Answer
) -> None:
    tiny_bank.will_answer(answer)

    with pytest.raises((BankOutcomeUnknown, BankAccessDenied)):
        pay(client, tokens, [])

    assert (len(tiny_bank.received), tokens.number) == (1, 0)


def test_a_repeat_whose_answer_is_lost_may_have_been_done(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tiny_bank.will_answer(REFUSED, LOST)
    calls: list[Call] = []

    with pytest.raises(BankOutcomeUnknown):
        pay(client, tokens, calls)

    assert noted(calls) == [("401", False), ("RemoteProtocolError", True)]


def test_a_renewal_in_doubt_leaves_no_doubt_about_the_payment(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tiny_bank.will_answer(REFUSED)
    tokens.failure = BankOutcomeUnknown("perhaps renewed")
    calls: list[Call] = []

    with pytest.raises(BankUnavailable):
        pay(client, tokens, calls)

    assert len(tiny_bank.received) == 1
    assert noted(calls) == [("401", False)]


def test_a_refused_answer_is_read_within_its_bounds(
    client: BankClient, tiny_bank: TinyBank, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banking.banks.http.client.MAX_BYTES", 1000)
    tiny_bank.will_answer(Answer(status=401, body=b"x" * 2000), Answer())

    with pytest.raises(BankOutcomeUnknown):
        pay(client, tokens, [])

    assert tokens.number == 0
