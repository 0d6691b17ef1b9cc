"""What a person's match teaches: whom a line's name or document means, what an acquirer keeps."""

from decimal import Decimal

from accounts.models import AccountPurpose, JournalLine
from reconciliation.models import Lesson, Match, MatchEffect, MatchLine
from reconciliation.proposals.facts import Company, Line
from reconciliation.proposals.reading import read
from tenants.models import Tenant

ZERO = Decimal("0.00")


def learn(match: Match) -> None:
    """Of one whose items are all of one party; it is forgotten with the match. Runs inside the
    company's scope."""
    parties = {
        (payee, payer)
        for payee, payer in MatchEffect.objects.of(match.tenant_id)
        .filter(match=match)
        .values_list("bill__payee", "settlement__charge__payer")
        if payee or payer
    }
    if len(parties) != 1:
        return
    ((payee, payer),) = parties
    told = told_by_lines(match)
    rate = rate_of(match) if payer else None
    Lesson.objects.bulk_create(
        Lesson(tenant_id=match.tenant_id, match=match, told=each[:160], payee_id=payee,
               payer_id=payer, rate=rate)
        for each in (told or ([""] if rate is not None else []))
    )  # fmt: skip


def told_by_lines(match: Match) -> list[str]:
    tenant = Tenant.objects.get(id=match.tenant_id)
    company = Company(tenant.legal_name, tenant.cnpj)
    rows = MatchLine.objects.of(match.tenant_id).filter(match=match)
    told: dict[str, None] = {}
    for each in rows.select_related("statement_line"):
        line = each.statement_line
        reading = read(
            Line(
                str(line.id), str(line.bank_account_id), line.booked_on, line.amount, "",
                line.description, line.counterparty_name, line.counterparty_document,
            ),
            company,
        )  # fmt: skip
        told |= {name: None for name in (reading.name, *reading.documents) if name}
    return list(told)


def rate_of(match: Match) -> Decimal | None:
    """What of the gross was kept as a fee; None: nothing."""
    entries = MatchEffect.objects.of(match.tenant_id).filter(match=match).values("entry")
    fees = JournalLine.objects.of(match.tenant_id).filter(
        entry__in=entries, account__purpose=AccountPurpose.FEES
    )
    fee = sum(fees.values_list("amount", flat=True), ZERO)
    lines = MatchLine.objects.of(match.tenant_id).filter(match=match)
    net = sum(lines.values_list("amount", flat=True), ZERO)
    return round(fee / (net + fee), 4) if fee > 0 and net > 0 else None
