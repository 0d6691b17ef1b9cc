"""A company's rules, ready to be asked about lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Compiled:
    rule: Rule
    checks: Sequence[Check]


def conditions_of(rule: Rule) -> Conditions:
    return Conditions(
        texts=[Text(each["how"], each["text"]) for each in rule.texts],
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
    return [Compiled(rule, checks_of(conditions_of(rule))) for rule in rules]


def rules_of(tenant_id: UUID) -> list[Compiled]:
    """Those that are on, in the order in which they are tried. Two queries, inside the scope."""
    rows = Rule.objects.of(tenant_id).kept().filter(is_on=True)
    related = ("other_account", "payee__merged_into", "payer", "changed_by")
    return compiled(rows.select_related(*related).prefetch_related("slices"))


def has_rules(tenant_id: UUID) -> bool:
    return bool(Rule.objects.of(tenant_id).kept().filter(is_on=True).exists())


def rule_for(rules: Sequence[Compiled], line: LineLike) -> Rule | None:
    """The first one that fits. Pure."""
    if not rules:
        return None
    facts = Facts.of(line)
    return next((each.rule for each in rules if fits(each.checks, facts)), None)
