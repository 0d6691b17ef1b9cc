"""PostgreSQL and Redis for one run of the tests or of the benchmarks, gone when it ends."""

import atexit
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql

from kamino.database import grant_access, limit_statements, prepare_database, prepare_roles
from kamino.local.environment import as_role, in_database, simulated_banks
from kamino.local.services import Postgres, Redis

VAR = Path(__file__).resolve().parent.parent.parent / "var"
READY = "KAMINO_THROWAWAY_SERVICES"
OWNER, APP = "kamino_test_owner", "kamino_test_app"
SETTINGS = {
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "DEBUG": "false",
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "ENV_FILE": os.devnull,
    "LOG_LEVEL": "WARNING",
    "PUBLIC_URL": "http://testserver",
    "STATIC_HASHED": "false",  # nothing is collected
    "STATIC_ROOT": str(VAR / "static-of-tests"),
}
# No server listens at these ports: the addresses of a simulator that was started replace them.
NOWHERE = 9
# What a run that is thrown away need not survive: a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def start(postgres_settings: Sequence[str] = FAST) -> Mapping[str, str]:
    """Start both, unless a parent process did, and put their addresses into the environment.

    DATABASE_URL and REDIS_URL, when set, name servers to be used instead of our own.
    """
    if READY in os.environ:
        return os.environ
    admin_url = os.environ.get("DATABASE_URL") or start_postgres(postgres_settings)
    redis_url = os.environ.get("REDIS_URL") or start_redis()
    Path(SETTINGS["STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)
    password = secrets.token_hex(16)
    prepare_roles(admin_url, [OWNER, APP], password=password)
    os.environ |= (
        SETTINGS
        | simulated_banks(NOWHERE)
        | {
            READY: "yes",
            "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
            "DATABASE_ADMIN_URL": admin_url,
            "DATABASE_OWNER_URL": as_role(admin_url, OWNER, password),
            "DATABASE_URL": as_role(admin_url, APP, password),
            "REDIS_URL": redis_url,
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
    )
    limit_statements(os.environ["DATABASE_URL"])
    return os.environ


def start_postgres(settings: Sequence[str]) -> str:
    remove_leftovers()
    postgres = Postgres(VAR / f"test-{os.getpid()}")
    atexit.register(postgres.remove)
    postgres.start(settings)
    return postgres.url("postgres", "postgres")


def start_redis() -> str:
    redis = Redis()
    atexit.register(redis.stop)
    redis.start()
    return redis.url


def make_database(name: str) -> None:
    """An empty database, to which the environment's addresses lead from now on."""
    admin_url = os.environ["DATABASE_ADMIN_URL"]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))
    prepare_database(admin_url, name, owner=OWNER)
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = in_database(os.environ[variable], name)
    grant_access(os.environ["DATABASE_OWNER_URL"], app=APP)


def remove_leftovers() -> None:
    """Of runs that were killed."""
    for folder in VAR.glob("test-*"):
        pid = int(folder.name.removeprefix("test-"))
        if not Path(f"/proc/{pid}").exists():
            leftover = Postgres(folder)
            leftover.start(FAST)
            leftover.remove()
