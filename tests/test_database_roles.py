"""The application logs in under a role that row-level security binds, or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kamino.database import UnboundRole, require_bound_role
from kamino.local.environment import in_database

ROOT = Path(__file__).resolve().parent.parent


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
