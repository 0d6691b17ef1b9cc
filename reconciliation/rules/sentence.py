"""A rule in words: «Texto contém TAR e saída até R$ 20,00» → «Lança em 5.5.01 Tarifas»."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from brazil.document import format_document
from core.text import shorten
from reconciliation.matches.create import WHOLE
from reconciliation.matches.pairing import reais
from reconciliation.models import Rule, RuleSlice
from reconciliation.rules.compiled import conditions_of
from reconciliation.rules.conditions import SEPARATOR, Conditions, Text

How, Act = Rule.How, Rule.Act
SIDES: Mapping[str, str] = {"": "valor", Rule.Side.IN: "entrada", Rule.Side.OUT: "saída"}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence; what was typed is marked."""

    text: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sentences:
    name: str
    when: list[Word] = field(default_factory=list)
    then: str = ""

    @property
    def condition(self) -> str:
        return " ".join(f"«{word.text}»" if word.is_quoted else word.text for word in self.when)

    @property
    def title(self) -> str:
        return self.name or shorten(self.condition, 80)

    def for_audit(self) -> dict[str, str]:
        named = {"Nome": self.name} if self.name else {}
        return named | {"Quando": self.condition, "Então": self.then}


def sentences(rule: Rule) -> Sentences:
    return Sentences(rule.name, when_of(rule), then_of(rule))


def when_of(rule: Rule) -> list[Word]:
    conditions = conditions_of(rule)
    parts = [of_text(each) for each in conditions.texts]
    if other := conditions.party_name or format_document(conditions.document):
        parts.append([Word("outra parte é"), Word(other, True)])
    if conditions.side or conditions.least is not None or conditions.most is not None:
        parts.append(of_value(conditions))
    if rule.bank_account is not None:
        parts.append([Word("na conta"), Word(str(rule.bank_account), True)])
    words: list[Word] = []
    for part in parts:
        words += [Word("e"), *part] if words else part
    if not words:
        return [Word("Condição que não pode ser lida")]
    first, *rest = words
    return [Word(first.text[:1].upper() + first.text[1:], first.is_quoted), *rest]


def of_text(text: Text) -> list[Word]:
    words = [Word(f"texto {How(text.how).label}")]
    texts = [text.text] if text.how == How.PATTERN else text.text.split(SEPARATOR)
    for number, each in enumerate(texts):
        words += [Word("ou")] if number else []
        words.append(Word(each.strip(), True))
    return words


def of_value(conditions: Conditions) -> list[Word]:
    words = [Word(SIDES[conditions.side])]
    least, most = conditions.least, conditions.most
    if least is not None and least == most:
        return [*words, Word("de"), Word(reais(least), True)]
    if least is not None:
        words += [Word("de" if most is not None else "a partir de"), Word(reais(least), True)]
    if most is not None:
        words += [Word("a" if least is not None else "até"), Word(reais(most), True)]
    return words


def then_of(rule: Rule) -> str:
    if rule.act == Act.TRANSFER:
        return f"Transfere entre esta conta e {rule.other_account}"
    if rule.act == Act.IGNORE:
        return f"Ignora: {rule.why}"
    party = rule.payee or rule.payer
    return f"Lança {parts_of(list(rule.slices.all()))}" + (f" · com {party}" if party else "")


def parts_of(parts: Sequence[RuleSlice]) -> str:
    """«70 % em 5.2.01 Aluguel; em 5.2.02 Energia · centro Matriz»; of one account over several
    centres «em 5.2.01 Aluguel: 70 % Matriz, 30 % Filial»."""
    is_of_one = len(parts) > 1 and len({each.account_id for each in parts}) == 1
    if is_of_one and all(each.cost_center for each in parts):
        shares = [f"{written_share(each) or 'o resto'} {each.cost_center}" for each in parts]
        return f"em {parts[0].account}: {', '.join(shares)} · centro de custo"
    return "; ".join(
        f"{share_of(each)}{each.account}"
        + (f" · centro {each.cost_center}" if each.cost_center else "")
        for each in parts
    )


def share_of(part: RuleSlice) -> str:
    """«70 % em», «R$ 15,00 em»: «em» alone where it takes all or what is left."""
    share = written_share(part)
    return f"{share} em " if share else "em "


def written_share(part: RuleSlice) -> str:
    """Empty where it takes all or what is left."""
    if part.percent is not None:
        return written_percent(part.percent) if part.percent != WHOLE else ""
    return reais(part.amount) if part.amount is not None else ""


def written_percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}".replace(".", ",") + "\u00a0%"
