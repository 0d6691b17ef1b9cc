"""How banks write a line: what they cut, mask, fold and leave out."""

import random
import unicodedata

from benchmarks.matching.company import Account, Party

WIDTHS = (20, 25, 32, 40)


def fold(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text)
    return "".join(char for char in flat if not unicodedata.combining(char)).upper()


def written_name(rng: random.Random, name: str, *, is_file: bool) -> str:
    """The name as the line has it: in a file upper-case, without accents and often cut."""
    if is_file:
        return fold(name)[: rng.choice(WIDTHS)].strip()
    if rng.random() < 0.35:
        name = fold(name)
    return name[:40].strip() if rng.random() < 0.2 else name


def punctuated(document: str) -> str:
    if len(document) == 11:
        return f"{document[:3]}.{document[3:6]}.{document[6:9]}-{document[9:]}"
    return f"{document[:2]}.{document[2:5]}.{document[5:8]}/{document[8:12]}-{document[12:]}"


def masked(rng: random.Random, document: str) -> str:
    star = rng.choice("*•")
    return f"{star * 3}.{document[3:6]}.{document[6:9]}-{star * 2}"


def counterparty(rng: random.Random, account: Account, party: Party) -> tuple[str, str]:
    """Name and document as an API's line tells them; a file's line has neither field."""
    if not account.provider:
        return "", ""
    name = written_name(rng, party.name, is_file=False)
    if party.trade_name and rng.random() < 0.4:
        name = party.trade_name
    document = party.document
    if len(document) == 11 and rng.random() < 0.7:
        document = masked(rng, document)
    elif rng.random() < 0.08:
        document = ""
    return name, document


def in_file(rng: random.Random, party: Party) -> str:
    """The other side as a file's free text names it."""
    name = party.name
    if party.trade_name and rng.random() < 0.4:
        name = party.trade_name
    written = written_name(rng, name, is_file=True)
    draw = rng.random()
    if party.document and draw < 0.25:
        return f"{written} {party.document}"
    if party.document and draw < 0.35:
        return f"{written} - {punctuated(party.document)}"
    if party.document and draw < 0.45 and len(party.document) == 11:
        return f"{written} - {masked(rng, party.document)}"
    if party.accounts and draw < 0.55:
        own = party.accounts[0]
        return f"{written} AG {own['branch']} CC {own['number']}"
    return written


OUT = {
    "pix": ("PIX ENVIADO", "PIX TRANSF", "TRANSFERENCIA PIX DES:", "Pix enviado:"),
    "ted": ("TED ENVIADA", "TED 341", "TRANSF ELETRONICA", "TED D"),
    "boleto": ("PAGTO ELETRON COBRANCA", "PAGAMENTO DE BOLETO", "SISPAG FORNECEDORES", "INT PAGTO"),
    "other": ("PAGAMENTO EFETUADO", "DEB AUTOMATICO", "PAGTO CONTA", "DEBITO AUT."),
}
IN = {
    "pix": ("PIX RECEBIDO", "TRANSFERENCIA PIX REM:", "PIX QRS", "Transf Pix recebida -"),
    "ted": ("TED RECEBIDA", "TED C", "CRED TED", "DOC/TED REC"),
    "boleto": ("LIQUIDACAO COBRANCA", "COBRANCA", "CREDITO COBRANCA", "CRED LIQ COBRANCA"),
    "other": ("CREDITO EM CONTA", "DEPOSITO", "RECEBIMENTO", "CRED"),
}
SPOKEN = {
    ("cora", False): {
        "pix": "Transf Pix enviada",
        "ted": "Transferência enviada",
        "boleto": "Pagamento de boleto",
    },
    ("cora", True): {
        "pix": "Transf Pix recebida",
        "ted": "Transferência recebida",
        "boleto": "Pagamento recebido",
    },
    ("bs2", False): {"pix": "PIX ENVIADO", "ted": "TED ENVIADA", "boleto": "PAGAMENTO TITULO"},
    ("bs2", True): {"pix": "PIX RECEBIDO", "ted": "TED RECEBIDA", "boleto": "LIQUIDACAO BOLETO"},
    ("kamino", False): {
        "pix": "Pix enviado",
        "ted": "TED enviada",
        "boleto": "Boleto pago",
    },
    ("kamino", True): {"pix": "Pix recebido", "ted": "TED recebida", "boleto": "Boleto recebido"},
}


def opening_words(rng: random.Random, account: Account, kind: str, *, is_credit: bool) -> str:
    if account.provider:
        words = SPOKEN[account.provider, is_credit].get(kind)
        return words or ("Crédito" if is_credit else "Débito")
    return rng.choice((IN if is_credit else OUT)[kind])


def number_in_text(rng: random.Random, number: str) -> str:
    return rng.choice(("NF {}", "NFE {}", "REF {}", "FATURA {}", "({})", "DOC {}", "{}")).format(
        number.lstrip("0") if rng.random() < 0.5 else number
    )
