"""Forty workers, threads of several processes, that want the token of one expired connection."""

import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import time

import pytest
from time_machine import Traveller, escape_hatch

from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.gateway.credentials import unseal
from banking.gateway.tokens import StoredTokens
from banking.models import Connection
from tenants.models import Tenant, User
from tests.banking.made import make_bs2_connection, reread
from tests.bs2_simulator import Bs2Simulator

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS = 4, 10
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(bs2: Bs2Simulator, tenant: Tenant, admin: User, monday: Traveller) -> Connection:
    """At BS2, by portal keys; its access token has expired."""
    connection = make_bs2_connection(tenant, admin, bs2)
    StoredTokens(tenant.id, connection.id, "bs2").access_token()
    monday.shift(timedelta(minutes=10))
    bs2.advance(600)
    bs2.clear_requests()
    return connection


def tokens_of_all(connection: Connection, bs2: Bs2Simulator) -> list[str]:
    """What each of the forty got, asked at the same moment."""
    # The test is under a moved clock; the processes then live at the same moment.
    moved_by = time() - escape_hatch.time.time()
    command = [sys.executable, "-m", "tests.payments.law_one.moved_clock", str(moved_by)]
    command += ["tests.banking.token_workers"]
    command += [str(connection.tenant_id), str(connection.id), "bs2", str(THREADS)]
    environment = os.environ | {"BS2_BASE_URL": bs2.base_url}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, env=environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )
            )
            for _ in range(PROCESSES)
        ]  # fmt: skip
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [line for process in processes for line in process.communicate()[0].split()]


def test_forty_workers_make_one_token_request(bs2: Bs2Simulator, connection: Connection) -> None:
    tokens = tokens_of_all(connection, bs2)

    stored = unseal(bytes(reread(connection).credentials), connection.id)
    assert tokens == [stored.access_token] * PROCESSES * THREADS
    assert bs2.count_requests("/auth/oauth/v2/token") == 1
    assert reread(connection).refresh_leased_until is None


def test_the_token_that_all_of_them_got_works(bs2: Bs2Simulator, connection: Connection) -> None:
    tokens_of_all(connection, bs2)
    bs2.clear_requests()

    with connect(connection, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()

    assert bs2.count_requests("/auth/oauth/v2/token") == 0
