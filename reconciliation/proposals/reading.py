"""What the text of a bank line says: documents, numbers, a name, signs of own money or a return."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from brazil.cnpj import is_valid_cnpj
from brazil.cpf import is_valid_cpf
from brazil.document import bare_mask
from core.text import fold
from reconciliation.proposals.facts import ZERO, Company, Line

_MASKED = re.compile(r"[\d*•x]{2,3}\.?[\d*•x]{3}\.?[\d*•x]{3}(?:/?[\d*•x]{4})?-?[\d*•x]{2}")
_FULL = re.compile(
    r"(?<![\d.])(?:[\da-z]{2}\.?[\da-z]{3}\.?[\da-z]{3}/?[\da-z]{4}-?\d{2}|\d{3}\.?\d{3}\.?\d{3}-?\d{2})(?!\d)"
)
_ACCOUNT = re.compile(
    r"(?:ag(?:encia)?[:. ]*)(\d{1,5})(?:-\d)?\W+(?:c/?c|conta|cta)[:. ]*([\d.]+-?[\dx]?)"
)
_TOKEN = re.compile(r"[a-z]*\d[a-z\d]*")
# Figures that are no document's number: of CPF and CNPJ as they are written, of days and hours.
_OTHER_FIGURES = re.compile(
    r"[\d*•x]{2,3}\.[\d*•x]{3}\.[\d*•x]{3}(?:/[\d*•x]{4})?-?[\d*•x]{2}"
    r"|(?<!\d)(?:0[1-9]|[12]\d|3[01])/(?:0[1-9]|1[0-2])(?:/\d{2,4})?(?!\d)|(?<!\d)\d\d:\d\d(?!\d)"
)
_GIVES_BACK = re.compile(
    r"\b(?:dev(?:ol\w*)?|devolucao|devolvid\w|estorn\w*|revers\w+|rejeitad\w|retorno de)\b"
)
_REFUND = re.compile(r"\b(?:reembols\w*|ressarc\w*|restitui\w*)")
_SAME_HOLDER = re.compile(r"mesma titularidade|mesmo titular|entre contas|contas proprias")
# Natures that settle no bill and no charge; only an entry on this account may fit.
_OWN_NATURE = re.compile(
    r"^(?:(?:deb|cred|res)[. ]+)?(?:tar(?:ifa)?\b|cesta|iof\b|rend\b|rendimento|rentab|remuneracao"
    r"|juros|compra|rshop|saque|aplic|resgate|anuidade|encargo|pacote)"
    r"|\b(?:tarifa|iof|cdb|rdb|poupanca|compra cartao|compra no debito|rende facil|invest facil)\b"
)
# What stands close to a name without a blank: the day after it, the sender's bank before it.
_GLUED = re.compile(r"\d\d/\d\d(?:/\d{2,4})?(?![\d/])|\b\d{3}\.\d{3,4}(?=[a-z])")
# Whole phrases that banks write; their words alone may be names.
_CARDS = r"(?:visa|master(?:card)?|maestro|elo|amex|hiper(?:card)?)"
_SIDES = r"(?:cred(?:ito)?|deb(?:ito)?|vendas?|cd|cc)"
_PHRASES = re.compile(
    r"\b(?:outros bancos|outras? if|demais empresas|net empresa|elet\w* dispon\w*|tit cob disp"
    r"|fgts digital|simples nacional|cobranca simples|debito automatico"
    rf"|{_SIDES}[ -]+{_CARDS}|{_CARDS}[ -]+{_SIDES})\b"
)
# Who credits what was sold by card; some of their names are words of others' names.
_OF_CARDS = re.compile(
    rf"\b(?:{_SIDES}[ -]+{_CARDS}|{_CARDS}[ -]+{_SIDES}|rede {_CARDS}|redecard|cielo|getnet|stone"
    r"|pag ?seguro|pag ?bank|safrapay|sumup|pagar ?me|infinitepay|adyen|mercado ?pago|adquirente"
    r"|adquirencia|(?:cr|vendas?|antec\w*)[ .]+(?:com +|de +)?cart(?:ao|oes))\b"
)
# How the money went, where only the text says so.
_RAILS = (
    ("pix", re.compile(r"\bpix\b")),
    ("ted", re.compile(r"\b(?:ted|transf\w* eletr\w*|tev)\b")),
    ("boleto", re.compile(r"\b(?:boletos?|titulos?|tit|bloqueto)\b")),
    ("cheque", re.compile(r"\b(?:cheques?|ch)\b")),
)
LEAST_OWN = 9  # letters of the company's own name, cut by a text
LEAST_STUB_OF_OWN = 6
LEAST_NUMBER = 2
LEAST_SHOWN = 4  # figures of a document of which a part is hidden
# What banks write around a name.
_BANK_WORDS = frozenset((
    "a", "ag", "agencia", "agendada", "agendado", "agendamento", "antecip", "antecipacao", "ao",
    "ausente", "aut", "automatico", "autorizado", "banco", "bancos", "beneficiario", "bloqueada",
    "bloqueado", "bloqueto", "bol", "boleto", "boletos", "bradesco", "c", "cc", "chave", "cheque",
    "cheques", "cnpj", "cob", "cobr", "cobranca", "code", "cofins", "compe", "compensacao",
    "compensado", "concessionaria", "concessionarias", "consumo", "conta", "contas", "conv",
    "convenio", "corrente", "cp", "cpf", "cred", "creditada", "creditado", "credito", "creditos",
    "csll", "d", "da", "dados", "dare", "darf", "das", "de", "deb", "debitada", "debitado",
    "debito", "debitos", "deposito", "depositos", "des", "dest", "destinatario", "dev", "devol",
    "devolucao", "devolvida", "devolvido", "dia", "dinamico", "divergente", "divergentes", "do",
    "doc", "documento", "dos", "duplicata", "e", "efeti", "efetivada", "efetivado", "efetuada",
    "efetuado", "eletr", "eletron", "eletronica", "eletronico", "em", "emit", "emitida", "emitido",
    "encerrada", "encerrado", "enviada", "enviadas", "enviado", "enviados", "estatico", "estorno",
    "fat", "fatura", "favorecido", "federal", "fgts", "folha", "fornec", "fornecedor",
    "fornecedores", "funcionarios", "gare", "gnre", "gps", "grf", "gru", "guia", "ib", "ibk",
    "icms", "identif", "identificada", "identificado", "imposto", "impostos", "inconsistente",
    "incorreta", "incorreto", "incorretos", "inexistente", "inss", "int", "interna", "internet",
    "invalida", "invalido", "invalidos", "ipi", "iptu", "ipva", "irpj", "irrf", "iss", "itau",
    "lanc", "lancamento", "liq", "liquidacao", "liquidacoes", "liquidada", "liquidado", "lote",
    "lotes", "mesma", "mobile", "motivo", "mov", "na", "nf", "nfe", "nfse", "no", "nr", "num",
    "numerado", "numero", "o", "pag", "paga", "pagamento", "pagamentos", "pago", "pagto", "pagtos",
    "para", "parc", "parcela", "pela", "pelo", "pgto", "pgtos", "pis", "pix", "por", "pref",
    "prefeitura", "qr", "qrcode", "qrs", "realizada", "realizado", "rec", "receb", "recebida",
    "recebidas", "recebido", "recebidos", "recebimento", "recebto", "recolhimento", "recusada",
    "recusado", "reembolso", "ref", "rejeitada", "rejeitado", "rem", "remessa", "remet",
    "remetente", "repasse", "ressarcimento", "restituicao", "rfb", "salario", "salarios", "sefaz",
    "sicoob", "sispag", "solicitacao", "solicitada", "solicitado", "str", "tar", "tarifa",
    "tarifas", "ted", "tef", "tev", "tit", "titularidade", "titulo", "titulos", "transacao",
    "transf", "transfer", "transferencia", "transferencias", "transferido", "tributaria", "tributo",
    "tributos", "valor", "vencimento", "venda", "vendas", "via", "vl",
))  # fmt: skip
# What a payment is for, where banks write that in the place of a name.
_NATURES = frozenset((
    "agua", "aluguel", "bb", "capital", "celular", "eletrica", "empr", "emprestimo", "emprestimos",
    "energia", "esgoto", "financ", "financiamento", "gas", "giro", "luz", "saneamento", "subm",
    "telecomun", "telecomunicacoes", "telefone", "telefonia",
))  # fmt: skip


def gives_back(text: str) -> bool:
    """Whether a line's words are those of a return or a reversal."""
    return bool(_GIVES_BACK.search(fold(text)))


def says_refund(reading: "Reading") -> bool:
    """Also said of expenses that are paid back: only a movement before it makes it a return."""
    return bool(_REFUND.search(reading.text))


def begins_our_name(reading: "Reading", company: Company) -> bool:
    """Whether a text may have cut the company's own name: one word of it may be another's too."""
    mine = " ".join(re.findall(r"[^\W_]+", fold(company.name)))
    has_more = reading.documents or reading.masks or reading.accounts
    is_stub = reading.is_name_of_text and len(reading.name) >= LEAST_STUB_OF_OWN
    return is_stub and not has_more and mine.startswith(reading.name)


@dataclass(frozen=True, slots=True)
class Reading:
    text: str  # folded
    words_with_digits: frozenset[str]
    tokens: frozenset[str]  # the same without leading zeros
    numbers: frozenset[str]  # of these, what may be a document's number
    documents: frozenset[str]  # whole and valid
    masks: tuple[str, ...]
    accounts: frozenset[tuple[str, str]]
    name: str  # what is left when the bank's words are gone
    is_name_of_text: bool  # out of free text, where names are cut
    is_own: bool
    gives_back: bool
    is_own_nature: bool
    is_of_cards: bool  # an acquirer's credit
    says_what_for: bool  # electricity, a loan; not whose
    own_account: str = ""  # the one of ours that the text names
    rail: str = ""  # pix, ted, boleto, cheque; "" where nothing says so

    @property
    def names_somebody(self) -> bool:
        return bool(self.name or self.documents or self.masks or self.accounts)


@lru_cache(maxsize=50_000)
def bare_number(text: str) -> str:
    """A number as it is compared: letters and digits alone, no leading zeros."""
    return re.sub(r"[^a-z\d]", "", fold(text)).lstrip("0")


@lru_cache(maxsize=50_000)
def forms_of(number: str) -> frozenset[str]:
    """How a document's number may stand in a text as a whole word: «NF 417» also as 417."""
    bare = bare_number(number)
    figures = re.sub(r"^[a-z]+", "", bare).lstrip("0")
    return frozenset(form for form in (bare, figures) if len(form) >= LEAST_NUMBER)


def is_number_told(number: str, reading: "Reading") -> bool:
    return not forms_of(number).isdisjoint(reading.numbers)


def account_number(branch: str, number: str) -> tuple[str, str]:
    return bare_number(branch), bare_number(number)


@lru_cache(maxsize=100_000)
def is_document(text: str) -> bool:
    return is_valid_cnpj(text) if len(text) == 14 else len(text) == 11 and is_valid_cpf(text)


def read(line: Line, company: Company) -> Reading:
    """The lines beside those that come are read at each look: the same words are read once."""
    return _read(line.account, line.kind, line.description, line.name, line.document, company)


@lru_cache(maxsize=20_000)
def _read(
    account: str, kind: str, description: str, other: str, document: str, company: Company
) -> Reading:
    line = Line("", account, date.min, ZERO, kind, description, other, document)
    text = fold(f"{line.description} {line.name}").strip()
    documents, masks = set(), []
    for told in (*(m.group() for m in _FULL.finditer(text)), fold(line.document)):
        plain = re.sub(r"[./-]", "", told).upper()
        if is_document(plain):
            documents.add(plain)
    for told in (*(m.group() for m in _MASKED.finditer(text)), fold(line.document)):
        plain = bare_mask(told)
        if sum(c.isdigit() for c in plain) >= LEAST_SHOWN:
            masks.append(plain)
    accounts = frozenset(account_number(*m.groups()) for m in _ACCOUNT.finditer(text))
    words = _words_with_digits(text)
    name = _name(line, text)
    own = _own_account(accounts, line.account, company)
    root = company.document[:8]
    is_own = bool(
        own
        or any(len(d) == 14 and d[:8] == root for d in documents)
        or _SAME_HOLDER.search(text)
        or _is_own_name(line.name or text, company.name, has_field=bool(line.name))
        or (not line.name and _is_own_name_cut(name, company.name))
    )
    return Reading(
        text=text,
        words_with_digits=words,
        tokens=frozenset(word.lstrip("0") for word in words) - {""},
        numbers=_numbers(text),
        documents=frozenset(documents),
        masks=tuple(masks),
        accounts=accounts,
        name=name,
        is_name_of_text=not line.name,
        is_own=is_own,
        gives_back=bool(_GIVES_BACK.search(text)),
        is_of_cards=bool(_OF_CARDS.search(text)),
        says_what_for=not name and not _NATURES.isdisjoint(re.findall(r"[^\W\d_]+", text)),
        is_own_nature=line.kind == "fee" or bool(_OWN_NATURE.search(text)),
        own_account=own,
        rail=_rail(line, text),
    )


def _words_with_digits(text: str) -> frozenset[str]:
    """«REF-2026/17» is one word and also three."""
    joined = (re.sub(r"[^a-z\d]", "", word) for word in text.split())
    return frozenset(_TOKEN.findall(text)) | {w for w in joined if any(c.isdigit() for c in w)}


def _numbers(text: str) -> frozenset[str]:
    """«03/12» may be the number of an instalment, but neither of its halves is one."""
    days = {re.sub(r"\D", "", m.group()) for m in _OTHER_FIGURES.finditer(text) if "/" in m.group()}
    words = _words_with_digits(_ACCOUNT.sub(" ", _OTHER_FIGURES.sub(" ", text))) | days
    return frozenset(word.lstrip("0") for word in words) - {""}


def _name(line: Line, text: str) -> str:
    if line.name:
        return " ".join(re.findall(r"[^\W_]+", fold(line.name)))
    bare = _PHRASES.sub(" ", _GLUED.sub(" ", text))
    words = [word for word in re.findall(r"[^\W_]+", bare) if not any(c.isdigit() for c in word)]
    while words and words[0] in _BANK_WORDS:
        words.pop(0)
    while words and words[-1] in _BANK_WORDS - {"e", "do", "da", "de", "dos", "das", "d", "c"}:
        words.pop()
    if _NATURES.union(_BANK_WORDS).issuperset(words):
        return ""
    return " ".join(words) if any(len(word) > 2 for word in words) else ""


def _rail(line: Line, text: str) -> str:
    if line.kind in ("pix", "ted", "boleto"):
        return line.kind
    return next((rail for rail, words in _RAILS if words.search(text)), "")


def _own_account(accounts: frozenset[tuple[str, str]], account: str, company: Company) -> str:
    for own in company.accounts:
        if own.id != account and account_number(own.branch, own.number) in accounts:
            return own.id
    return ""


def _is_own_name(text: str, name: str, *, has_field: bool) -> bool:
    mine = " ".join(re.findall(r"[^\W_]+", fold(name)))
    told = " ".join(re.findall(r"[^\W_]+", fold(text)))
    if has_field:
        return (len(told) >= 10 and mine.startswith(told)) or told == mine
    return mine[:20] in told


def _is_own_name_cut(told: str, name: str) -> bool:
    """A text ends in the middle of our name; one word of it may be anybody's."""
    mine = " ".join(re.findall(r"[^\W_]+", fold(name)))
    return len(told) >= LEAST_OWN and " " in told and mine.startswith(told)
