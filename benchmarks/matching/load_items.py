"""What the books of a data set's company hold, as it comes and is closed day by day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from accounts.journal.entries import EntryDraft, post_entries, reverse_entry
from accounts.models import Account, JournalEntry, JournalLine
from banking.models import BankAccount
from benchmarks.matching.load import Loaded, Row
from benchmarks.matching.orders import give_up_orders
from benchmarks.world import approve_many
from brazil.banking_days import SAO_PAULO
from brazil.barcode import BOLETO_LINE_LENGTH
from charges.models import Charge, Settlement, Slip, late_from, slip_code
from charges.models.charge import MOST_DISCOUNT_DAYS
from charges.states import ChargeStatus, SlipStatus
from core.ids import uuid7
from payments.models import OutsidePayment, Payable, PayableQuerySet
from payments.states import PayableStatus

ZERO = Decimal("0.00")
MORNING = time(8)
FORMS = {"boleto": "boleto", "pix": "pix"}
OPEN_CHARGES = (ChargeStatus.OPEN, ChargeStatus.IN_PAYMENT)


@dataclass(slots=True)
class Items:
    """Which bill, charge or journal line of the product is which item of the data set."""

    loaded: Loaded
    told: dict[UUID, str] = field(default_factory=dict)
    bills: dict[str, UUID] = field(default_factory=dict)
    charges: dict[str, UUID] = field(default_factory=dict)
    entries: dict[str, JournalEntry] = field(default_factory=dict)  # transfers too
    transfers: set[str] = field(default_factory=set)
    _lines: Any = field(default_factory=lambda: count(1))

    def create(self, rows: Sequence[Row]) -> None:
        """What was created on a day. Inside the company's scope."""
        for kinds, load in (
            (("payable",), self._enter),
            (("charge",), self._charge),
            (("entry", "transfer"), self._post),
        ):
            if some := [row for row in rows if row["kind"] in kinds]:
                load(some)

    def close(self, rows: Sequence[Row]) -> None:
        """What was closed on a day, where it is open still. Inside the company's scope."""
        for how, bills, charges in (
            ("cancelled", self._cancel_bills, self._cancel_charges),
            ("entry", self._pay_in_cash, self._receive_in_cash),
        ):
            closed = [row for row in rows if row["closed_by"] == how]
            if some := [row for row in closed if row["id"] in self.bills]:
                bills(some)
            if some := [row for row in closed if row["id"] in self.charges]:
                charges(some)
        for row in rows:
            if entry := self.entries.get(row["id"]):
                day = max(entry.date, date.fromisoformat(row["closed_on"]))
                reverse_entry(entry, by=self.loaded.operator, date=day, why="Lançado por engano")

    # Bills

    def _enter(self, rows: Sequence[Row]) -> None:
        made = [self._bill(row) for row in rows]
        Payable.objects.bulk_create(made)
        for row, bill in zip(rows, made, strict=True):
            self.bills[row["id"]] = bill.id
            self.told[bill.id] = row["id"]
        self._approve()

    def approve_waiting(self) -> int:
        """What is left of one that was paid in part, what came back. How many."""
        return self._approve() if self._pending().exists() else 0

    def _pending(self) -> PayableQuerySet:
        return Payable.objects.of(self.loaded.tenant).filter(status=PayableStatus.PENDING)

    def _approve(self) -> int:
        waiting = list(self._pending().with_destinations())
        approve_many(waiting, None, self.loaded.approver)
        returned = [bill.id for bill in waiting if bill.hold]
        if returned:
            Payable.objects.of(self.loaded.tenant).filter(id__in=returned).update(hold="")
        return len(waiting)

    def _bill(self, row: Row) -> Payable:
        payee = self.loaded.payees[row["party"] or ""]
        account = self.loaded.account(row["account"])
        if account is None and row["order"]:
            account = self.loaded.account(row["order"]["account"])
        return Payable(
            tenant=self.loaded.tenant,
            payee=payee,
            amount=Decimal(row["amount"]),
            due_date=date.fromisoformat(row["due_date"]),
            payment_date=payment_date_of(row),
            description=described(row)[:140],
            bank_account=account,
            expense_account=self.loaded.expense,
            created_by=self.loaded.operator,
            created_at=morning_of(row["created_on"]),
            **self._destination(row),
        )

    def _destination(self, row: Row) -> dict[str, Any]:
        """A bill is paid by TED, boleto or Pix: what is paid otherwise is a TED on paper."""
        if row["method"] == "boleto":
            line = str(next(self._lines)).zfill(BOLETO_LINE_LENGTH)
            return {"method": "boleto", "linha_digitavel": line}
        if row["method"] == "pix":
            key = self.loaded.keys.get(row["party"] or "")
            kind, text = (key.key_type, key.key) if key else ("random", str(uuid7()))
            return {"method": "pix", "pix_key_type": kind, "pix_key": text}
        return {"method": "ted", "payee_account": self.loaded.ted_accounts[row["party"] or ""]}

    def _cancel_bills(self, rows: Sequence[Row]) -> None:
        ids = [self.bills[row["id"]] for row in rows]
        give_up_orders(self.loaded, ids)
        bills = Payable.objects.of(self.loaded.tenant).filter(id__in=ids)
        bills.filter(status=PayableStatus.APPROVED).update(status=PayableStatus.CANCELLED)

    def _pay_in_cash(self, rows: Sequence[Row]) -> None:
        days = {self.bills[row["id"]]: date.fromisoformat(row["closed_on"]) for row in rows}
        give_up_orders(self.loaded, days)
        held = Payable.objects.of(self.loaded.tenant).filter(id__in=days)
        bills = list(held.filter(status=PayableStatus.APPROVED).order_by("id"))
        paid = [(bill, self._cash(days[bill.id], bill, -bill.amount)) for bill in bills]
        entries = post_entries(self.loaded.tenant, [draft for _, draft in paid])
        OutsidePayment.objects.bulk_create(
            OutsidePayment(
                tenant=self.loaded.tenant, payable=bill, paid_on=entry.date, amount=bill.amount,
                account=self.loaded.cash, entry=entry, by=self.loaded.operator,
            )
            for bill, entry in zip(bills, entries, strict=True)
        )  # fmt: skip
        held.filter(status=PayableStatus.APPROVED).update(status=PayableStatus.PAID)

    def _cash(self, day: date, of: Payable | Charge, amount: Decimal) -> EntryDraft:
        other = self.loaded.expense if amount < 0 else self.loaded.revenue
        lines = [(self.loaded.cash, amount), (other, -amount)]
        return EntryDraft(day, f"Em dinheiro: {of}"[:300], lines, self.loaded.operator)

    # Charges

    def _charge(self, rows: Sequence[Row]) -> None:
        made = [(row, self._debt(row)) for row in rows]
        Charge.objects.bulk_create(charge for _, charge in made)
        slips = [slip_of(row, charge) for row, charge in made if row["method"] != "other"]
        told: set[tuple[UUID, str]] = set()
        for slip in slips:  # the product has a reference of a bank once; the second is not kept
            if (slip.bank_account_id, slip.reference) in told:
                slip.reference = ""
            told.add((slip.bank_account_id, slip.reference))
        Slip.objects.bulk_create(slips)
        for row, charge in made:
            self.charges[row["id"]] = charge.id
            self.told[charge.id] = row["id"]

    def _debt(self, row: Row) -> Charge:
        """One that no slip collects says by its number what the slip's reference would say."""
        due, amount = date.fromisoformat(row["due_date"]), Decimal(row["amount"])
        number = row["number"] or (row["reference"] if row["method"] == "other" else "")
        discount = Decimal(row["discount"] or 0)
        account = self.loaded.account(row["account"]) or next(iter(self.loaded.accounts.values()))
        return Charge(
            tenant=self.loaded.tenant,
            payer=self.loaded.payers[row["party"] or ""],
            bank_account=account,
            amount=amount,
            due_date=due,
            late_from=late_from(due),
            description=(row["description"] or "Cobrança")[:100],
            document_number=(number or "")[:40],
            revenue_account=self.loaded.revenue,
            competence_date=due,
            form=FORMS.get(row["method"], "boleto_pix"),
            fine_percent=Decimal(row["fine_percent"] or 0),
            interest_percent=Decimal(row["interest_month_percent"] or 0),
            discount=discount if discount < amount else ZERO,
            discount_days=discount_days_of(row, due),
            status=ChargeStatus.OPEN,
            created_by=self.loaded.operator,
            created_at=morning_of(row["created_on"]),
        )

    def _cancel_charges(self, rows: Sequence[Row]) -> None:
        held = self._open_charges(rows)
        self._end_slips(held)
        charges = Charge.objects.of(self.loaded.tenant).filter(id__in=[each.id for each in held])
        charges.update(status=ChargeStatus.CANCELLED)

    def _receive_in_cash(self, rows: Sequence[Row]) -> None:
        days = {self.charges[row["id"]]: date.fromisoformat(row["closed_on"]) for row in rows}
        held = self._open_charges(rows)
        drafts = [self._cash(days[each.id], each, each.amount) for each in held]
        entries = post_entries(self.loaded.tenant, drafts)
        Settlement.objects.bulk_create(
            Settlement(
                tenant=self.loaded.tenant, charge=charge, evidence=f"by-hand:{charge.id}",
                way=Settlement.Way.CASH, paid_on=entry.date, posted_on=entry.date,
                received=charge.amount, principal=charge.amount, entry=entry,
                registered_by=self.loaded.operator,
            )
            for charge, entry in zip(held, entries, strict=True)
        )  # fmt: skip
        self._end_slips(held)
        for charge in held:
            charge.status, charge.settled = ChargeStatus.PAID, charge.amount
            charge.paid_on = days[charge.id]
        Charge.objects.bulk_update(held, ["status", "settled", "paid_on"])

    def _open_charges(self, rows: Sequence[Row]) -> list[Charge]:
        ids = [self.charges[row["id"]] for row in rows]
        charges = Charge.objects.of(self.loaded.tenant).filter(id__in=ids, settled=ZERO)
        return list(charges.filter(status__in=OPEN_CHARGES).order_by("id"))

    def _end_slips(self, charges: Sequence[Charge]) -> None:
        slips = Slip.objects.of(self.loaded.tenant).filter(charge__in=charges)
        slips.filter(status__in=(SlipStatus.OPEN, SlipStatus.IN_PAYMENT)).update(
            status=SlipStatus.CANCELLED
        )

    # Entries

    def _post(self, rows: Sequence[Row]) -> None:
        entries = post_entries(self.loaded.tenant, [self._draft(row) for row in rows])
        for row, entry in zip(rows, entries, strict=True):
            self.entries[row["id"]] = entry
            if row["kind"] == "transfer":
                self.transfers.add(row["id"])
        of = {entry.id: row["id"] for row, entry in zip(rows, entries, strict=True)}
        self.told |= of
        leaves = [account.ledger_account_id for account in self.loaded.accounts.values()]
        posted = JournalLine.objects.of(self.loaded.tenant).filter(entry__in=of, account__in=leaves)
        for line, entry_id in posted.values_list("id", "entry"):
            self.told[line] = of[entry_id]

    def _draft(self, row: Row) -> EntryDraft:
        day, amount = date.fromisoformat(row["date"]), Decimal(row["amount"])
        memo = described(row, self.loaded.names.get(row["party"] or "", "")) or "Lançamento"
        if row["kind"] == "transfer":
            sides = (row["to_account"], row["from_account"])
            to, source = (self._leaf(self.loaded.accounts[name]) for name in sides)
            lines = [(to, amount), (source, -amount)]
        else:
            other = self.loaded.expense if amount < 0 else self.loaded.revenue
            lines = [(self._leaf(self.loaded.accounts[row["account"]]), amount), (other, -amount)]
        return EntryDraft(day, memo[:300], lines, self.loaded.operator)

    def _leaf(self, account: BankAccount) -> Account:
        leaf: Account = account.ledger_account
        return leaf


def described(row: Row, party: str = "") -> str:
    """Bills and entries have no field for a document's number: people write it in the text."""
    number = row["number"] or ""
    if number and number[0].isdigit():
        number = f"NF {number}"
    return " · ".join(filter(None, (row["description"] or "", party, number)))


def payment_date_of(row: Row) -> date:
    """A bank is given nothing before the day that was approved."""
    day = date.fromisoformat(row["payment_date"] or row["due_date"])
    return min(day, date.fromisoformat(row["order"]["sent_on"])) if row["order"] else day


def discount_days_of(row: Row, due: date) -> int:
    if not row["discount_until"]:
        return 0
    days = (due - date.fromisoformat(row["discount_until"])).days
    return max(0, min(days, MOST_DISCOUNT_DAYS))


def slip_of(row: Row, charge: Charge) -> Slip:
    """Issued when the charge was made, and open at its bank."""
    key = uuid7()
    return Slip(
        tenant_id=charge.tenant_id,
        charge=charge,
        bank_account=charge.bank_account,
        key=key,
        content={"code": slip_code(key)},
        form=charge.form,
        amount=charge.amount,
        due_date=charge.due_date,
        status=SlipStatus.OPEN,
        our_number=(row["our_number"] or "")[:40],
        reference=(row["reference"] or "")[:120],
        created_by=charge.created_by,
        created_at=charge.created_at,
        first_sent_at=charge.created_at,
    )


def morning_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), MORNING, SAO_PAULO)
