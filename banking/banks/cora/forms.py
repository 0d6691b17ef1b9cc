"""Integração Direta: a company's own client id and certificate, by mutual TLS on every call.

developers.cora.com.br/docs/client-credentials-int-direta. A token lives 24 hours and has no
refresh token: another one is asked for.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from banking.banks.contract.auth import Grant
from banking.banks.cora.info import DIRECT
from brazil.banking_days import SAO_PAULO
from core.errors import InvalidInput

_CLIENT_ID = re.compile(r"int-[A-Za-z0-9_-]{4,80}")


def read_form(values: Mapping[str, str]) -> Grant:
    """The grant of what a person uploaded, without a token yet.

    Raises:
        InvalidInput: (its field named) it is not what Cora issues, or the two files do not fit.
    """
    client_id = values.get("client_id", "").strip()
    if not _CLIENT_ID.fullmatch(client_id):
        raise InvalidInput("O client id da Integração Direta começa com int-.", field="client_id")
    certificate_pem = values.get("certificate", "").strip()
    key_pem = values.get("private_key", "").strip()
    certificate = _read_certificate(certificate_pem)
    key = _read_key(key_pem)
    if _public_part(certificate) != _public_part_of_key(key):
        raise InvalidInput(
            "Esta chave não é a do certificado enviado. Baixe os dois arquivos juntos na Cora.",
            field="private_key",
        )
    return Grant(
        access_token="",
        refresh_token="",
        expires_at=datetime.now(UTC),
        scope="",
        mode=DIRECT.slug,
        secrets={"client_id": client_id, "certificate": certificate_pem, "private_key": key_pem},
        refresh_by=certificate.not_valid_after_utc,
    )


def _read_certificate(text: str) -> x509.Certificate:
    if "PRIVATE KEY" in text:
        raise InvalidInput(
            "Este arquivo é a chave privada. Aqui vai o certificado, certificate.pem.",
            field="certificate",
        )
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidInput(
            "Este arquivo não é um certificado. Envie o certificate.pem que a Cora gerou.",
            field="certificate",
        ) from None
    ends = certificate.not_valid_after_utc
    if ends <= datetime.now(UTC):
        raise InvalidInput(
            f"Este certificado venceu em {ends.astimezone(SAO_PAULO):%d/%m/%Y}. "
            "Gere outro na Cora, em Conta > Integrações via APIs.",
            field="certificate",
        )
    return certificate


def _read_key(text: str) -> PrivateKeyTypes:
    if "BEGIN CERTIFICATE" in text and "PRIVATE KEY" not in text:
        raise InvalidInput(
            "Este arquivo é o certificado. Aqui vai a chave privada, private-key.key.",
            field="private_key",
        )
    try:
        return load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise InvalidInput(
            "Esta chave tem senha. Envie a que a Cora gerou, sem senha.", field="private_key"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidInput(
            "Este arquivo não é uma chave privada. Envie o private-key.key que a Cora gerou.",
            field="private_key",
        ) from None


def _public_part(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_part_of_key(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
