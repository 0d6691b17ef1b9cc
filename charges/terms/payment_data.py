"""Whether a text tells how to pay: a link, a Pix key or code, a line of a boleto, a bank account.

Who pays believes what stands in the company's name. So a text that people type names no way of
paying: the slip and its page do, and nobody types those. What hides a number or an address from a
careless look (blanks, digits of other scripts, dots that are none, spelled digits) is undone first.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations

from brazil.cnpj import is_valid_cnpj
from brazil.cpf import is_valid_cpf
from brazil.errors import InvalidValue
from brazil.phone import parse_mobile, parse_phone
from core.errors import InvalidInput
from core.text import fold

LINK = "um link"
EMAIL = "um e-mail, que pode ser chave Pix"
PIX = "uma chave ou um código Pix"
BOLETO = "uma linha digitável"
DOCUMENT = "um CPF ou CNPJ, que pode ser chave Pix"
PHONE = "um telefone, que pode ser chave Pix"
ACCOUNT = "dados de uma conta bancária"

# A line of a boleto has 47 or 48 digits, its bar code 44.
LONG_NUMBER = 40
# What looks like another character, once the text is decomposed and lower case.
_LOOKALIKES = str.maketrans(
    "аесорхуікмнтвԁոѕјι0ο。․‧·∙•｡⋅ꓸ۔∶：﹕꞉⁄∕╱⧸∣∥‐‑‒–—−＠",
    "aecopxyikmhtbdnsji0o..........::::////||------@",
)
_TOPS = (
    "com|net|org|br|io|me|app|co|link|ly|gl|gg|info|biz|site|online|shop|store|loja|xyz|top|page|dev|"
    "bio|click|pay|digital|tech|ai|to|us|uk|pt|club|live|pro|space|website|web|cc|tv|gd|fm|be|ws|st|"
    "one|lat|cloud|id|social|money|cash|credit|finance|bank|global|host|fun|icu|vip|work|ink"
)
_LINKS = (
    re.compile(r"h\s*[tx]\s*[tx]\s*p\s*s?\s*[:;]"),
    re.compile(r":\s*/\s*/|\bwww\s*\."),
    re.compile(rf"[a-z0-9-]+\.(?:[a-z0-9-]+\.)*(?:{_TOPS})(?![a-z0-9])"),
    re.compile(rf"[a-z0-9-]+\s+\.\s*(?:{_TOPS})(?![a-z0-9])"),
    re.compile(r"\b[a-z0-9-]+\.[a-z]{2,}/\S"),
    re.compile(r"\bxn--"),
)
_EMAILS = (re.compile(r"[^\s@]+\s*@\s*[^\s@]+\.[a-z]{2,}"),)
_PIXES = (
    re.compile(r"chave.{0,6}\bpix\b|\bpix\b.{0,6}chave|\bpix\b\s*[:=]"),
    re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:[\s.-]*[0-9a-f]{4}){3}[\s.-]*[0-9a-f]{12}(?![0-9a-f])"),
)
_PIX_CODE = re.compile(r"brgovbcbpix|00020[01](?:0102..)?26\d\d0014")
_ACCOUNTS = (
    re.compile(r"\bag(?:encia|\.)?\s*(?:n[o.]*)?\s*:?\s*\d{3,5}\b"),
    re.compile(
        r"\b(?:conta\s*(?:corrente|poupanca)|c\s*/\s*c|c\s*/\s*p)\s*(?:n[o.]*)?\s*:?\s*\d{3,}"
    ),
    re.compile(r"\bconta\s*(?:n[o.]*)?\s*:?\s*\d{4,}\s*-\s*[\dx]\b"),
)
_DOTS = re.compile(
    r"\s*(?:\[\s*(?:\.|dot|ponto)\s*\]|\(\s*(?:\.|dot|ponto)\s*\)|\s(?:dot|ponto)\s)\s*"
)
_ATS = re.compile(r"\s*(?:\[\s*(?:@|at|arroba)\s*\]|\(\s*(?:@|at|arroba)\s*\)|\sarroba\s)\s*")
# Days and sums of money are numbers that pay nothing. A sum has ten digits at most, a key eleven.
_SUM = r"(?:\d{1,2}\.\d{3}\.\d{3}|\d{1,3}\.\d{3}|\d{1,8})"
_HARMLESS = re.compile(
    r"(?<![\d/])(?:[0-3]?\d/)?[01]?\d/(?:\d{4}|\d{2})(?![\d/])|(?<![\d/])[0-3]?\d/[01]?\d(?![\d/])"
    rf"|r\$\s*{_SUM}(?:,\d{{2}})?(?![\s\d.,/-]*\d)|(?<![\d.,]){_SUM},\d{{2}}(?![.,/-]*\d)"
)
_NUMBERS = re.compile(r"\+?\(?\d(?:[\s().,/_*|-]*\d)*")
_SPELLED = {
    "zero": "0", "um": "1", "uma": "1", "dois": "2", "duas": "2", "tres": "3", "quatro": "4",
    "cinco": "5", "seis": "6", "meia": "6", "sete": "7", "oito": "8", "nove": "9",
}  # fmt: skip
_SPELLED_RUN = re.compile(rf"(?:\b(?:{'|'.join(_SPELLED)}|\d)\b[\s,.-]*){{8,}}")
_WORD = re.compile(r"[a-z]+|\d")
_COMPANY = re.compile(r"\b[0-9a-z]{2}\.?[0-9a-z]{3}\.?[0-9a-z]{3}/?[0-9a-z]{4}-?\d{2}\b")


def refuse_payment_data(text: str, *, field: str) -> None:
    """
    Raises:
        InvalidInput: (code `payment_data`) the text tells how to pay.
    """
    if found := payment_data(text):
        raise InvalidInput(sentence(found), field=field, code="payment_data")


def sentence(found: str) -> str:
    return (
        f"Este texto tem {found}. Quem paga confia no que vem em nome da empresa: tire isso. O "
        "boleto e o Pix já vão na página da cobrança."
    )


def payment_data(text: str) -> str:
    """What in the text tells how to pay, in Portuguese; empty when nothing does."""
    plain = as_read(text)
    return in_words(plain) or in_numbers(plain)


def payment_data_of_name(text: str) -> str:
    """As `payment_data`, of a name or a number, in which digits stand by right: the name of a sole
    trader has the CPF in it. They tell how to pay where «Pix» stands beside them."""
    plain = as_read(text)
    return in_words(plain) or (in_numbers(plain) if re.search(r"\bpix\b", plain) else "")


def in_words(plain: str) -> str:
    for what, patterns in ((EMAIL, _EMAILS), (LINK, _LINKS), (PIX, _PIXES), (ACCOUNT, _ACCOUNTS)):
        if any(pattern.search(plain) for pattern in patterns):
            return what
    return PIX if _PIX_CODE.search(re.sub(r"[^0-9a-z]", "", plain)) else ""


def as_read(text: str) -> str:
    """The text as eyes take it: lower case, without accents, digits and signs of one script."""
    one_script = "".join(map(digit_of, unicodedata.normalize("NFKC", text)))
    folded = fold(one_script.lower().translate(_LOOKALIKES)).translate(_LOOKALIKES)
    return _ATS.sub("@", _DOTS.sub(".", folded))


def digit_of(char: str) -> str:
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


def in_numbers(plain: str) -> str:
    plain = _SPELLED_RUN.sub(lambda run: in_digits(run[0]) + " ", plain)
    plain = _HARMLESS.sub(" § ", plain)
    if any(is_valid_cnpj(found[0]) for found in _COMPANY.finditer(plain)):
        return DOCUMENT
    for found in _NUMBERS.finditer(plain):
        parts = re.findall(r"\d+", found[0])
        if len("".join(parts)) >= LONG_NUMBER:
            return BOLETO
        for number in neighbours(parts):
            if is_valid_cpf(number) or is_valid_cnpj(number):
                return DOCUMENT
            if is_phone(number, found[0]):
                return PHONE
    return ""


def in_digits(spelled: str) -> str:
    return "".join(_SPELLED.get(word, word) for word in _WORD.findall(spelled))


def neighbours(parts: Sequence[str]) -> Iterator[str]:
    """Every number that parts beside each other make, of as many digits as a key may have."""
    for first, end in combinations(range(len(parts) + 1), 2):
        number = "".join(parts[first:end])
        if 10 <= len(number) <= 14:
            yield number


def is_phone(digits: str, written: str) -> bool:
    """A landline only where it is written as one: other numbers have ten digits too."""
    is_told = "(" in written or "+" in written
    try:
        (parse_phone if is_told else parse_mobile)(digits)
    except InvalidValue:
        return False
    return True
