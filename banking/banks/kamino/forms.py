"""What a person accepts to open a Conta Kamino, made into a grant without tokens."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from banking.banks.contract.auth import Grant
from banking.banks.kamino.info import OPENING
from brazil.cnpj import parse_cnpj
from brazil.errors import InvalidValue
from core.errors import InvalidInput
from core.text import read_line

LONGEST_NAME = 140
_ACCEPTED = ("accepted_by", "accepted_at", "terms_version")


def read_form(values: Mapping[str, str]) -> Grant:
    """The grant of an opening that the bank was not asked for yet.

    Raises:
        InvalidInput: the company's data do not serve to open an account.
    """
    try:
        document = parse_cnpj(values.get("document", ""))
    except InvalidValue as error:
        raise InvalidInput(str(error), field="document") from error
    name = read_line(values.get("legal_name") or values.get("name") or "")
    if not name:
        raise InvalidInput("Falta a razão social da empresa.", field="legal_name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(
            f"A razão social tem {len(name)} caracteres, e a Conta Kamino aceita {LONGEST_NAME}.",
            field="legal_name",
            code="too_long",
        )
    if not all(values.get(field) for field in _ACCEPTED):
        raise InvalidInput("Os termos precisam ser aceitos por alguém.", field="accepted")
    secrets = {
        "opening_key": str(uuid4()),
        "document": document,
        "legal_name": name,
        **{field: values[field] for field in _ACCEPTED},
    }
    return Grant("", "", datetime.now(UTC), scope="", mode=OPENING.slug, secrets=secrets)
