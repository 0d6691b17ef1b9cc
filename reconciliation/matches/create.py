"""Create the entry that a bank line is the money of, on one account or split over several."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.db import transaction

from accounts.journal.entries import post_entry
from accounts.journal.postings import Posting
from accounts.models import Account, CostCenter
from audit.acts import Act
from audit.services import record
from banking.bank_accounts.ledger_account import hold_leaf
from core.errors import InvalidInput
from core.money import CENTAVO, two_places
from core.text import read_line
from parties.models import Payee, Payer
from reconciliation.matches.amounts import open_part
from reconciliation.matches.author import Author, member_of
from reconciliation.matches.differences import center_for, classification
from reconciliation.matches.hold import Seen, hold_lines
from reconciliation.matches.match import in_words
from reconciliation.matches.pairing import reais
from reconciliation.matches.plan import require_open
from reconciliation.matches.write import Effect, Origin, begin_match, posted_on, rule_named
from reconciliation.models import Match
from tenants.models import Tenant

ZERO = Decimal("0.00")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a line: reais, or per cent of it. Positive goes the way of the line; negative the
    other way, as the fee that a card acquirer keeps of the sales that it pays. Several may be of
    one account, as of two cost centres."""

    account: UUID
    amount: Decimal | None = None
    percent: Decimal | None = None
    cost_center: UUID | None = None


@transaction.atomic
def create_entry(
    line_id: UUID,
    slices: Sequence[Slice],
    *,
    by: Author,
    memo: str = "",
    payee: Payee | None = None,
    payer: Payer | None = None,
    seen: Seen | None = None,
    origin: Origin | None = None,
) -> Match:
    """Of all that is open of the line, on its day. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `slices`) they are not what is open of the line, to the centavo, or an
            account is none that may be used; (field `cost_center`) as `center_for`; (field `memo`)
            it is too long.
        InvalidState: (code `line_used`) nothing of the line is open.
        Changed, NotAllowed: as `hold_lines`.
    """
    (line,) = hold_lines([line_id], by=by, seen=seen)
    there = open_part(line)
    require_open([line], {line.id: there})
    parts = read_slices(line.tenant, slices, abs(there))
    sign = 1 if there > 0 else -1
    memo = read_line(memo) or line.description or "Lançamento do extrato"
    origin = origin or Origin(by=member_of(by))
    writing = begin_match(line.tenant_id, Match.Kind.CREATE, origin, payee=payee, payer=payer)
    entry = post_entry(
        line.tenant,
        date=line.booked_on,
        memo=memo,
        lines=[
            (hold_leaf(line.bank_account), there),
            *(part._replace(amount=-part.amount * sign) for part in parts),
        ],
        by=origin.by.user if origin.by else None,
    )
    writing.note(Effect.CREATED, entry=entry)
    writing.join(line, posted_on(line.bank_account, entry), there)
    writing.add_line(line, there)
    record(
        Act.LINE_ENTERED,
        on=writing.match,
        by=origin.by.user if origin.by else None,
        after={
            "Conta": str(line.bank_account),
            "Extrato": in_words(line),
            "Histórico": memo,
            "Classificação": "; ".join(f"{part.named}: {reais(part.amount)}" for part in parts),
            **({"Com": str(payee or payer)} if payee or payer else {}),
            **rule_named(origin),
        },
    )
    return writing.match


def read_slices(tenant: Tenant, slices: Sequence[Slice], whole: Decimal) -> list[Posting]:
    """Each account with its amount and cost centre; together they are `whole`."""
    if not slices:
        raise refused("Escolha a classificação.")
    kept = [account_and_center(tenant, each) for each in slices]
    if all(each.percent is not None for each in slices):
        amounts = by_percent([each.percent or ZERO for each in slices], whole)
    else:
        amounts = by_amount(slices, whole)
    return [
        Posting(account, amount, center)
        for (account, center), amount in zip(kept, amounts, strict=True)
    ]


def account_and_center(
    tenant: Tenant, part: Slice, *, field: str = "slices"
) -> tuple[Account, CostCenter | None]:
    """
    Raises:
        InvalidInput: (field `field`) the account is none that may be used; (field `cost_center`)
            as `center_for`.
    """
    account = classification(tenant, part.account, field=field)
    return account, center_for(account, part.cost_center)


def by_amount(slices: Sequence[Slice], whole: Decimal) -> list[Decimal]:
    """One that says nothing takes what the others leave."""
    if any(each.percent is not None for each in slices):
        raise refused("Divida por valor ou por porcentagem, não pelos dois.")
    silent = [each for each in slices if each.amount is None]
    if len(silent) > 1:
        raise refused("Informe o valor de cada parte; só uma pode ficar com o que sobra.")
    told = sum((each.amount for each in slices if each.amount is not None), ZERO)
    amounts = [whole - told if each.amount is None else each.amount for each in slices]
    for amount in amounts:
        try:
            two_places(amount)
        except ValueError:
            raise refused("Use valores com duas casas decimais.") from None
        if not amount:
            raise refused("Uma parte está sem valor.")
    if missing := whole - sum(amounts, ZERO):
        raise refused(
            f"Faltam {reais(missing)} para fechar."
            if missing > 0
            else f"As partes passam do valor da linha em {reais(-missing)}."
        )
    return amounts


def by_percent(percents: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """To the centavo: what rounding leaves goes to those that lost the most by it."""
    if any(each <= 0 for each in percents) or sum(percents, ZERO) != WHOLE:
        raise refused("As porcentagens precisam ser positivas e somar 100 %.")
    exact = [whole * each / WHOLE for each in percents]
    amounts = [each.quantize(CENTAVO, ROUND_DOWN) for each in exact]
    left = int((whole - sum(amounts, ZERO)) / CENTAVO)
    lost = sorted(range(len(exact)), key=lambda at: amounts[at] - exact[at])
    for at in lost[:left]:
        amounts[at] += CENTAVO
    if not all(amounts):
        raise refused("Uma parte ficou com menos de um centavo.")
    return amounts


def refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="slices", code="slices")
