"""How many token requests a bank takes in a minute for one client id, whoever makes them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from banking.banks import registry
from banking.banks.contract.errors import BankUnavailable
from banking.gateway import rate_limit
from banking.gateway.tokens import StoredTokens
from banking.models import BankHealth, TokenBudget
from tests.banking.banks.conftest import Answer, TinyBank
from tests.banking.made import make_connection, make_grant

BS2 = registry.info("bs2")  # ten a minute
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]


def spend(times=1, *, client_id="chave", by_person=False, bank=BS2):
    for _ in range(times):
        rate_limit.spend(bank, client_id, by_person=by_person)


def spend_if_free(_):
    try:
        spend()
    except BankUnavailable:
        return False
    finally:
        database.close()
    return True


def test_the_clock_makes_eight_requests_a_minute_and_leaves_two_for_a_person():
    spend(8)
    with pytest.raises(BankUnavailable):
        spend()

    spend(2, by_person=True)

    with pytest.raises(BankUnavailable):
        spend(by_person=True)


def test_many_at_once_get_what_is_there_and_no_more():
    with ThreadPoolExecutor(16) as pool:
        taken = sum(pool.map(spend_if_free, range(48)))

    assert taken == 8


def test_one_is_free_again_a_minute_after_it_was_spent(monday):
    spend()
    monday.shift(30)
    spend(7)
    with pytest.raises(BankUnavailable) as told:
        spend()
    assert told.value.retry_after == pytest.approx(33, abs=2)
    monday.shift(told.value.retry_after)

    spend()

    with pytest.raises(BankUnavailable):
        spend()


def test_another_client_id_has_its_own():
    spend(8)

    spend(8, client_id="outra")


def test_a_bank_that_states_no_limit_is_not_counted():
    spend(50, bank=replace(BS2, token_requests_per_minute=None))

    assert not TokenBudget.objects.exists()


def test_the_client_id_is_not_readable_in_the_row():
    spend(client_id="l7ab12")

    assert b"l7ab12" not in bytes(TokenBudget.objects.get().key)


def test_no_more_is_asked_of_the_bank_than_it_takes(tenant, admin, settings):
    bank = TinyBank()
    settings.BS2_BASE_URL = bank.base_url
    bank.will_answer(Answer(200, b'{"access_token":"a","refresh_token":"r","expires_in":300}'))
    keys = {"api_key": "chave", "api_secret": "segredo"}
    told = []
    for _ in range(9):
        expired = make_grant(mode="chaves", secrets=keys, expires_at=timezone.now())
        row = make_connection(tenant, admin, provider="bs2", mode="chaves", grant=expired)
        try:
            StoredTokens(tenant.id, row.id, "bs2").access_token()
        except BankUnavailable as error:
            told.append(error.retry_after)
    bank.stop()

    assert len(bank.received) == 8
    assert len(told) == 1
    assert told[0] > 30
    assert not BankHealth.objects.exists()  # that we hold back is no failure of the bank


def test_old_requests_are_forgotten(monday):
    spend(8)
    monday.shift(timedelta(minutes=5))

    spend()

    assert len(TokenBudget.objects.get().spent) == 1
