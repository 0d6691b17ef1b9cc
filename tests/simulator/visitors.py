"""People who visit a bank's pages without a browser."""

import re

import httpx

from tests.cora_simulator import CoraSimulator

ANA = {"cpf": "529.982.247-25", "password": "123456"}
BRUNO = {"cpf": "11144477735", "password": "654321"}


def visitor(cora: CoraSimulator) -> httpx.Client:
    return httpx.Client(base_url=cora.base_url, follow_redirects=True, trust_env=False)


def account_of(page: str, company: str) -> str:
    found = re.search(rf'name="account" value="(\d+)"><button[^>]*>{company}', page)
    assert found is not None, page
    return found[1]
