"""The environment of a development machine, kept in `var/local.env` for `manage.py` by hand."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cryptography.fernet import Fernet

# The partner that the simulated banks know.
SIMULATED_PARTNER = {
    "CORA_CLIENT_ID": "app-kamino-demo",
    "CORA_CLIENT_SECRET": "5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10",
    "BS2_CLIENT_ID": "l7kaminodemo5c0e9a43",
    "BS2_CLIENT_SECRET": "9b1f6c3a7d204e58",
    "BS2_USER_AGENT": "Kamino",
    "KAMINO_CLIENT_ID": "partner_kamino_demo",
    "KAMINO_CLIENT_SECRET": "kps_demo_4e1c7f0b9a2d4c66",
}
# Made once and kept: without the old keys the stored credentials are lost.
KEPT = ("SECRET_KEY", "CREDENTIAL_KEYS", "APP_ROLE_PASSWORD")


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


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


def addresses(port: int, simulator_port: int) -> dict[str, str]:
    simulator = f"http://127.0.0.1:{simulator_port}"
    return {
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CORA_BASE_URL": simulator,
        "BS2_BASE_URL": f"http://127.0.0.1:{simulator_port + 1}",
        "KAMINO_BASE_URL": f"http://127.0.0.1:{simulator_port + 2}",
        "CORA_DIRECT_BASE_URL": f"https://127.0.0.1:{simulator_port + 3}",
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
        **SIMULATED_PARTNER,
    }


def as_role(url: str, role: str, password: str) -> str:
    """The same database, entered as somebody else."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


def in_database(url: str, name: str) -> str:
    """Another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
