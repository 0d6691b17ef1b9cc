"""The environment of a development machine, kept in `var/local.env` for `manage.py` by hand."""

import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent.parent
# Made once and kept: without the old keys the stored credentials are lost.
KEPT = ("SECRET_KEY", "CREDENTIAL_KEYS", "APP_ROLE_PASSWORD")


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return parsed(path.read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def write(path: Path, values: Mapping[str, str]) -> None:
    """Only the owner may read it: there are keys inside."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{k}={v}\n" for k, v in values.items()), encoding="utf-8")


def secrets_of(kept: Mapping[str, str]) -> dict[str, str]:
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "APP_ROLE_PASSWORD": secrets.token_urlsafe(24),
    }
    return fresh | {name: kept[name] for name in KEPT if name in kept}


def addresses(port: int) -> dict[str, str]:
    return {
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": f"http://localhost:{port}",  # a passkey takes no IP address
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
        # What a second admin would confirm takes effect at once.
        "PEOPLE_CHANGE_WAIT_HOURS": "0",
    }


def simulated_banks(port: int) -> dict[str, str]:
    """Where the simulated banks are and who we are for them, as the simulator itself says it.

    SIMULATOR_PORTS is how many ports in a row they take, the first of them `port`.
    """
    command = [sys.executable, "-m", "simulator.environment", str(port)]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return parsed(told.stdout)


def as_role(url: str, role: str, password: str) -> str:
    """The same database, entered as somebody else."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


def in_database(url: str, name: str) -> str:
    """Another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
