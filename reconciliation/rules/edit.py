"""Write, order, switch and remove rules. What a rule has done already stays as it is."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from audit.acts import Act
from audit.services import record
from banking.statements.allocation import check_role
from core.clock import database_now
from core.errors import Changed, InvalidState
from core.text import shorten
from parties.models import Payee, Payer
from reconciliation.models import Rule, RuleSlice
from reconciliation.rules.draft import Draft, check_draft
from reconciliation.rules.sentence import sentences
from tenants.models import Membership, TenantQuerySet

MOST_RULES = 300


@transaction.atomic
def save_rule(
    draft: Draft, *, by: Membership, rule_id: UUID | None = None, version: int | None = None
) -> Rule:
    """A new one comes last. Runs inside the company's scope.

    Raises:
        InvalidInput: as `check_draft`.
        Changed: (code `rule_changed`) somebody else saved it since `version` was shown.
        InvalidState: (code `removed`) it is not there any more; (code `too_many`) there are many.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    hold_order(by)
    draft = check_draft(by.tenant, draft)
    if rule_id is None:
        rule, before = new_rule(by), {}
    else:
        rule = held(rule_id, by)
        require_version(rule, version)
        rule.version += 1
        before = sentences(rule).for_audit()
    write(rule, draft, by)
    put_on_record(rule, by, before)
    return rule


def new_rule(by: Membership) -> Rule:
    rows = Rule.objects.of(by.tenant_id).kept()
    if rows.count() >= MOST_RULES:
        raise InvalidState(f"São até {MOST_RULES} regras: exclua as sem uso.", code="too_many")
    last = rows.aggregate(last=Max("position"))["last"] or 0
    return Rule(tenant_id=by.tenant_id, position=last + 1, created_by=by.user)


def write(rule: Rule, draft: Draft, by: Membership) -> None:
    when = draft.conditions
    rule.name, rule.act, rule.why = draft.name, draft.act, draft.why
    rule.texts = [{"how": str(each.how), "text": each.text.strip()} for each in when.texts]
    rule.side, rule.least, rule.most = when.side, when.least, when.most
    rule.document, rule.party_name = when.document, when.party_name
    rule.bank_account_id, rule.other_account_id = when.bank_account, draft.other_account
    rule.payee = draft.party if isinstance(draft.party, Payee) else None
    rule.payer = draft.party if isinstance(draft.party, Payer) else None
    rule.changed_by, rule.changed_at = by.user, database_now()
    rule.save()
    RuleSlice.objects.of(rule.tenant_id).filter(rule=rule).delete()
    RuleSlice.objects.bulk_create(
        RuleSlice(
            tenant_id=rule.tenant_id,
            rule=rule,
            position=position,
            account_id=each.account,
            amount=each.amount,
            percent=each.percent,
            cost_center_id=each.cost_center,
        )
        for position, each in enumerate(draft.slices, start=1)
    )


@transaction.atomic
def switch_rule(rule_id: UUID, *, on: bool, by: Membership) -> Rule:
    """Runs inside the company's scope.

    Raises:
        InvalidState: (code `removed`) it is not there any more.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    rule = held(rule_id, by)
    if rule.is_on != on:
        rule.is_on = on
        rule.save(update_fields=["is_on"])
        words = {True: "ligada", False: "desligada"}
        record(
            Act.RULE_CHANGED,
            on=rule,
            by=by.user,
            before={"Situação": words[not on]},
            after={"Situação": words[on]},
        )
    return rule


@transaction.atomic
def order_rules(ids: Sequence[UUID], *, by: Membership) -> None:
    """Runs inside the company's scope.

    Raises:
        Changed: (code `rules_changed`) they are not the company's rules of now.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    hold_order(by)
    rules = {rule.id: rule for rule in Rule.objects.of(by.tenant_id).kept()}
    if len(ids) != len(rules) or set(ids) != rules.keys():
        raise Changed(
            "Outra pessoa criou ou excluiu uma regra enquanto você mudava a ordem: "
            "confira a lista como ela está.",
            code="rules_changed",
        )
    moved = [
        rules[each] for place, each in enumerate(ids, start=1) if rules[each].position != place
    ]
    if not moved:
        return
    before = in_order(rules.values())
    for place, each in enumerate(ids, start=1):
        rules[each].position = place
    Rule.objects.of(by.tenant_id).bulk_update(moved, ["position"])
    record(
        Act.RULES_ORDERED,
        on=by.tenant,
        by=by.user,
        before={"Ordem": before},
        after={"Ordem": in_order(rules.values())},
    )


def in_order(rules: Iterable[Rule]) -> str:
    ordered = sorted(rules, key=lambda rule: (rule.position, rule.id))
    return shorten("; ".join(sentences(rule).title for rule in ordered), 2_000)


@transaction.atomic
def move_rule(rule_id: UUID, *, up: bool, by: Membership) -> None:
    """One place; the first and the last stay. As `order_rules`."""
    check_role(by)
    hold_order(by)
    ids = list(Rule.objects.of(by.tenant_id).kept().values_list("id", flat=True))
    if rule_id not in ids:
        raise gone()
    at = ids.index(rule_id)
    to = at + (-1 if up else 1)
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
        order_rules(ids, by=by)


@transaction.atomic
def remove_rule(rule_id: UUID, *, by: Membership) -> None:
    """What it did stays. Runs inside the company's scope.

    Raises:
        InvalidState: (code `removed`) it is not there any more.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    hold_order(by)
    rule = held(rule_id, by)
    rule.removed_at, rule.removed_by = database_now(), by.user
    rule.save(update_fields=["removed_at", "removed_by"])
    record(Act.RULE_REMOVED, on=rule, by=by.user, before=sentences(rule).for_audit())


def hold_order(by: Membership) -> None:
    """Who adds, removes or orders rules does it alone, until the transaction ends."""
    with connection.cursor() as cursor:
        name = f"rules:{by.tenant_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def held(rule_id: UUID, by: Membership) -> Rule:
    rows: TenantQuerySet = Rule.objects.of(by.tenant_id).kept().filter(id=rule_id)
    found: Rule | None = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise gone()
    return found


def gone() -> InvalidState:
    return InvalidState("Esta regra foi excluída.", code="removed")


def require_version(rule: Rule, version: int | None) -> None:
    if version is not None and version != rule.version:
        raise Changed(
            f"{rule.changed_by.display_name} alterou esta regra enquanto você editava: "
            "confira como ela está.",
            code="rule_changed",
        )


def put_on_record(rule: Rule, by: Membership, before: dict[str, str]) -> None:
    after = sentences(rule).for_audit()
    record(Act.RULE_CHANGED, on=rule, by=by.user, before=before, after=after)
