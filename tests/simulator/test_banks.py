"""Several banks in one process: addresses, TLS, and faults that know the bank."""

import re
import ssl
from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import import_module
from itertools import pairwise

import httpx
import pytest

from simulator.banks import banks
from simulator.core.bank import SimulatedBank
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.kamino_contract import Contract
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, register, transfer

INITIATE = "/transfers/initiate"
HOOK = "http://127.0.0.1:9/hook"
BALANCE = "/third-party/account/balance"


def test_each_bank_has_an_address_and_one_over_tls(cora: CoraSimulator) -> None:
    addresses = cora.addresses

    assert set(addresses) == {
        *("cora", "bs2", "kamino", "cora_direta", "cora_files"),
        *("cora_tls", "bs2_tls", "kamino_tls", "ca_file"),
    }
    assert addresses["cora"] == cora.base_url
    for name, address in addresses.items():
        if name != "ca_file":
            is_tls = name.endswith(("_tls", "_direta"))
            assert address.startswith("https://" if is_tls else "http://"), name


@pytest.mark.parametrize("bank", ["cora_tls", "bs2_tls", "kamino_tls", "cora_direta"])
def test_certificates_are_signed_by_the_simulators_authority_and_by_no_other(
    cora: CoraSimulator, bank: str
) -> None:
    address = f"{cora.addresses[bank]}/third-party/account"
    trusting = ssl.create_default_context(cafile=cora.addresses["ca_file"])

    assert httpx.get(address, verify=trusting, trust_env=False).status_code in {401, 404}
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, **LOOPBACK)


def test_the_host_of_certificates_answers_401_to_who_shows_none(cora: CoraSimulator) -> None:
    trusting = ssl.create_default_context(cafile=cora.addresses["ca_file"])

    answer = httpx.post(
        f"{cora.addresses['cora_direta']}/token",
        data={"grant_type": "client_credentials", "client_id": "int-x"},
        verify=trusting,
        trust_env=False,
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_the_same_account_is_behind_both_of_coras_addresses(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    trusting = ssl.create_default_context(cafile=cora.addresses["ca_file"])

    over_tls = httpx.get(
        f"{cora.addresses['cora_tls']}{BALANCE}",
        headers=api.headers,
        verify=trusting,
        trust_env=False,
    )

    assert over_tls.json() == api.get(BALANCE).json()


def test_a_fault_of_one_bank_leaves_the_others_alone(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.fault("status", "*", bank="bs2", status=500, times=None)

    assert api.get(BALANCE).status_code == 200
    assert httpx.get(f"{cora.addresses['bs2']}/x", **LOOPBACK).status_code == 500


def test_the_log_tells_the_banks_apart(cora: CoraSimulator, api: httpx.Client) -> None:
    api.get(BALANCE)
    httpx.get(f"{cora.addresses['bs2']}/x", **LOOPBACK)

    assert [r["path"] for r in cora.requests(bank="bs2")] == ["/x"]
    assert [r["path"] for r in cora.requests(bank="cora")] == [BALANCE]


def test_a_reset_before_the_work_has_no_effect(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("reset", INITIATE)

    with pytest.raises(httpx.ReadError):
        transfer(api)

    assert cora.transfers() == []


def test_a_reset_after_the_work_leaves_it_done(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("reset_answer", INITIATE)

    with pytest.raises(httpx.ReadError):
        transfer(api, key=new_key())

    assert len(cora.transfers()) == 1


def test_the_tokens_in_force_can_be_ended(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("expire_tokens", BALANCE)

    assert api.get(BALANCE).status_code == 401
    assert cora.grants()[0]["ended_at"] is None


@pytest.mark.parametrize("seconds", [None, 7])
def test_a_429_says_how_long_to_wait_only_when_it_is_told_to(
    cora: CoraSimulator, api: httpx.Client, seconds: int | None
) -> None:
    cora.fault("status", BALANCE, status=429, retry_after=seconds)

    answer = api.get(BALANCE)

    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == (None if seconds is None else "7")


def test_an_error_on_demand_is_written_as_its_bank_writes_errors(
    cora: CoraSimulator, bs2: Bs2Simulator, contract: Contract
) -> None:
    cora.fault("status", bank="*", status=429, times=3)

    told = {
        bank: httpx.get(f"{cora.addresses[bank]}/v1/payments", **LOOPBACK)
        for bank in ("cora", "bs2", "kamino")
    }

    assert told["cora"].json()["code"] == "server_error"
    assert set(told["bs2"].json()[0]) == {"tag", "descricao"}
    problem = told["kamino"]
    assert problem.headers["content-type"] == "application/problem+json"
    assert contract.errors("/components/schemas/Problem", problem.json()) == []
    assert (problem.json()["status"], problem.json()["code"]) == (429, "rate_limited")


@pytest.mark.parametrize("bank", banks(), ids=lambda bank: bank.slug)
def test_every_path_of_a_bank_is_offered_for_faults(bank: type[SimulatedBank]) -> None:
    api = import_module(f"simulator.{bank.slug}.api").build_api(None)
    paths = {re.sub(r"\{[^}]+\}", "x", route.path) for route in api.routes}

    offered: Sequence[str] = vars(bank)["endpoints"]
    missing = {path for path in paths if not any(fnmatchcase(path, way) for way in offered)}

    assert {path for path in missing if not path.startswith("/openapi")} == set()


def test_a_webhook_can_be_late(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, HOOK, "transfer", "*")
    cora.settings(webhook_delay_seconds=3600)
    transfer(api)
    cora.approve_all()

    (waiting,) = cora.webhooks()
    assert (waiting["state"], waiting["attempts"]) == ("pending", 0)


def test_a_webhook_can_never_come(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, HOOK, "transfer", "*")
    cora.settings(webhook_drop=True)
    transfer(api)
    cora.approve_all()

    assert [one["state"] for one in cora.deliver_webhooks()] == ["dropped"]


def test_webhooks_can_come_in_the_wrong_order(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, HOOK, "transfer", "*")
    cora.settings(webhook_newest_first=True, webhook_delay_seconds=3600)
    for _ in range(3):
        transfer(api)
    cora.approve_all()
    before = [one["seq"] for one in cora.webhooks()]

    cora.deliver_webhooks()

    tried = sorted(cora.webhooks(), key=lambda one: one["next_at"] or "")
    order = [one["seq"] for one in tried]
    assert sorted(order) == before
    assert all(first > second for first, second in pairwise(order))
