"""The PDF of a charge, from the address in Cora's answer: a storage that asks for no token, and
whose host is not Cora's. Neither token nor certificate goes there."""

import httpx

from banking.banks.contract.errors import BankUnavailable
from banking.banks.cora.info import INFO
from banking.banks.cora.wire.charges import pdf_from_wire
from banking.banks.http.client import bank_setting, exchange, open_client

_OWN_DOMAIN = b".cora.com.br"


def fetch_pdf(address: str) -> bytes:
    """
    Raises:
        BankUnavailable: there is none, or its address is not one where Cora keeps them: no answer
            chooses a host.
    """
    url = own_address(address)
    if url is None:
        raise BankUnavailable(
            "A Cora não deu um endereço seguro para o PDF. Abra a cobrança no aplicativo da Cora."
        )
    with open_client(_origin(url)) as http:
        request = http.build_request("GET", url, headers={"Accept": "application/pdf"})
        return exchange(
            http,
            request,
            bank=INFO,
            operation="charge_pdf",
            has_effect=False,
            decode=pdf_from_wire,
        )


def own_address(address: str) -> httpx.URL | None:
    """The address, if Cora keeps files there: at the storage of the settings, or at one of
    Cora's hosts by TLS.

    Read by what will send it, so that the host which is checked is the one that is called.
    """
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return None
    is_storage = _origin(url) == _origin(httpx.URL(bank_setting("CORA_FILES_URL")))
    is_hers = url.scheme == "https" and url.raw_host.endswith(_OWN_DOMAIN)
    return url if is_storage or is_hers else None


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
