"""A company's rules, ready to be asked about lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from reconciliation.matches.create import Slice
from reconciliation.models import Rule
from reconciliation.rules.conditions import (
    Check,
    Conditions,
    Facts,
    LineLike,
    Text,
    checks_of,
    fits,
)
from reconciliation.rules.pattern import WrongPattern

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Compiled:
    rule: Rule
    checks: Sequence[Check]
    # A text of it cannot be read any more, as where the engine of patterns has changed: the checks
    # are the others.
    is_unread: bool = False


def conditions_of(rule: Rule) -> Conditions:
    return conditions_with(rule, [Text(each["how"], each["text"]) for each in read_texts(rule)])


def read_texts(rule: Rule) -> list[dict[str, str]]:
    """Without those that are kept in a shape which is none of ours."""
    return [each for each in rule.texts if is_text(each)]


def is_text(kept: Any) -> bool:
    return (
        isinstance(kept, dict)
        and kept.get("how") in Rule.How.values
        and isinstance(kept.get("text"), str)
    )


def conditions_with(rule: Rule, texts: Sequence[Text]) -> Conditions:
    return Conditions(
        texts=texts,
        side=rule.side,
        least=rule.least,
        most=rule.most,
        document=rule.document,
        party_name=rule.party_name,
        bank_account=rule.bank_account_id,
    )


def slices_of(rule: Rule) -> list[Slice]:
    return [
        Slice(each.account_id, each.amount, each.percent, each.cost_center_id)
        for each in rule.slices.all()
    ]


def compiled(rules: Iterable[Rule]) -> list[Compiled]:
    return [compile_rule(rule) for rule in rules]


def compile_rule(rule: Rule) -> Compiled:
    try:
        checks = checks_of(conditions_of(rule))
    except WrongPattern as error:
        log.warning("rule_not_read", tenant=str(rule.tenant_id), rule=str(rule.id), why=str(error))
    else:
        if len(read_texts(rule)) == len(rule.texts):
            return Compiled(rule, checks)
    return Compiled(rule, checks_of(conditions_with(rule, [])), is_unread=True)


def rules_of(tenant_id: UUID) -> list[Compiled]:
    """Those that are on, in the order in which they are tried. Two queries, inside the scope."""
    rows = Rule.objects.of(tenant_id).kept().filter(is_on=True)
    related = ("other_account", "payee__merged_into", "payer", "changed_by")
    return compiled(rows.select_related(*related).prefetch_related("slices"))


def has_rules(tenant_id: UUID) -> bool:
    return bool(Rule.objects.of(tenant_id).kept().filter(is_on=True).exists())


def rule_for(rules: Sequence[Compiled], line: LineLike) -> Rule | None:
    """The first one that fits; none where one that cannot be read might fit before it. Pure."""
    found = first_for(rules, line)
    return None if found is None or found.is_unread else found.rule


def first_for(rules: Sequence[Compiled], line: LineLike) -> Compiled | None:
    """The first one that fits, or might if all of it could be read. Pure."""
    if not rules:
        return None
    facts = Facts.of(line)
    return next((each for each in rules if fits(each.checks, facts)), None)
