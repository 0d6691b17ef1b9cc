"""The verification names the first record that somebody touched, with the guards out of the way."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import verification
from audit.acts import Act
from audit.services import record
from audit.verification import verify
from banking.models import BankAccount
from kamino.local.environment import in_database
from tenants.models import Tenant, User
from tests.audit.reading import audit_of
from tests.payments.make import make_bank_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def chain(account: BankAccount, admin: User) -> BankAccount:
    """Five records."""
    for number in range(5):
        record(Act.SETTINGS_CHANGED, on=account, by=admin, after={"Número": str(number)})
    return account


@pytest.fixture
def intruder(chain: BankAccount) -> Iterator[psycopg.Connection]:
    """Somebody with the whole database in their hands."""
    name = connection.settings_dict["NAME"]
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        yield raw


def test_a_whole_chain_is_told_with_its_last_record(chain: BankAccount, tenant: Tenant) -> None:
    verdict = verify(tenant.id)

    assert verdict == verification.Verdict(5, audit_of(tenant)[-1].hash)


def test_a_company_without_acts_is_whole(tenant: Tenant) -> None:
    assert verify(tenant.id).broken == ""


def test_more_than_one_batch_is_walked(
    chain: BankAccount, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "BATCH", 2)

    assert verify(tenant.id).number == 5


TAMPERED = {
    "the content": (
        """UPDATE audit_record SET after = '{"Número": "9"}' WHERE number = 3""",
        "registro 3 (",
        "o conteúdo não é o que foi escrito",
    ),
    "the person": (
        "UPDATE audit_record SET by_label = 'Outra pessoa' WHERE number = 2",
        "registro 2 (",
        "o conteúdo não é o que foi escrito",
    ),
    "the instant": (
        "UPDATE audit_record SET made_at = made_at - interval '1 day' WHERE number = 4",
        "registro 4 (",
        "o conteúdo não é o que foi escrito",
    ),
    "one deleted": ("DELETE FROM audit_record WHERE number = 2", "registro 2: ", "falta"),
    "the first deleted": ("DELETE FROM audit_record WHERE number = 1", "registro 1: ", "falta"),
    "the tail cut": ("DELETE FROM audit_record WHERE number > 3", "registro 4: ", "vai até o 5"),
    "all deleted": ("DELETE FROM audit_record", "registro 1: ", "vai até o 5"),
    "two swapped": (
        "UPDATE audit_record SET number = number + 100 WHERE number IN (2, 3);"
        " UPDATE audit_record SET number = 105 - number WHERE number > 100",
        "registro 2 (",
        "o conteúdo não é o que foi escrito",
    ),
    "the head set back": (
        "UPDATE audit_chainhead SET number = 4, hash = (SELECT hash FROM audit_record r"
        " WHERE r.tenant_id = audit_chainhead.tenant_id AND r.number = 4)",
        "registro 5: ",
        "não é o último que a cadeia conhece (4)",
    ),
    "the head deleted": ("DELETE FROM audit_chainhead", "registro 5: ", "não é o último"),
}


@pytest.mark.parametrize(("statement", "which", "what"), TAMPERED.values(), ids=TAMPERED)
def test_the_first_record_that_was_touched_is_named(
    intruder: psycopg.Connection, tenant: Tenant, statement: str, which: str, what: str
) -> None:
    intruder.execute(statement)

    broken = verify(tenant.id).broken
    assert which in broken
    assert what in broken


def test_a_record_written_anew_with_a_hash_of_its_own_is_told_by_the_next(
    intruder: psycopg.Connection, tenant: Tenant
) -> None:
    forged = audit_of(tenant)[2]
    forged.by_label = "Outra pessoa"
    intruder.execute(
        "UPDATE audit_record SET by_label = %s, hash = %s WHERE number = 3",
        [forged.by_label, forged.computed_hash()],
    )

    assert verify(tenant.id).broken.startswith("registro 4 (")


def test_the_command_tells_and_fails(
    intruder: psycopg.Connection, tenant: Tenant, capsys: pytest.CaptureFixture
) -> None:
    intruder.execute("DELETE FROM audit_record WHERE number = 2")

    with pytest.raises(CommandError, match="1 com a auditoria violada"):
        call_command("verify_audit")
    assert "Oficina Modelo (11.444.777/0001-61): registro 2: falta" in capsys.readouterr().out


def test_the_command_names_the_last_record_of_a_whole_chain(
    chain: BankAccount, tenant: Tenant, capsys: pytest.CaptureFixture
) -> None:
    call_command("verify_audit", cnpj=tenant.cnpj)

    assert f"íntegra até o registro 5 {audit_of(tenant)[-1].hash}" in capsys.readouterr().out


@pytest.mark.parametrize("cnpj", ["11.444.777/0001-62", "00.000.000/0001-91"])
def test_the_command_refuses_a_cnpj_that_is_nobodys(tenant: Tenant, cnpj: str) -> None:
    with pytest.raises(CommandError):
        call_command("verify_audit", cnpj=cnpj)
