"""Run a command under settings like production's, with values made up here; no server is asked.

python scripts/with_production_settings.py manage.py check --deploy
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent

# The variables of docker-compose.yml, but for those of the banks.
PRODUCTION = {
    "ALLOWED_HOSTS": "app.example.com",
    "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://kamino_app@db/kamino",
    "DEBUG": "false",
    "EMAIL_URL": "smtp+tls://kamino:example@mail.example.com:587",
    "ENV_FILE": os.devnull,
    "PUBLIC_URL": "https://app.example.com",
    "REDIS_URL": "redis://:example@redis:6379/0",
    "SECRET_KEY": os.urandom(40).hex(),
}


def settings_of_banks() -> dict[str, str]:
    """Those that each bank's `info.py` names."""
    sys.path.insert(0, str(ROOT))
    folders = [info.parent.name for info in ROOT.glob("banking/banks/*/info.py")]
    infos = [import_module(f"banking.banks.{name}.info") for name in folders if name != "contract"]
    names = [name for info in infos for name in info.INFO.settings]
    return {name: example(name) for name in names}


def example(name: str) -> str:
    if name.endswith("_CNPJ"):
        return "11444777000161"
    return "https://banco.example.com" if name.endswith("_URL") else "example"


if __name__ == "__main__":
    os.environ |= PRODUCTION | settings_of_banks()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 (our own commands)
