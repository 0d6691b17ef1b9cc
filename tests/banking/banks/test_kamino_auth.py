"""Opening a Conta Kamino once, and its tokens."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from banking.banks.contract.auth import ConsentProvider, Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.kamino import ContaKamino
from core.errors import InvalidInput
from tests.banking.banks.kamino_tokens import accepted
from tests.cora_simulator import OFICINA, PADARIA
from tests.kamino_simulator import TRANSPORTES, KaminoSimulator


@pytest.fixture
def provider(kamino: KaminoSimulator) -> Iterator[ConsentProvider]:
    with ContaKamino().consent() as provider:
        yield provider


def accounts(kamino: KaminoSimulator) -> list[str]:
    return [account["cnpj"] for account in kamino.accounts()]


def own_clients(kamino: KaminoSimulator) -> list[str]:
    return [c["client_id"] for c in kamino.clients() if c["account_id"] and not c["ended_at"]]


# --- What was accepted ------------------------------------------------------------------


def test_an_accepted_opening_holds_no_token_and_has_its_own_key() -> None:
    one, other = accepted(), accepted()

    assert (one.access_token, one.mode) == ("", "abertura")
    assert one.expires_at <= datetime.now(UTC)
    assert one.secrets["opening_key"] != other.secrets["opening_key"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document": "11444777000162"}, "document"),
        ({"document": "52998224725"}, "document"),
        ({"legal_name": "", "name": " "}, "legal_name"),
        ({"accepted_by": ""}, "accepted"),
        ({"terms_version": ""}, "accepted"),
    ],
)
def test_an_opening_without_company_or_acceptance_is_refused(
    changes: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        accepted(**changes)

    assert refused.value.field == field


# --- Opening ----------------------------------------------------------------------------


def test_the_first_token_opens_the_account(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())

    assert accounts(kamino) == [TRANSPORTES, OFICINA]
    assert grant.secrets["account_id"] == kamino.account()["account_id"]
    assert grant.access_token
    assert grant.expires_at > datetime.now(UTC) + timedelta(minutes=59)
    assert "accepted_by" not in grant.secrets


def test_an_opening_whose_answer_was_lost_is_the_same_one_when_repeated(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    draft = accepted()
    kamino.fault("lose_answer", "/v1/accounts")
    with pytest.raises(BankOutcomeUnknown):
        provider.refresh(draft)

    grant = provider.refresh(draft)

    assert accounts(kamino) == [TRANSPORTES, OFICINA]
    assert own_clients(kamino) == [grant.secrets["client_id"]]


def test_an_opening_whose_token_failed_is_the_same_one_when_repeated(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    draft = accepted()
    kamino.fault("status", "/v1/accounts", status=503)
    with pytest.raises(BankOutcomeUnknown):
        provider.refresh(draft)
    assert accounts(kamino) == [TRANSPORTES]

    provider.refresh(draft)

    assert len(own_clients(kamino)) == 1


def test_an_opening_cut_short_in_the_answer_may_have_been_done(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    kamino.fault("replace_answer", "/v1/accounts", status=201, body="truncated")

    with pytest.raises(BankOutcomeUnknown):
        provider.refresh(accepted())


def test_an_account_opened_before_is_reached_again(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    first = provider.refresh(accepted())

    again = provider.refresh(accepted())

    assert again.secrets["account_id"] == first.secrets["account_id"]
    assert again.secrets["client_id"] != first.secrets["client_id"]


def test_terms_that_changed_are_told_with_the_bank_s_reason(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    kamino.settings(terms_suffix="8. Outra cláusula.\n")

    with pytest.raises(BankAccessDenied, match="aceite de novo") as refused:
        provider.refresh(accepted())

    assert refused.value.code == "terms_outdated"
    assert accounts(kamino) == [TRANSPORTES]


def test_an_account_of_another_partner_is_refused_with_the_reason(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    kamino.create_company(PADARIA, "PADARIA AURORA LTDA", partner="somebody-else")

    with pytest.raises(BankAccessDenied, match="outro parceiro"):
        provider.refresh(accepted(PADARIA))


def test_a_partner_that_the_bank_does_not_know_opens_nothing(
    kamino: KaminoSimulator, settings: Settings
) -> None:
    settings.KAMINO_CLIENT_SECRET = "not this one"

    with (
        ContaKamino().consent() as provider,
        pytest.raises(BankAccessDenied, match="suporte") as refused,
    ):
        provider.refresh(accepted())

    assert not isinstance(refused.value, ConsentLost)
    assert accounts(kamino) == [TRANSPORTES]


# --- Tokens -----------------------------------------------------------------------------


def test_a_renewal_is_one_request_and_keeps_the_account(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())
    kamino.process.clear_requests()

    renewed = provider.refresh(grant)

    assert [r["path"] for r in kamino.requests()] == ["/oauth/token"]
    assert renewed.access_token != grant.access_token
    assert renewed.secrets == grant.secrets


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lose_answer"},
        {"kind": "status", "status": 502, "body": "html"},
        {"kind": "replace_answer", "status": 200, "body": "truncated"},
        {"kind": "missing_field", "field": "access_token"},
    ],
)
def test_a_renewal_that_failed_may_be_repeated(
    kamino: KaminoSimulator, provider: ConsentProvider, fault: dict[str, Any]
) -> None:
    grant = provider.refresh(accepted())
    kamino.fault(path="/oauth/token", **fault)
    with pytest.raises(BankUnavailable):
        provider.refresh(grant)

    assert provider.refresh(grant).access_token


def test_a_client_that_the_company_ended_is_a_lost_consent(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())
    kamino.end_client(grant.secrets["client_id"])

    with pytest.raises(ConsentLost):
        provider.refresh(grant)


def test_whose_requests_count_together_is_the_account_s_own_client(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    draft = accepted()
    grant = provider.refresh(draft)

    assert provider.client_id(draft) == "partner_kamino_demo"
    assert provider.client_id(grant) == grant.secrets["client_id"]


# --- Undoing ----------------------------------------------------------------------------


def test_what_is_revoked_is_over_at_the_bank_and_the_account_stays(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())

    assert provider.revoke(replace(grant, access_token="old")) is True

    assert own_clients(kamino) == []
    assert accounts(kamino) == [TRANSPORTES, OFICINA]
    with pytest.raises(ConsentLost):
        provider.refresh(grant)


def test_revoking_twice_is_revoking_once(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())
    provider.revoke(grant)

    assert provider.revoke(grant) is True


def test_an_opening_that_never_was_has_nothing_to_revoke(provider: ConsentProvider) -> None:
    assert provider.revoke(accepted()) is True


def test_a_bank_that_does_not_answer_has_revoked_nothing_yet(
    kamino: KaminoSimulator, provider: ConsentProvider
) -> None:
    grant = provider.refresh(accepted())
    kamino.fault("drop", "/oauth/token")

    with pytest.raises(BankUnavailable):
        provider.revoke(grant)


def test_no_secret_is_in_the_written_form_of_a_grant(provider: ConsentProvider) -> None:
    grant: Grant = provider.refresh(accepted())

    assert grant.secrets["client_secret"] not in repr(grant)
