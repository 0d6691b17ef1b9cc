"""Forty workers, threads of several processes, that want the token of one expired connection."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from banking.credentials import unseal
from tests.banking.banks.conftest import Answer, TinyBank
from tests.banking.made import make_connection, make_grant, reread

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS = 4, 10
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token_bank(settings) -> Iterator[TinyBank]:
    """BS2's token address."""
    bank = TinyBank()
    settings.BS2_BASE_URL = bank.base_url
    body = b'{"access_token":"a-1","refresh_token":"r-1","expires_in":300,"scope":"saldo"}'
    bank.will_answer(Answer(200, body, {"Content-Type": "application/json"}))
    yield bank
    bank.stop()


@pytest.fixture
def connection(tenant, admin):
    """At BS2, by portal keys; its access token has expired."""
    keys = {"api_key": "chave", "api_secret": "segredo"}
    expired = make_grant(
        mode="chaves", secrets=keys, expires_at=timezone.now() - timedelta(minutes=1)
    )
    return make_connection(tenant, admin, provider="bs2", mode="chaves", grant=expired)


def tokens_of_all(connection, **environment: str) -> list[str]:
    """What each of the forty got, asked at the same moment."""
    command = [sys.executable, "-m", "tests.banking.token_workers"]
    command += [str(connection.tenant_id), str(connection.id), "bs2", str(THREADS)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, env=os.environ | environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )
            )
            for _ in range(PROCESSES)
        ]  # fmt: skip
        for process in processes:
            assert process.stdout.readline().strip() == "ready"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [line for process in processes for line in process.communicate()[0].split()]


def test_forty_workers_make_one_token_request(token_bank, connection):
    tokens = tokens_of_all(connection, BS2_BASE_URL=token_bank.base_url)

    assert tokens == ["a-1"] * PROCESSES * THREADS
    assert len(token_bank.received) == 1
    stored = unseal(reread(connection).credentials, connection.id)
    assert (stored.access_token, stored.refresh_token) == ("a-1", "r-1")
