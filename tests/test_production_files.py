"""docker-compose.yml and Dockerfile cannot be started in the tests: what they name is checked."""

import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.utils.module_loading import import_string

from banking.banks import registry

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: s for name, s in COMPOSE["services"].items() if "build" in s}
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
SETTINGS = (ROOT / "kamino" / "settings.py").read_text()
OF_BANKS = {name for bank in registry.banks().values() for name in bank.info.settings}
LOCKED = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.M))


@pytest.mark.parametrize("name", OURS)
def test_every_service_gets_each_variable_that_the_settings_require(name: str) -> None:
    required = set(re.findall(r'env\.(?:str|list|db_url)\("([A-Z_]+)"\)', SETTINGS)) | {
        "DATABASE_URL",
        *OF_BANKS,
    }

    missing = required - set(OURS[name]["environment"])

    assert required >= {"SECRET_KEY", "CREDENTIAL_KEYS", "PUBLIC_URL"}
    assert not missing


@pytest.mark.parametrize("name", OURS)
def test_no_service_gets_a_variable_that_nobody_reads(name: str) -> None:
    code = SETTINGS + (ROOT / "kamino/management/commands/prepare_database.py").read_text()

    unread = [v for v in OURS[name]["environment"] if f'"{v}"' not in code and v not in OF_BANKS]

    assert not unread


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    program, *arguments = OURS[name]["command"]
    if program == "python":
        script, command = arguments[:2]
        assert (ROOT / script).is_file()
        assert command in get_commands()
        return
    scripts = {script.name: script for script in entry_points(group="console_scripts")}
    distribution = scripts[program].dist
    assert distribution is not None
    assert distribution.name.lower() in LOCKED
    application = arguments[arguments.index("-A") + 1] if "-A" in arguments else arguments[0]
    target = {"kamino.wsgi": "kamino.wsgi.application", "kamino": "kamino.celery_app"}[application]
    assert import_string(target)


def test_only_the_migration_knows_the_owner() -> None:
    knows = [name for name, s in OURS.items() if "DATABASE_OWNER_URL" in s["environment"]]

    assert knows == ["migrate"]


def test_no_service_of_ours_knows_the_superuser() -> None:
    assert COMPOSE["services"]["db"]["environment"]["POSTGRES_USER"] == "postgres"
    for service in OURS.values():
        assert "//postgres:" not in str(service["environment"])
        assert "POSTGRES_PASSWORD" not in service["environment"]


@pytest.mark.parametrize("name", [*OURS, "redis"])
def test_a_container_that_was_taken_over_can_do_little(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_only_the_proxy_on_this_machine_reaches_the_web_server_and_nobody_the_stores() -> None:
    ports = {name: s["ports"] for name, s in COMPOSE["services"].items() if "ports" in s}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(COMPOSE["services"][name]["networks"] == ["inside"] for name in ("db", "redis"))


def test_redis_asks_a_password() -> None:
    redis = COMPOSE["services"]["redis"]

    assert "--requirepass" in " ".join(redis["command"])
    for service in OURS.values():
        assert service["environment"]["REDIS_URL"].startswith("redis://:${REDIS_PASSWORD")


def test_there_is_one_beat() -> None:
    beats = [s for s in OURS.values() if "beat" in s["command"]]

    assert len(beats) == 1
    assert "deploy" not in beats[0]


def test_services_wait_for_services_that_exist() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])


def test_volumes_are_declared() -> None:
    used = {v.split(":")[0] for s in COMPOSE["services"].values() for v in s.get("volumes", [])}
    files = {name for name in used if name.startswith("./")}

    assert used - files == set(COMPOSE["volumes"])
    assert files and all((ROOT / name).is_file() for name in files)


def copied_into_the_image() -> list[str]:
    lines = re.findall(r"^COPY (.+)$", DOCKERFILE, re.M)
    return [source for line in lines for source in shlex.split(line)[:-1]]


@pytest.mark.parametrize("source", copied_into_the_image())
def test_what_the_image_copies_is_there_and_not_ignored(source: str) -> None:
    kept = (ROOT / ".dockerignore").read_text().splitlines()

    assert (ROOT / source).exists()
    assert f"!{source.removeprefix('./')}" in kept


def test_the_image_has_every_app_and_leaves_the_simulator_out() -> None:
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")}

    assert set(copied_into_the_image()) & packages == packages - {
        "benchmarks",
        "simulator",
        "tests",
    }


def test_the_image_installs_by_hashes_only() -> None:
    assert "pip install --no-cache-dir --require-hashes -r requirements.lock" in DOCKERFILE
    assert "--hash=sha256:" in (ROOT / "requirements.lock").read_text()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert not re.findall(r"https?://|index-url|find-links|@ ", text)


def test_both_locks_pin_the_same_versions() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / lock).read_text(), re.M))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
