"""Rules that are offered because a person did the same twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import Account, CostCenter
from banking.models import StatementLine
from brazil.document import format_document
from core.text import fold
from reconciliation.matches.create import Slice
from reconciliation.models import Match, Rule
from reconciliation.rules.compiled import compiled, rule_for
from reconciliation.rules.conditions import Conditions, How, Text
from reconciliation.rules.draft import Draft
from reconciliation.rules.trial import Classified, classified
from tenants.models import Tenant

TIMES = 2
LOOKED = 300  # the newest entries that people made of lines
DAYS = 120
MOST = 2
SHORTEST = 4  # letters that still say something
WORDS = re.compile(r"[^\W\d_][^\d\s]*(?: [^\W\d_][^\d\s]*)*")  # in a row, without figures


@dataclass(frozen=True, slots=True)
class Offer:
    line: StatementLine  # the newest one
    times: int
    first_on: date
    words: str  # what they have in common
    account: Account
    cost_center: CostCenter | None


def offers_of(tenant: Tenant, today: date) -> Sequence[Offer]:
    """At most MOST, the newest first; what a rule catches already, on or off, is not offered. Runs
    inside the company's scope."""
    lines = handmade(tenant, today)
    if len(lines) < TIMES:
        return []
    made = classified(tenant.id, [line.id for line in lines])
    alike: dict[tuple[str, bool, Classified], list[StatementLine]] = {}
    for line in lines:
        key, way = common(line), only(made.get(line.id, set()))
        if key and way is not None:
            alike.setdefault((key, line.is_incoming, way), []).append(line)
    rules = compiled(Rule.objects.of(tenant.id).kept())
    offers = [
        (key, found, *way)
        for (key, _, way), found in alike.items()
        if len(found) >= TIMES and rule_for(rules, found[0]) is None
    ][:MOST]
    accounts = Account.objects.of(tenant).open().in_bulk([each for *_, each, _ in offers])
    centers = centers_named(tenant, [each for *_, each in offers])
    return [
        Offer(
            found[0],
            len(found),
            found[-1].booked_on,
            written(key, found[0]),
            accounts[account],
            centers.get(center) if center else None,
        )
        for key, found, account, center in offers
        if account in accounts and (center is None or center in centers)
    ]


def only(ways: set[Classified]) -> Classified | None:
    """What all of an entry is on; None where it is split."""
    return next(iter(ways)) if len(ways) == 1 else None


def centers_named(tenant: Tenant, ids: Sequence[UUID | None]) -> dict[UUID, CostCenter]:
    """Those in use."""
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    found: dict[UUID, CostCenter] = CostCenter.objects.of(tenant).open().in_bulk(wanted)
    return found


def handmade(tenant: Tenant, today: date) -> list[StatementLine]:
    """Of which people made entries lately, the newest day first."""
    made = (
        Match.objects.of(tenant.id)
        .standing()
        .filter(
            kind=Match.Kind.CREATE,
            degree=Match.Degree.HAND,
            made_at__date__gte=today - timedelta(days=DAYS),
        )
    )
    newest = list(made.order_by("-made_at", "-id").values_list("id", flat=True)[:LOOKED])
    lines = StatementLine.objects.of(tenant.id).filter(match_lines__match__in=newest)
    return list(lines.defer("raw", "words_folded").order_by("-booked_on", "-id"))


def common(line: StatementLine) -> str:
    """What lines alike share: the document of the other side, else the words."""
    return line.counterparty_document or words_of(line)


def words_of(line: StatementLine) -> str:
    """The most letters in a row without a figure, of the name or of the text."""
    text = fold(line.counterparty_name) or fold(line.description)
    found = max(WORDS.findall(text), key=len, default="").strip(" -–*/.,:")
    return found if sum(each.isalpha() for each in found) >= SHORTEST else ""


def written(key: str, line: StatementLine) -> str:
    if key == line.counterparty_document:
        return line.counterparty_name or format_document(key)
    return key.upper()


def draft_from(line: StatementLine) -> Draft:
    """A rule for lines like this one, which does what became of it. Runs inside the scope."""
    side = Rule.Side.IN if line.is_incoming else Rule.Side.OUT
    document = line.counterparty_document
    texts = [] if document else [Text(How.CONTAINS, words_of(line).upper())]
    conditions = Conditions(texts=texts, side=side, document=document)
    way = only(classified(line.tenant_id, [line.id]).get(line.id, set()))
    slices = [Slice(way[0], cost_center=way[1])] if way else []
    return Draft(conditions=conditions, act=Rule.Act.ENTRY, slices=slices)
