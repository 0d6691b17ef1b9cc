"""People at the banks' apps, without a browser."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx

from tests.loopback import LOOPBACK

ANA = {"cpf": "529.982.247-25", "password": "123456"}
BRUNO = {"cpf": "11144477735", "password": "654321"}


def visitor(address: str) -> httpx.Client:
    """Nobody yet, at a bank's address."""
    return httpx.Client(base_url=address, follow_redirects=True, **LOOPBACK)


@contextmanager
def at_company(address: str, company: str) -> Iterator[httpx.Client]:
    """Ana Souza, signed in at a company: chosen, or the only one of hers that has an account."""
    with visitor(address) as http:
        page = http.post("/app/entrar", data=ANA).text
        found = re.search(rf'name="account" value="(\d+)"><button[^>]*>{company}', page)
        if found is not None:
            page = http.post("/app/empresa", data={"account": found[1]}).text
        assert f"<h1>{company}</h1>" in page, page
        yield http


def at_oficina(address: str) -> AbstractContextManager[httpx.Client]:
    return at_company(address, "OFICINA MODELO LTDA")
