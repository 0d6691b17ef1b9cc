"""Run a command under settings like production's, with values made up here; no server is asked.

python scripts/with_production_settings.py manage.py check --deploy
"""

import os
import sys

from cryptography.fernet import Fernet

# The variables of docker-compose.yml.
PRODUCTION = {
    "ALLOWED_HOSTS": "app.example.com",
    "BS2_BASE_URL": "https://api.bs2.com",
    "BS2_CLIENT_ID": "example",
    "BS2_CLIENT_SECRET": "example",
    "BS2_USER_AGENT": "example",
    "CORA_BASE_URL": "https://api.cora.com.br",
    "CORA_CLIENT_ID": "app-example",
    "CORA_CLIENT_SECRET": "example",
    "CORA_DIRECT_BASE_URL": "https://matls-clients.api.cora.com.br",
    "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://kamino_app@db/kamino",
    "DEBUG": "false",
    "ENV_FILE": os.devnull,
    "KAMINO_BASE_URL": "https://banco.example.com",
    "KAMINO_CLIENT_ID": "example",
    "KAMINO_CLIENT_SECRET": "example",
    "PUBLIC_URL": "https://app.example.com",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": os.urandom(40).hex(),
}

if __name__ == "__main__":
    os.environ |= PRODUCTION
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 (our own commands)
