"""CPF and CNPJ check digits, as Receita Federal defines them. Numeric only."""


class BadDocument(ValueError):
    """Not a CPF nor a CNPJ. The message is Portuguese."""


def digits_of(text: str) -> str:
    """The text without dots, bars, hyphens and blanks."""
    return "".join(char for char in text if char not in ".-/ ")


def read_document(text: str) -> str:
    """The digits of a valid CPF (11) or CNPJ (14)."""
    document = digits_of(text)
    if not (document.isascii() and document.isdigit()) or len(document) not in (11, 14):
        raise BadDocument("Informe um CPF com 11 dígitos ou um CNPJ com 14 dígitos.")
    body = document[:-2]
    if len(set(document)) == 1 or document != body + check_digits(body):
        raise BadDocument("Os dígitos verificadores do CPF ou CNPJ não conferem.")
    return document


def check_digits(body: str) -> str:
    """The two digits that follow the first 9 of a CPF or the first 12 of a CNPJ."""
    first = _digit(body)
    return first + _digit(body + first)


def _digit(body: str) -> str:
    longest = 9 if len(body) >= 12 else 11
    total = sum(int(char) * (2 + i % (longest - 1)) for i, char in enumerate(reversed(body)))
    remainder = total % 11
    return "0" if remainder < 2 else str(11 - remainder)


def document_type(document: str) -> str:
    return "CPF" if len(document) == 11 else "CNPJ"


def format_document(document: str) -> str:
    d = document
    if len(d) == 11:
        return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}"
    if len(d) == 14:
        return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"
    return d
