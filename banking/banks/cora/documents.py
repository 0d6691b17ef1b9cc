"""The PDF of a charge, from the permanent address in Cora's answer: no token is needed there."""

from urllib.parse import urlsplit

from django.conf import settings

from banking.banks.cora.charges import pdf_from_wire
from banking.banks.cora.info import INFO
from banking.banks.http import exchange, open_client
from banking.errors import BankUnavailable

_OWN_DOMAIN = ".cora.com.br"


def fetch_pdf(url: str) -> bytes:
    """
    Raises:
        BankUnavailable: there is none, or its address is not of Cora: no answer chooses a host.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    configured = {settings.CORA_BASE_URL.rstrip("/"), settings.CORA_DIRECT_BASE_URL.rstrip("/")}
    is_of_cora = parts.scheme == "https" and (parts.hostname or "").endswith(_OWN_DOMAIN)
    if not (is_of_cora or origin in configured):
        raise BankUnavailable(
            "A Cora não deu um endereço seguro para o PDF. Abra a cobrança no aplicativo da Cora."
        )
    with open_client(origin) as http:
        request = http.build_request("GET", url, headers={"Accept": "application/pdf"})
        return exchange(
            http,
            request,
            bank=INFO,
            operation="charge_pdf",
            has_effect=False,
            decode=pdf_from_wire,
        )
