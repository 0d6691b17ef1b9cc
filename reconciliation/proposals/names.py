"""Which parties a name fits: whole, cut, without accents, as a trade name, or misspelt."""

import re
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

from core.text import fold
from reconciliation.proposals.facts import Party

EXACT, CUT, LIKE, PART = 1.0, 0.95, 0.9, 0.8
LEAST_WORD = 4
BLOCK = 4  # letters of a word by which names are found
COMPANY_DOCUMENT = 14  # figures of a CNPJ
LEAST_CUT = 9  # letters of a cut name that still say something
LEAST_STUB = 6  # of one of which banks leave seven letters; it makes nothing certain
LEAST_LIKE = 91
LEAST_OF_FIELD = 30  # where a field of its own may cut a name
_FORMS = frozenset(("ltda", "me", "epp", "sa", "s", "a", "eireli", "cia", "mei"))
# First words that say what a company does, not which one it is.
_KINDS = frozenset((
    "academia", "advocacia", "advogados", "agencia", "agropecuaria", "alimentos", "assistencia",
    "associacao", "atacado", "auto", "autopecas", "banco", "bar", "bazar", "casa", "central",
    "centro", "clinica", "colegio", "comercial", "comercio", "companhia", "condominio",
    "confeccoes", "construcoes", "construtora", "consultoria", "contabilidade", "cooperativa",
    "distribuidora", "drogaria", "editora", "embalagens", "empresa", "engenharia", "escola",
    "escritorio", "espaco", "farmacia", "faculdade", "fundacao", "gestao", "grafica", "grupo",
    "hospital", "hotel", "imobiliaria", "industria", "informatica", "instituto", "irmaos",
    "laboratorio", "lanchonete", "lavanderia", "livraria", "locacao", "locadora", "loja", "lojas",
    "marcenaria", "materiais", "mecanica", "mercado", "metalurgica", "moveis", "nova", "novo",
    "oficina", "oticas", "padaria", "panificadora", "papelaria", "posto", "prefeitura", "real",
    "refrigeracao", "representacoes", "restaurante", "santa", "santo", "seguradora", "seguranca",
    "servicos", "sociedade", "solucoes", "studio", "super", "supermercado", "tecnologia",
    "transportadora", "transportes", "vidracaria",
))  # fmt: skip
_SMALL = _FORMS | {"de", "da", "do", "das", "dos", "e", "em"}


def plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(name)))


class NameIndex:
    """Parties by the words of their names, so that few names are compared with each line."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._found: dict[tuple[str, bool], dict[str, float]] = {}
        self._by_brand: dict[str, set[str]] = defaultdict(set)  # companies, by first words
        for party in parties:
            names = tuple(plain(name) for name in (party.name, party.trade_name) if name)
            self._names[party.id] = names
            for name in names:
                for word in name.split():
                    self._by_word[word[:BLOCK]].add(party.id)
                if len(party.document) == COMPANY_DOCUMENT and name:
                    self._by_brand[name.split()[0]].add(party.id)

    def fitting(self, told: str, *, may_be_cut: bool) -> dict[str, float]:
        """How well each party fits; those that fit worse than the best kind are left out.

        A text that may be cut just where one name ends fits the longer ones as well.
        """
        if (told, may_be_cut) not in self._found:
            self._found[told, may_be_cut] = self._fitting(told, may_be_cut)
        return self._found[told, may_be_cut]

    def _fitting(self, told: str, may_be_cut: bool) -> dict[str, float]:
        blocks = [
            self._by_word.get(word[:BLOCK], set())
            for word in told.split()
            if len(word) >= 3 and word not in _SMALL
        ]
        near: set[str] = set().union(*sorted(blocks, key=len)[:3]) if blocks else set()
        fits = {
            party: max(_fit(told, name, may_be_cut) for name in self._names[party])
            for party in near
        }
        best = max(fits.values(), default=0.0)
        least = CUT if may_be_cut and best == EXACT else best
        found = {party: fit for party, fit in fits.items() if fit and fit >= least}
        return found or self._of_brand(told)

    def _of_brand(self, told: str) -> dict[str, float]:
        """«Cielo vendas» and «Cielo S.A. Instituição de Pagamento»: one word, of one company."""
        brand = told.split()[0]
        fits = self._by_brand.get(brand, set())
        is_brand = len(brand) >= LEAST_WORD and brand not in _KINDS and len(fits) == 1
        return dict.fromkeys(fits, PART) if is_brand else {}


def _fit(told: str, name: str, may_be_cut: bool) -> float:
    if told == name:
        return EXACT
    if len(told) >= LEAST_CUT and name.startswith(told):
        is_cut = may_be_cut or len(told) >= LEAST_OF_FIELD
        return CUT if is_cut or _FORMS.issuperset(name[len(told) :].split()) else PART
    if may_be_cut and len(told) >= LEAST_STUB and name.startswith(told):
        return PART
    if len(name) >= LEAST_CUT and told.startswith(f"{name} "):
        # A company's name has an end; a person's may go on, and is another person's then.
        return CUT if name.split()[-1] in _FORMS else PART
    # A cut name of the other kind: its last word is a beginning.
    shorter = name[: len(told)] if len(told) >= 16 else name
    likeness = fuzz.ratio(told, shorter)
    if likeness >= LEAST_LIKE:
        return LIKE * likeness / 100
    words = told.split()
    if len(words[0]) >= LEAST_WORD and set(words) <= set(name.split()):
        return PART
    if len(words) > 1 and fuzz.token_sort_ratio(told, name) >= LEAST_LIKE:
        return LIKE * LEAST_LIKE / 100
    return 0.0
