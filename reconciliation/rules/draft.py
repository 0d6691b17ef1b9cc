"""A rule as a person writes it, and what has to be right in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from banking.models import BankAccount
from brazil.document import parse_document
from brazil.errors import InvalidValue
from core.errors import InvalidInput
from core.text import fold, has_letter, read_line
from parties.models import Payee, Payer
from reconciliation.matches.create import WHOLE, Slice, account_and_center
from reconciliation.models import Rule
from reconciliation.models.rule import NAME_LENGTH, TEXT_LENGTH
from reconciliation.rules.conditions import SEPARATOR, Conditions, How, Text
from reconciliation.rules.pattern import compile_pattern
from tenants.models import Tenant

Act = Rule.Act
MOST_TEXTS = 3
MOST_ALTERNATIVES = 20
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    conditions: Conditions
    act: str
    name: str = ""
    slices: Sequence[Slice] = ()
    other_account: UUID | None = None
    why: str = ""
    party: Payee | Payer | None = None


def read_other_side(text: str) -> tuple[str, str]:
    """What was typed of the other side: its document, or else a part of its name."""
    text = read_line(text)
    try:
        return parse_document(text), ""
    except InvalidValue:
        return "", text


def check_conditions(tenant: Tenant, conditions: Conditions) -> Conditions:
    """As they are kept.

    Raises:
        InvalidInput: (fields `texts`, `most`, `other_side`, `bank_account`) one of them is wrong,
            or nothing narrows the rule; a `WrongPattern` says where.
    """
    texts = [each for each in conditions.texts if each.text.strip()]
    if len(texts) > MOST_TEXTS:
        raise InvalidInput(f"Use até {MOST_TEXTS} condições de texto.", field="texts")
    for each in texts:
        check_text(each)
    least, most = conditions.least, conditions.most
    if least is not None and most is not None and least > most:
        raise InvalidInput("O valor final é menor que o inicial.", field="most", code="backwards")
    name = conditions.party_name
    if name and (len(name) > TEXT_LENGTH or not has_letter(name)):
        raise InvalidInput("Digite o CPF ou CNPJ, ou parte do nome.", field="other_side")
    account = conditions.bank_account
    if account and not BankAccount.objects.of(tenant).filter(id=account).exists():
        raise InvalidInput("Escolha uma conta da empresa.", field="bank_account")
    narrows = (texts, least, most, conditions.document, name, account)
    if all(each in (None, "", []) for each in narrows):
        raise InvalidInput(
            "Diga quando a regra vale: texto, valor, outra parte ou conta.",
            field="texts",
            code="no_condition",
        )
    return replace(conditions, texts=texts)


def check_text(text: Text) -> None:
    if text.how not in How.values:
        raise InvalidInput("Escolha como o texto é comparado.", field="texts")
    if len(text.text) > TEXT_LENGTH:
        raise InvalidInput(
            f"O texto tem {len(text.text)} caracteres; o máximo é {TEXT_LENGTH}.",
            field="texts",
            code="too_long",
        )
    if text.how == How.PATTERN:
        compile_pattern(text.text)
        return
    parts = text.text.split(SEPARATOR)
    if len(parts) > MOST_ALTERNATIVES or not all(has_letter(fold(each)) for each in parts):
        raise InvalidInput(
            "Cada alternativa precisa ter uma letra ou um número.", field="texts", code="no_letter"
        )


def check_draft(tenant: Tenant, draft: Draft) -> Draft:
    """As it is kept: what belongs to another action is dropped.

    Raises:
        InvalidInput: as `check_conditions`; (fields `slices`, `cost_center`, `other_account`,
            `why`, `name`) what it does is wrong.
    """
    conditions = check_conditions(tenant, draft.conditions)
    name = read_line(draft.name)
    if len(name) > NAME_LENGTH:
        raise InvalidInput(f"O nome vai até {NAME_LENGTH} caracteres.", field="name")
    kept = Draft(conditions=conditions, act=draft.act, name=name)
    match draft.act:
        case Act.ENTRY:
            check_slices(tenant, draft.slices)
            return replace(kept, slices=draft.slices, party=draft.party)
        case Act.TRANSFER:
            check_other_account(tenant, draft)
            return replace(kept, other_account=draft.other_account)
        case Act.IGNORE:
            why = read_line(draft.why)
            if not why:
                raise InvalidInput("Informe por que estas linhas são ignoradas.", field="why")
            return replace(kept, why=why[:300])
    raise InvalidInput("Escolha o que a regra faz.", field="act")


def check_slices(tenant: Tenant, slices: Sequence[Slice]) -> None:
    """They close whatever the value of the line is."""
    if not slices:
        raise refused("Escolha a classificação.")
    for each in slices:
        account_and_center(tenant, each)
    percents = [each.percent for each in slices if each.percent is not None]
    amounts = [each.amount for each in slices if each.amount is not None]
    if percents and (len(percents) < len(slices) or amounts):
        raise refused("Divida por valor ou por porcentagem, não pelos dois.")
    if percents and (sum(percents, ZERO) != WHOLE or any(each <= 0 for each in percents)):
        raise refused("As porcentagens precisam ser positivas e somar 100 %.")
    if not percents and len(amounts) != len(slices) - 1:
        raise refused("Deixe uma parte em branco: ela fica com o que sobra de cada linha.")
    if any(each <= 0 for each in amounts):
        raise refused("Cada parte precisa de um valor positivo.")


def refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="slices", code="slices")


def check_other_account(tenant: Tenant, draft: Draft) -> None:
    named = draft.other_account
    if named is None or not BankAccount.objects.of(tenant).filter(id=named).exists():
        raise InvalidInput("Escolha a outra conta da empresa.", field="other_account")
    if named == draft.conditions.bank_account:
        raise InvalidInput(
            "A outra conta é a mesma da condição: escolha outra.",
            field="other_account",
            code="same_account",
        )
