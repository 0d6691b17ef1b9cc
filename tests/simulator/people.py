"""People at the banks' apps, without a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.cora_simulator import BankProcess

ANA = {"cpf": "529.982.247-25", "password": "123456"}
BRUNO = {"cpf": "11144477735", "password": "654321"}


@contextmanager
def at_oficina(bank: BankProcess) -> Iterator[httpx.Client]:
    """Ana Souza, signed in at OFICINA MODELO LTDA."""
    with httpx.Client(base_url=bank.base_url, follow_redirects=True, trust_env=False) as http:
        page = http.post("/app/entrar", data=ANA).text
        found = re.search(r'name="account" value="(\d+)"><button[^>]*>OFICINA MODELO LTDA', page)
        assert found is not None, page
        http.post("/app/empresa", data={"account": found[1]})
        yield http
