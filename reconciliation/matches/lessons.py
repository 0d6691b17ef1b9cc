"""What a person's match teaches: whom a line's name or document means, what an acquirer keeps."""

from decimal import Decimal
from uuid import UUID

from accounts.models import AccountPurpose, JournalEntry
from parties.models import Payer
from reconciliation.matches.write import Writing
from reconciliation.models import Lesson, MatchEffect
from reconciliation.proposals.facts import Company, Line
from reconciliation.proposals.reading import read

ZERO = Decimal("0.00")


def learn(writing: Writing) -> None:
    """Of a match whose items are all of one party; it is forgotten with the match. Runs inside the
    company's scope, when all of the match is written."""
    parties = {party for effect in writing.effects if any(party := party_of(effect))}
    if not parties:
        learn_rate_of_entries(writing)
    if len(parties) != 1:
        return
    ((payee, payer),) = parties
    match, told = writing.match, told_by_lines(writing)
    rate = rate_of(writing) if payer else None
    Lesson.objects.bulk_create(
        Lesson(tenant_id=match.tenant_id, match=match, told=each[:160], payee_id=payee,
               payer_id=payer, rate=rate)
        for each in (told or ([""] if rate is not None else []))
    )  # fmt: skip


def learn_rate_of_entries(writing: Writing) -> None:
    """Entries name no party: the rate is that of the payer of whom the lines tell."""
    rate = rate_of(writing, of=MatchEffect.Kind.REWRITTEN)
    documents = {line.counterparty_document for line, _ in writing.lines}
    if rate is None or len(documents) != 1 or "" in documents:
        return
    match = writing.match
    payer = Payer.objects.of(match.tenant_id).filter(document__in=documents).first()
    if payer is not None:
        Lesson.objects.create(tenant_id=match.tenant_id, match=match, payer=payer, rate=rate)


def party_of(effect: MatchEffect) -> tuple[UUID | None, UUID | None]:
    """Payee and payer."""
    return (
        effect.bill.payee_id if effect.bill else None,
        effect.settlement.charge.payer_id if effect.settlement else None,
    )


def told_by_lines(writing: Writing) -> list[str]:
    told: dict[str, None] = {}
    for line, _ in writing.lines:
        reading = read(
            Line(
                str(line.id), str(line.bank_account_id), line.booked_on, line.amount, "",
                line.description, line.counterparty_name, line.counterparty_document,
            ),
            Company(line.tenant.legal_name, line.tenant.cnpj),
        )  # fmt: skip
        told |= {name: None for name in (reading.name, *reading.documents) if name}
    return list(told)


def rate_of(writing: Writing, of: str = "") -> Decimal | None:
    """What of the gross was kept as a fee, by effects of the kind `of` or by all; None: nothing."""
    effects = [each for each in writing.effects if of in ("", each.kind)]
    entries = {effect.entry.id: effect.entry for effect in effects if effect.entry}
    fee = sum(map(fee_in, entries.values()), ZERO)
    net = sum((amount for _, amount in writing.lines), ZERO)
    return round(fee / (net + fee), 4) if fee > 0 and net > 0 else None


def fee_in(entry: JournalEntry) -> Decimal:
    lines = entry.just_written or entry.lines.select_related("account")
    fees = [line.amount for line in lines if line.account.purpose == AccountPurpose.FEES]
    return sum(fees, ZERO)
