"""What proposals name: open items, and the other lines that go with the one that is looked at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from accounts.models import JournalLine
from banking.models import BankAccount, StatementLine
from charges.models import Charge
from charges.models.charge import REST
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.matches.items import ItemKind
from reconciliation.models import Proposal
from reconciliation.reads.items import digests_by
from reconciliation.reads.lines import version

LINE = "line"


@dataclass(frozen=True, slots=True)
class ProposedItem:
    """An open item, and how much of it: positive."""

    kind: ItemKind
    id: UUID
    title: str
    detail: str
    due_date: date
    amount: Decimal
    shown: str = ""  # of a bill that waits for approval: the digest of what is shown

    @property
    def name(self) -> str:
        """As forms name it."""
        return f"{self.kind.value}:{self.id}"

    @property
    def is_due(self) -> bool:
        return self.kind is not ItemKind.ENTRY


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line that goes with the one that is looked at. `version` is that of the line as shown."""

    line: StatementLine
    version: int

    @property
    def name(self) -> str:
        return f"{self.line.id}:{self.version}"


@dataclass(frozen=True, slots=True)
class Named:
    items: Mapping[str, ProposedItem]  # by their ids in text
    lines: Mapping[UUID, OtherLine]


def named_in(
    tenant_id: UUID, rows: Iterable[Proposal], accounts: Mapping[UUID, BankAccount]
) -> Named:
    """One query, and two more where a bill waits for approval."""
    told = told_of(tenant_id, wanted_in(rows))
    waiting = [UUID(each["id"]) for each in told if each.get("waits")]
    usual = next((account for account in accounts.values() if account.is_preferred), None)
    digests = digests_by(tenant_id, waiting, usual) if waiting else {}
    items = [item_of(each, digests) for each in told if each["kind"] != LINE]
    lines = [other_line(each, accounts) for each in told if each["kind"] == LINE]
    return Named({str(item.id): item for item in items}, {each.line.id: each for each in lines})


def wanted_in(rows: Iterable[Proposal]) -> dict[str, set[Any]]:
    """Ids by kind."""
    wanted: dict[str, set[Any]] = {}
    for row in rows:
        for part in row.parts:
            wanted.setdefault(part["kind"], set()).add(part["id"])
        if others := set(row.lines) - {row.line_id}:
            wanted.setdefault(LINE, set()).update(others)
    return wanted


def told_of(tenant_id: UUID, wanted: Mapping[str, set[Any]]) -> Sequence[Mapping[str, Any]]:
    """One query, whatever is wanted; none where nothing is."""
    reads = [READS[kind](tenant_id, ids) for kind, ids in sorted(wanted.items())]
    if not reads:
        return []
    first, *others = reads
    return list(first.union(*others, all=True) if others else first)


def item_of(told: Mapping[str, Any], digests: Mapping[UUID, str]) -> ProposedItem:
    kind, item_id = ItemKind(told["kind"]), UUID(told["id"])
    shown = digests.get(item_id, "")
    return ProposedItem(
        kind,
        item_id,
        f"{TITLES[kind]} · {told['of']}",
        " · ".join(filter(None, (told["text"], "aguarda aprovação" if shown else ""))),
        date.fromisoformat(told["day"]),
        abs(Decimal(told["amount"])),
        shown,
    )


def other_line(told: Mapping[str, Any], accounts: Mapping[UUID, BankAccount]) -> OtherLine:
    line = StatementLine(
        id=UUID(told["id"]),
        bank_account=accounts[UUID(told["account"])],
        booked_on=date.fromisoformat(told["day"]),
        amount=Decimal(told["amount"]),
        kind=told["line_kind"],
        description=told["text"],
        counterparty_name=told["of"],
    )
    return OtherLine(line, told["version"])


# --- Each as JSON, so that one query tells all ---


def bills(tenant_id: UUID, ids: set[Any]) -> "QuerySet[Any]":
    return told(
        Payable.objects.of(tenant_id), ItemKind.BILL, ids, of=F("payee__name"),
        text=F("description"), day=F("due_date"), amount=F("amount"),
        waits=Q(status=PayableStatus.PENDING),
    )  # fmt: skip


def charges(tenant_id: UUID, ids: set[Any]) -> "QuerySet[Any]":
    return told(
        Charge.objects.of(tenant_id), ItemKind.CHARGE, ids, of=F("payer__name"),
        text=F("description"), day=F("due_date"), amount=REST,
    )  # fmt: skip


def entries(tenant_id: UUID, ids: set[Any]) -> "QuerySet[Any]":
    return told(
        JournalLine.objects.of(tenant_id), ItemKind.ENTRY, ids, of=F("entry__memo"),
        text=Value(""), day=F("entry__date"), amount=F("amount"),
    )  # fmt: skip


def lines(tenant_id: UUID, ids: set[Any]) -> "QuerySet[Any]":
    return told(
        StatementLine.objects.of(tenant_id), LINE, ids, of=F("counterparty_name"),
        text=F("description"), day=F("booked_on"), amount=F("amount"), line_kind=F("kind"),
        account=F("bank_account_id"), version=version(),
    )  # fmt: skip


def told(rows: Any, kind: str, ids: set[Any], *, amount: Any, **more: Any) -> "QuerySet[Any]":
    """An amount is text: a number of JSON would be read as a float."""
    written = Cast(amount, TextField())
    named = JSONObject(kind=Value(str(kind)), id=F("id"), amount=written, **more)
    found: QuerySet[Any] = rows.filter(id__in=ids).order_by().values_list(named, flat=True)
    return found


READS: Mapping[str, Callable[[UUID, set[Any]], "QuerySet[Any]"]] = {
    ItemKind.BILL: bills,
    ItemKind.CHARGE: charges,
    ItemKind.ENTRY: entries,
    LINE: lines,
}
TITLES = {
    ItemKind.BILL: "Conta a pagar",
    ItemKind.CHARGE: "Cobrança",
    ItemKind.ENTRY: "Lançamento",
}
