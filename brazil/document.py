"""A person's CPF or a company's CNPJ, where either may stand."""

from brazil import cnpj, cpf
from brazil.digits import compact
from brazil.errors import InvalidValue


def parse_document(text: str) -> str:
    """Return the canonical CPF (11 digits) or CNPJ (14 characters), told apart by their length.

    Raises:
        InvalidValue: it is neither, or a check digit is wrong.
    """
    document = compact(text, punctuation="./-", what="o CPF ou o CNPJ")
    if len(document) == cpf.LENGTH:
        return cpf.parse_cpf(document)
    if len(document) == cnpj.LENGTH:
        return cnpj.parse_cnpj(document)
    raise InvalidValue(
        f"Um CPF tem {cpf.LENGTH} dígitos e um CNPJ tem {cnpj.LENGTH} caracteres; "
        f"este tem {len(document)}."
    )


def format_document(document: str) -> str:
    """Return a canonical CPF or CNPJ with its punctuation; anything else comes back as it is.

    What a bank sent is shown even when it is neither, so this never refuses.
    """
    if len(document) == cpf.LENGTH:
        return cpf.format_cpf(document)
    if len(document) == cnpj.LENGTH:
        return cnpj.format_cnpj(document)
    return document


def mask_document(document: str) -> str:
    """Return a canonical CPF or CNPJ without its first and last group: «***.444.777-**».

    The groups hidden are those that the federal government hides when it publishes a CPF.
    Anything that is neither is hidden whole.
    """
    if len(document) == cpf.LENGTH:
        return cpf.format_cpf(f"***{document[3:9]}**")
    if len(document) == cnpj.LENGTH:
        return cnpj.format_cnpj(f"**{document[2:12]}**")
    return "***"
