"""What a person types to connect an account, made into a grant without a token."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from banking.banks.contract.auth import Grant
from core.errors import InvalidInput
from tests.fourth_bank.quarto.info import KEYS


def read_form(values: Mapping[str, str]) -> Grant:
    """
    Raises:
        InvalidInput: with the field named.
    """
    for field in KEYS.fields:
        if not re.fullmatch(r"[A-Za-z0-9-]{4,40}", values.get(field.name, "")):
            raise InvalidInput(f"Confira o campo {field.label}.", field=field.name)
    secrets = {field.name: values[field.name] for field in KEYS.fields}
    return Grant("", "", datetime.now(UTC), scope="", mode=KEYS.slug, secrets=secrets)
