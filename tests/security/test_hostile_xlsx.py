"""A spreadsheet that is made to end the process is refused in a sentence, at its field."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.importing.reader import MAX_BYTES
from tenants.models import Tenant, User
from tests.cast import sign_in
from tests.security.hostile_xlsx import READ, REFUSED, TOLD

FILES = REFUSED | READ | TOLD
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> dict[str, Any]:
    """What became of each file; read once for all processes of a test run."""
    kept = tmp_path_factory.getbasetemp().parent / f"hostile-{testrun_uid}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(read_all(tmp_path_factory.mktemp("hostile"))))
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def read_all(folder: Path) -> dict[str, Any]:
    """Each in a process that may not grow by more than 200 MB."""
    for name, make in FILES.items():
        content = make()
        assert len(content) <= MAX_BYTES, name
        (folder / f"{name}.xlsx").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.reading_child", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line.pop("name"): line for line in lines} | {"stderr": done.stderr[-4000:]}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(outcomes: dict[str, Any], name: str) -> None:
    assert outcomes[name].get("field") == "file", (outcomes[name], outcomes["stderr"])
    assert outcomes[name]["refused"].endswith(".")


@pytest.mark.parametrize("name", READ)
def test_it_is_read(outcomes: dict[str, Any], name: str) -> None:
    assert outcomes[name] == {"rows": 1, "problems": []}, outcomes["stderr"]


@pytest.mark.parametrize("name", TOLD)
def test_it_is_told_at_its_cell(outcomes: dict[str, Any], name: str) -> None:
    assert outcomes[name].get("problems"), (outcomes[name], outcomes["stderr"])


@pytest.mark.parametrize("name", ["a shared text that is too long", "laughs", "a bomb", "UTF-7"])
@pytest.mark.django_db
def test_the_page_says_so_at_the_file(
    client: Client, tenant: Tenant, admin: User, outcomes: dict[str, Any], name: str
) -> None:
    assert outcomes[name].get("field") == "file"  # so that it is safe to read it here
    sign_in(client, admin, tenant)

    page = client.post(
        reverse("accounts:import"), {"file": SimpleUploadedFile("p.xlsx", REFUSED[name]())}
    )

    assert page.status_code == 422
    assert page.context["form"].errors["file"] == [outcomes[name]["refused"]]
