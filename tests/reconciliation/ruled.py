"""Plain functions that make rules and apply them."""

from typing import Any
from uuid import UUID

from accounts.models import Account
from banking.models import StatementLine
from reconciliation.matches.create import Slice
from reconciliation.models import Rule
from reconciliation.rules.apply import Applied, apply_rules
from reconciliation.rules.compiled import rules_of
from reconciliation.rules.conditions import Conditions, Text
from reconciliation.rules.draft import Draft
from reconciliation.rules.edit import save_rule
from reconciliation.rules.open_items import open_items_now
from reconciliation.rules.trial import Trial, try_rule
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.reconciliation.matched import DAY

FEES = "5.5.01"


def classification_id(by: Membership, code: str) -> UUID:
    with tenant_scope(by.tenant_id):
        found: UUID = Account.objects.of(by.tenant_id).get(code=code).id
    return found


def when(contains: str = "", **more: Any) -> Conditions:
    texts = [Text("contains", contains)] if contains else []
    return Conditions(**{"texts": texts, **more})


def begins(text: str, **more: Any) -> Conditions:
    return Conditions(texts=[Text("begins", text)], **more)


def pattern(text: str, **more: Any) -> Conditions:
    return Conditions(texts=[Text("pattern", text)], **more)


def entry(by: Membership, conditions: Conditions, *codes: str, **more: Any) -> Draft:
    slices = [Slice(classification_id(by, code)) for code in codes or (FEES,)]
    return Draft(**{"conditions": conditions, "act": "entry", "slices": slices, **more})


def ignoring(conditions: Conditions, why: str = "Não é nosso") -> Draft:
    return Draft(conditions=conditions, act="ignore", why=why)


def moving(conditions: Conditions, account: Any) -> Draft:
    return Draft(conditions=conditions, act="transfer", other_account=account.id)


def make_rule(by: Membership, draft: Draft | Conditions) -> Rule:
    draft = entry(by, draft) if isinstance(draft, Conditions) else draft
    with tenant_scope(by.tenant_id):
        return save_rule(draft, by=by)


def applied(by: Membership, *lines: StatementLine, is_open: bool | None = False) -> Applied:
    """Without `is_open` what bills and charges say."""
    with tenant_scope(by.tenant_id):
        has_open = open_items_now(by.tenant) if is_open is None else lambda _: bool(is_open)
        return apply_rules(by.tenant_id, lines, has_open)


def caught_by(by: Membership, draft: Draft | Conditions, days: int = 90, **more: Any) -> Trial:
    draft = entry(by, draft) if isinstance(draft, Conditions) else draft
    with tenant_scope(by.tenant_id):
        return try_rule(by.tenant, draft, days=days, today=DAY, **more)


def compiled_of(by: Membership) -> Any:
    with tenant_scope(by.tenant_id):
        return rules_of(by.tenant_id)
