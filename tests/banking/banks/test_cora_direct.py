"""Integração Direta: the form, and mutual TLS with the simulated bank."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from banking.banks.contract.auth import Grant
from banking.banks.contract.errors import BankAccessDenied, ConsentLost
from banking.banks.cora import Cora
from banking.banks.cora.adapter import CoraAdapter
from core.errors import InvalidInput
from tests.banking.banks.conftest import make_ted
from tests.cora_simulator import OFICINA, PADARIA, CoraSimulator

# On the curve sect113r1, which the cryptography package does not know.
ODD_KEY = """-----BEGIN EC PRIVATE KEY-----
MEECAQEEDwDc1hMAM/7AxI94sG9uDKAHBgUrgQQABKEiAyAABAEvxj5ukoLNPFRN
sf1erQDEwgNr/ahxPQHYGPRc5g==
-----END EC PRIVATE KEY-----"""
ODD_CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBJDCB8KADAgECAhRQTBuYo0UHQ8hTHVTVruY60IwB3zAKBggqhkjOPQQDAjAM
MQowCAYDVQQDDAF4MCAXDTI2MTEyNTA0MTMxNVoYDzIxMjYxMTAxMDQxMzE1WjAM
MQowCAYDVQQDDAF4MDQwEAYHKoZIzj0CAQYFK4EEAAQDIAAEAS/GPm6Sgs08VE2x
/V6tAMTCA2v9qHE9AdgY9Fzmo1MwUTAdBgNVHQ4EFgQUeCDB/nxCZJ8dwUm4AY+1
0g1m4ecwHwYDVR0jBBgwFoAUeCDB/nxCZJ8dwUm4AY+10g1m4ecwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgMjADAgAg4JzF/l1vDDsjEqwTkulwIOMkyMa1Ud
KfT/PMpEJA0=
-----END CERTIFICATE-----"""


class Tokens:
    """A token source in memory over the product's own way of asking."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    def secrets(self) -> Any:
        return self.grant.secrets

    def access_token(self) -> str:
        if not self.grant.access_token:
            self.renew("")
        return self.grant.access_token

    def renew(self, rejected: str) -> str:
        with Cora().consent(self.grant) as consent:
            self.grant = consent.refresh(self.grant)
        return self.grant.access_token


def values_of(credential: dict[str, Any]) -> dict[str, str]:
    return {
        "client_id": credential["client_id"],
        "certificate": credential["certificate"],
        "private_key": credential["key"],
    }


@pytest.fixture
def direct(cora: CoraSimulator, settings: Settings) -> CoraSimulator:
    settings.CORA_DIRECT_BASE_URL = cora.addresses["cora_direta"]
    settings.BANK_CA_FILE = cora.addresses["ca_file"]
    return cora


@pytest.fixture
def grant(direct: CoraSimulator) -> Grant:
    return Cora().read_form("direta", values_of(direct.direct_credential(OFICINA)))


@pytest.fixture
def tokens(grant: Grant) -> Tokens:
    return Tokens(grant)


@pytest.fixture
def bank(grant: Grant, tokens: Tokens) -> Iterator[CoraAdapter]:
    with Cora().open_client(grant) as http:
        yield Cora().adapter(http, tokens)


def own_certificate(days: int = 30) -> tuple[str, str]:
    """A certificate that nobody signed, and its key; PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "int-alheio")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode()


def test_by_certificate_the_account_is_read_and_paid_from(
    bank: CoraAdapter, direct: CoraSimulator
) -> None:
    identity = bank.fetch_identity()
    receipt = bank.send_ted(make_ted())

    assert identity.holder_document == OFICINA
    assert [order["id"] for order in direct.transfers()] == [receipt.reference]


def test_a_token_lives_a_day_and_has_no_refresh_token(tokens: Tokens, grant: Grant) -> None:
    tokens.access_token()

    assert tokens.grant.refresh_token == ""
    assert timedelta(hours=23) < tokens.grant.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    assert tokens.grant.secrets == grant.secrets


def test_the_end_of_the_certificate_is_known_for_telling_people(grant: Grant) -> None:
    certificate = x509.load_pem_x509_certificate(grant.secrets["certificate"].encode())

    assert grant.refresh_by == certificate.not_valid_after_utc


def test_another_companys_certificate_gets_no_token(direct: CoraSimulator) -> None:
    ours, theirs = direct.direct_credential(OFICINA), direct.direct_credential(PADARIA)
    mixed = values_of(theirs) | {"client_id": ours["client_id"]}
    tokens = Tokens(Cora().read_form("direta", mixed))

    with pytest.raises(ConsentLost):
        tokens.access_token()


def test_a_credential_that_its_owner_took_back_has_to_be_made_again(
    direct: CoraSimulator, tokens: Tokens, grant: Grant
) -> None:
    direct.end_direct_credential(grant.secrets["client_id"])

    with pytest.raises(ConsentLost):
        tokens.access_token()


def test_nothing_of_the_credentials_shows_when_a_grant_is_printed(grant: Grant) -> None:
    assert "PRIVATE" not in repr(grant)
    assert grant.secrets["client_id"] not in repr(grant)


def test_stored_credentials_that_cannot_be_used_are_an_access_denied(grant: Grant) -> None:
    broken = Grant("", "", grant.expires_at, "", mode="direta", secrets={"certificate": "x"})

    with pytest.raises(BankAccessDenied):
        Cora().open_client(broken)


# --- The form ---------------------------------------------------------------------------


def refusal(**changes: str) -> InvalidInput:
    certificate, key = own_certificate()
    values = {"client_id": "int-a1B2c3", "certificate": certificate, "private_key": key}
    with pytest.raises(InvalidInput) as caught:
        Cora().read_form("direta", values | changes)
    return caught.value


def test_what_cora_issues_is_taken() -> None:
    certificate, key = own_certificate()
    values = {"client_id": " int-a1B2c3 ", "certificate": certificate, "private_key": key}

    assert Cora().read_form("direta", values).secrets["client_id"] == "int-a1B2c3"


@pytest.mark.parametrize("client_id", ["", "app-a1B2c3D4", "int-", "int-a1 b2", "int-\na1B2"])
def test_a_client_id_of_another_kind_is_refused_at_its_field(client_id: str) -> None:
    assert refusal(client_id=client_id).field == "client_id"


def test_swapped_files_are_recognised() -> None:
    certificate, key = own_certificate()

    error = refusal(certificate=key, private_key=certificate)

    assert (error.field, "chave privada" in str(error)) == ("certificate", True)


def test_the_certificate_in_the_place_of_the_key_is_recognised() -> None:
    certificate, _ = own_certificate()

    error = refusal(certificate=certificate, private_key=certificate)

    assert (error.field, "é o certificado" in str(error)) == ("private_key", True)


@pytest.mark.parametrize("text", ["", "não é um arquivo", "-----BEGIN CERTIFICATE-----\nAA\n"])
def test_a_file_that_is_no_certificate_is_refused(text: str) -> None:
    assert refusal(certificate=text).field == "certificate"


def test_a_key_of_a_kind_that_nobody_knows_is_refused_at_its_field() -> None:
    assert refusal(private_key=ODD_KEY).field == "private_key"


def test_a_certificate_of_a_kind_that_nobody_knows_is_refused_at_its_field() -> None:
    assert refusal(certificate=ODD_CERTIFICATE).field == "certificate"


def test_a_key_of_another_certificate_is_refused() -> None:
    _, other = own_certificate()

    error = refusal(private_key=other)

    assert (error.field, "não é a do certificado" in str(error)) == ("private_key", True)


def test_a_key_with_a_password_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"segredo"),
    )

    error = refusal(private_key=locked.decode())

    assert (error.field, "tem senha" in str(error)) == ("private_key", True)


@time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False)
def test_a_certificate_that_ended_is_refused_with_the_day() -> None:
    certificate, key = own_certificate(days=-1)

    error = refusal(certificate=certificate, private_key=key)

    assert (error.field, "22/11/2026" in str(error)) == ("certificate", True)
